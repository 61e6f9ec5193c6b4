/** What operators see of a broker, and ask of it: the control socket, the HTTP API and definitions. */
import type { FieldTable } from './content/index.js';
import type { BindingDeclaration, ExchangeDeclaration, TopologyAnswer } from './face.js';
import type { RecordReport } from './records/face.js';
import type { WaitExplanation } from './explanation.js';

/** A copy of one stored message, for views. */
export interface StoredMessage {
  /** Its position in the queue, counted from 0 since the queue was declared: names it for cancel and trace. */
  readonly position: number;
  readonly state: 'ready' | 'unacknowledged' | 'delayed' | 'gated';
  readonly redelivered: boolean;
  readonly deliveryCount: number;
  readonly exchange: string;
  readonly routingKey: string;
  /** As in an AMQP content header; `decodeProperties` reads it. */
  readonly properties: Buffer;
  readonly body: Buffer;
  readonly arrivalMs: number;
  readonly expiresMs: number | undefined;
  readonly dueMs: number | undefined;
}

export interface QueueReport {
  readonly vhost: string;
  readonly name: string;
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly autoDelete: boolean;
  readonly arguments: FieldTable;
  readonly ready: number;
  readonly unacknowledged: number;
  readonly delayed: number;
  readonly gated: number;
  /** Body bytes of all its messages. */
  readonly bytes: number;
  readonly consumers: number;
  /** Nothing is delivered; see `QueueAdministration.pause`. */
  readonly paused: boolean;
  readonly published: number;
  readonly delivered: number;
  readonly acknowledged: number;
  readonly redelivered: number;
  readonly expired: number;
  readonly deadLettered: number;
  readonly dropped: number;
}

export interface ExchangeReport extends ExchangeDeclaration {
  readonly vhost: string;
}

export interface BindingReport extends BindingDeclaration {
  readonly vhost: string;
  readonly destinationKind: 'queue' | 'exchange';
}

/** What an operator, or a task, does to a queue and to single messages in it. */
export interface QueueAdministration {
  /** Nothing is delivered from now on, also after a restart; publishes go on and consumers stay. */
  pause(vhost: string, queue: string): TopologyAnswer;
  resume(vhost: string, queue: string): TopologyAnswer;
  /**
   * Ends the delay of a message: it is ready now, or waits behind its key. A message on a delayed exchange's store
   * goes on its way. `changed` false: it was not delayed.
   */
  releaseNow(vhost: string, queue: string, position: number): TopologyAnswer;
}

/** What the control socket, the HTTP API and definitions use. All synchronous but for reads from disk. */
export interface BrokerAdministration {
  /** False when it existed. */
  createVirtualHost(name: string): { readonly created: boolean; readonly sequence: number };
  /** Throws 'not-found'. Deletes everything in it. */
  deleteVirtualHost(name: string): { readonly sequence: number };
  listVirtualHosts(): string[];
  listQueues(vhost?: string): QueueReport[];
  listExchanges(vhost?: string): ExchangeReport[];
  listBindings(vhost?: string): BindingReport[];
  reportRecords(vhost?: string): RecordReport[];
  /** Copies of up to `count` messages from the front in delivery order, without consuming them. */
  peek(vhost: string, queue: string, count: number): Promise<StoredMessage[]>;
  /** Delayed messages, soonest first. */
  listDelayed(vhost: string, queue: string, count: number): Promise<StoredMessage[]>;
  /** False when it is no longer delayed. */
  cancelDelayed(
    vhost: string,
    queue: string,
    position: number,
  ): { readonly cancelled: boolean; readonly sequence: number };
  readonly queues: QueueAdministration;
  /** Why the message at a position of a queue waits, and what goes before it. */
  explain(vhost: string, queue: string, position: number): Promise<WaitExplanation>;
  /** Resolves when everything appended so far is durable. */
  durable(): Promise<void>;
}
