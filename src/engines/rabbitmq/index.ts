/** The engine over AMQP 0-9-1: RabbitMQ, or a Sluice server. */
export { openLocal, openRabbitmq, type LocalOptions, type RabbitmqOptions } from './open-rabbitmq.js';
export { rabbitCapabilities, sluiceCapabilities } from './capabilities.js';
export { ManagementClient } from './management.js';
export {
  ManagedQueues,
  type ManagedBinding,
  type ManagedQueueConsumer,
  type ManagedQueueDetail,
  type PeekedMessage,
} from './managed-queue.js';
export { ManagedTopology } from './managed-topology.js';
export type { ManagementBounds } from './management-http.js';
export type {
  ManagedConnection,
  ManagedConsumer,
  ManagedNode,
  ManagedQueue,
  ManagedState,
} from './managed-state.js';
