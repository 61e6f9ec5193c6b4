/** The engine port, and the queues that programs see of it. Adapters lie in their own folders. */
export * from './capability.js';
export {
  Delivery,
  type AckOptions,
  type Completion,
  type DeadLetterOptions,
  type DeliveredContent,
  type FollowUp,
  type SettleOutcome,
  type Settler,
} from './delivery.js';
export { DeliveryStream, type Deliveries, type HeldLimits } from './delivery-stream.js';
export {
  dispatchOptionNames,
  dispatchOptions,
  type Budget,
  type DispatchOptions,
  type RateLimit,
} from './dispatch-options.js';
export { durationMsMax, millisecondsOf, type Duration } from './duration.js';
export type {
  Commit,
  CommitOutcome,
  Engine,
  EngineKind,
  PeekLimits,
  ReceiveOptions,
  SendOptions,
} from './engine.js';
export * from './message.js';
export type * from './oversight.js';
export {
  recordValueBytesMax,
  refusedRecords,
  type RecordChange,
  type RecordCondition,
  type RecordEntry,
  type RecordOptions,
  type RecordOutcome,
  type RecordPut,
  type Records,
} from './records.js';
export * from './single-messages.js';
export * from './topology-rows.js';
export * from './topology.js';
export { parseEngineAddress, type EngineAddress } from './address.js';
export { App } from './app.js';
export type { EngineRole, Sharing } from './sharing.js';
export { Consumption, type CloseOptions, type ConsumeOptions, type Handler } from './consumption.js';
export { Exchange, type BindOptions } from './exchange.js';
export {
  engineMessage,
  isEnvelope,
  type Envelope,
  type JsonValue,
  type Sendable,
  type SendTo,
} from './outgoing.js';
export { Queue, type ReceiveSettings } from './queue.js';
export { declarationOf, type QueueOptions } from './queue-options.js';
export { PrefetchedWindow, type WindowHost } from './prefetched-window.js';
export { Reception } from './reception.js';
export { deadMessage, failureHeaders, movedMessage, retriedMessage } from './resent.js';
export { requireAccepted, requireStored, type SendReport } from './send-report.js';
export { plainTerms, windowTermsOf, type WindowTerms } from './window-terms.js';
export { enginesInChinese } from './chinese.js';
