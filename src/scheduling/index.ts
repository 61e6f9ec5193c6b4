/** Pure orderings of waiting messages: who goes first, who waits for whom, who gets which share. */
export { ConstantBandwidthServer, ServerOrder, type Bandwidth } from './constant-bandwidth-server.js';
export { FairShare, Turn, weightDefault } from './fair-share.js';
export { HashBuckets, type ChainedRecords } from './hash-buckets.js';
export { KeyGate } from './key-gate.js';
export { KeyHasher, noSecret, type HashRounds, type HashSecret } from './key-hash.js';
export { KeyPace } from './key-pace.js';
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
export { afterOne, nextAllowedMs, unusedRate, type RateLimit } from './rate-limit.js';
export { type TenantRules, type TenantTerms } from './tenant-line.js';
export { TenantLines, type TenantHold } from './tenant-lines.js';
export { Window, type Orderable, type WindowOptions } from './window.js';
