/**
 * Pure scheduling: who goes first, who waits for whom, who gets which share; whether tasks can meet their deadlines;
 * what costs and waits are to be expected.
 */
export { admit, type Admission } from './analysis/admission.js';
export {
  analyze,
  setupOf,
  type Analysis,
  type AnalysisOptions,
  type TaskAnalysis,
} from './analysis/analyze.js';
export {
  analysisJson,
  scheduleJson,
  timeFormat,
  type DrawnSchedule,
  type DrawnSlice,
  type TaskVerdict,
} from './analysis/analysis-document.js';
export { ganttSvg, type GanttWords } from './analysis/gantt-svg.js';
export { testTitles, type Setup, type TestName } from './analysis/outcome.js';
export { scheduleOf, type Schedule } from './analysis/schedule.js';
export {
  simulate,
  simulateInto,
  type Arrivals,
  type SimulationOptions,
  type SimulationRecord,
} from './analysis/simulation.js';
export { policies, tasksMax, type Policy, type Task, type TaskInput } from './analysis/task.js';
export { readTaskSet, type TaskSet } from './analysis/task-document.js';
export { ConstantBandwidthServer, ServerOrder, type Bandwidth } from './constant-bandwidth-server.js';
export { advise, type CapacityAdvice, type LoadFigures } from './estimators/capacity-advice.js';
export { CostQuantiles, quantileErrorMax, type CostEstimate } from './estimators/cost-quantiles.js';
export { latenessRisk, type LatenessRisk, type WaitingJob } from './estimators/lateness-risk.js';
export { FairShare, Turn, weightDefault } from './fair-share.js';
export { HashBuckets, type ChainedRecords } from './hash-buckets.js';
export { holdBack, type ExpectedJob, type HoldBackChoice } from './hold-back.js';
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
export { PositionIndex } from './position-index.js';
export { RankHeap } from './rank-heap.js';
export { RecordShelf, ShelfPage } from './record-shelf.js';
export { afterOne, nextAllowedMs, unusedRate, type RateLimit } from './rate-limit.js';
export { type TenantRules, type TenantTerms } from './tenant-line.js';
export { tenantRulesOf, type TenantSettings } from './tenant-rules.js';
export { TenantLines, type TenantHold } from './tenant-lines.js';
export { Window, type Orderable, type WindowOptions } from './window.js';
export { analysisInChinese } from './analysis/chinese.js';
