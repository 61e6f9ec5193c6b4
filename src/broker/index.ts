/** The broker: exchanges, queues, bindings and deliveries over the journal. It knows no protocol. */
export type { Administration } from './administration.js';
export { eventLoopTurns, type Broker, type BrokerLog, type Turns } from './broker.js';
export * from './content/index.js';
export type { WaitExplanation } from './explanation.js';
export type * from './face.js';
export type * from './measures/face.js';
export type * from './policies/face.js';
export { mergeWithArgument } from './policies/merge.js';
export {
  policyKinds,
  policyTargets,
  type PolicyDeclaration,
  type PolicyDefinition,
  type PolicyKind,
  type PolicyTarget,
  type PolicyValue,
} from './policies/policy.js';
export { recordValueBytesMax } from './records/face.js';
export type * from './records/face.js';
export { recordKeyBytesMax } from './records/record-key.js';
export type * from './single-messages-face.js';
export { requestExchange } from './state.js';
export { openBroker, type BrokerOptions } from './open-broker.js';
export { brokerSettings, type BrokerSettings } from './settings.js';
export type * from './trace/trace.js';
export { traceMessage, type TraceOptions } from './trace/trace-message.js';
export type { WaitReason } from './wait-reason.js';
export type { VhostSettings } from './vhost-settings.js';
