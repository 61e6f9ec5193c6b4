/** Every topic of the exam, by its title. */
import type { Case } from '../trial.js';
import { capabilities } from './capabilities.js';
import { consuming } from './consuming.js';
import { dispatch } from './dispatch.js';
import { durability } from './durability.js';
import { messages } from './messages.js';
import { ordering } from './ordering.js';
import { pausing } from './pausing.js';
import { records } from './records.js';
import { settling } from './settling.js';
import { singleMessages } from './single-messages.js';
import { topology } from './topology.js';
import { windows } from './windows.js';

export const topics: Readonly<Record<string, (examine: Case) => void>> = {
  messages,
  settling,
  consuming,
  durability,
  topology,
  ordering,
  dispatch,
  windows,
  pausing,
  records,
  'single messages': singleMessages,
  capabilities,
};
