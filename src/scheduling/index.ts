/** Pure orderings of waiting messages: who goes first, who waits for whom, who gets which share. */
export { FairShare, weightDefault } from './fair-share.js';
export { KeyGate } from './key-gate.js';
export { KeyHasher, type HashRounds, type HashSecret } from './key-hash.js';
export {
  agingMsDefault,
  orderAliases,
  orderNames,
  orderOf,
  parseOrderName,
  priorityLimit,
  rankOf,
  type Order,
  type OrderName,
  type Rankable,
} from './order.js';
export { RankHeap } from './rank-heap.js';
