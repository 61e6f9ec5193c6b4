/** The topics of the exam, in the order they run. */
import type { Case } from '../exercise-broker.js';
import { exerciseChannels } from './channels.js';
import { exerciseConnection } from './connection.js';
import { exerciseExchanges } from './exchanges.js';
import { exerciseMalformed } from './malformed.js';
import { exerciseQueues } from './queues.js';

export const topics: Readonly<Record<string, (behaviour: Case) => void>> = {
  connections: exerciseConnection,
  channels: exerciseChannels,
  'malformed input': exerciseMalformed,
  exchanges: exerciseExchanges,
  queues: exerciseQueues,
};
