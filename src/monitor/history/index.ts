/** History: what was measured, by the second, ten seconds and minute. */
export {
  History,
  type Coverage,
  type HistoryHealth,
  type HistoryOptions,
  type Selection,
} from './history.js';
export { Pacer } from '../../kernel/index.js';
export { Points } from './points.js';
export { resolutions, type Resolution } from './resolution.js';
export { selectPointsMax, type Stretch } from './select.js';
