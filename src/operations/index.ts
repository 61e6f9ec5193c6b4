/** What a running server does for those who administer it, whatever they speak through. */
export type { GroupedLetters, LetterRow } from './dead-letter-operations.js';
export type { DeathGroup } from './dead-letters/death-groups.js';
export type { DeadLetterQueue } from './dead-letters/dead-letter-queues.js';
export type { RedriveJob, RedrivePlan } from './dead-letters/redrive-request.js';
export { endsInAudit } from './dead-letters/redrive-told.js';
export { Redrives } from './dead-letters/redrives.js';
export type { FigureRow, SeriesAnswer } from './figure-operations.js';
export type * from './engines-beside.js';
export type * from './engine-topology.js';
export { effectiveArguments } from './effective-arguments.js';
export type { CapabilityRow, EngineDetail, EngineRow, ReplicaRow } from './engine-rows.js';
export type { EngineQueueRow, ShownQueue } from './engine-operations.js';
export type { QueueActs } from './engine-acts.js';
export type { EngineFoundRow, EngineSearchProgress } from './engine-search.js';
export { brokerSources, ownEngine, type MeasuredBroker } from './broker-sources.js';
export {
  plainProperties,
  type DeliveredRow,
  type MessageRow,
  type StoredMessageRow,
} from './message-view.js';
export type { WaitExplanation } from '../broker/index.js';
export { policyTargets, type PolicyKind, type PolicyReport, type PolicyTarget } from '../broker/index.js';
export type { PolicyEffectRow, PolicySetting } from './policy-operations.js';
export { BrokerActions, type ActionParts, type TaskWorkers } from './remedy-actions.js';
export type { RemedyRow } from './remedy-operations.js';
export { reloadFor, type ConsumerRow } from './server-operations.js';
export type { MoveOutcome } from './message-move.js';
export type { FoundRow, SearchProgress } from './message-search.js';
export type { ForecastAnswer, ForecastLimit, ForecastLine } from './forecast-operation.js';
export type { GotMessage } from './get-operation.js';
export type { IncidentRow, RuleRow } from './alert-operations.js';
export { grafanaFileNames, readGrafanaFile } from './grafana-files.js';
export { MessageTracer, type MessageTracerOptions } from './message-tracer.js';
export type {
  PartyFacts,
  TraceCause,
  TraceEvent,
  TraceParty,
  TracePlace,
  TraceTime,
} from '../broker/index.js';
export {
  traceStopped,
  type TraceAnswer,
  type TracedMessage,
  type TracedPlaceNow,
} from './trace-operation.js';
export { isQueueFigure, queueFigureNames, sortedAs, type QueueFigures } from './queue-figures.js';
export type { QueueRow } from './queue-operations.js';
export {
  bindEarlyOperations,
  bindOperations,
  operations,
  type OperationEvent,
  type OperationInput,
  type OperationMessage,
  type OperationName,
  type OperationResult,
} from './registry.js';
export type {
  ChannelDetail,
  ConnectionDetail,
  ConnectionRow,
  Connections,
  OpenSessions,
  PublisherLimit,
  PublisherLimits,
  ReloadOutcome,
  ServerControl,
  ServerStatus,
  Services,
  SessionRow,
  TaskActs,
} from './services.js';
export type { BindingRow, ExchangeRow } from './topology-operations.js';
export { queueSubject, recorded } from './audited.js';
export { operationsInChinese } from './chinese.js';
