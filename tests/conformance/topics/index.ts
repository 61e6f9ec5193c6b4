/** The topics of the exam, in the order they run; the last restarts the server. */
import type { Case } from '../exercise-broker.js';
import { exerciseAcknowledgements } from './acknowledgements.js';
import { exerciseChannels } from './channels.js';
import { exerciseConfirms } from './confirms.js';
import { exerciseConnection } from './connection.js';
import { exerciseConsumers } from './consumers.js';
import { exerciseDeadLetters } from './dead-letters.js';
import { exerciseDurability } from './durability.js';
import { exerciseExchanges } from './exchanges.js';
import { exerciseExpiry } from './expiry.js';
import { exerciseLengths } from './lengths.js';
import { exerciseMalformed } from './malformed.js';
import { exerciseMessages } from './messages.js';
import { exerciseOrdering } from './ordering.js';
import { exercisePermissions } from './permissions.js';
import { exercisePriorities } from './priorities.js';
import { exerciseQueues } from './queues.js';
import { exerciseQuorum } from './quorum.js';
import { exerciseReplyTo } from './reply-to.js';
import { exerciseRouting } from './routing.js';

export const topics: Readonly<Record<string, (behaviour: Case) => void>> = {
  connections: exerciseConnection,
  channels: exerciseChannels,
  'malformed input': exerciseMalformed,
  exchanges: exerciseExchanges,
  queues: exerciseQueues,
  messages: exerciseMessages,
  routing: exerciseRouting,
  acknowledgements: exerciseAcknowledgements,
  'confirms and transactions': exerciseConfirms,
  consumers: exerciseConsumers,
  expiry: exerciseExpiry,
  lengths: exerciseLengths,
  'dead letters': exerciseDeadLetters,
  priorities: exercisePriorities,
  'quorum queues': exerciseQuorum,
  'direct reply-to': exerciseReplyTo,
  ordering: exerciseOrdering,
  permissions: exercisePermissions,
  durability: exerciseDurability,
};
