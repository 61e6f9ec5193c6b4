/** What a running server does for those who administer it, whatever they speak through. */
export {
  plainProperties,
  type DeliveredRow,
  type MessageRow,
  type StoredMessageRow,
} from './message-view.js';
export type { WaitExplanation } from '../broker/index.js';
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
  ConnectionRow,
  Connections,
  ReloadOutcome,
  ServerControl,
  ServerStatus,
  Services,
} from './services.js';
export type { BindingRow, ExchangeRow } from './topology-operations.js';
