/** Messages as the engine port carries them: a body of bytes and typed properties. */

/** What a header may hold. A number that is not an integer travels as a double, a `Date` in whole seconds. */
export type HeaderValue =
  string | number | bigint | boolean | null | Date | Uint8Array | readonly HeaderValue[] | HeaderTable;
export interface HeaderTable {
  readonly [name: string]: HeaderValue;
}

/** The properties that a message may carry besides its body. Texts have at most 255 bytes. */
export interface MessageProperties {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly headers?: HeaderTable;
  /** 0 to 255, higher first, where the queue is ordered by priority. */
  readonly priority?: number;
  readonly correlationId?: string;
  readonly replyTo?: string;
  readonly messageId?: string;
  readonly timestamp?: Date;
  readonly type?: string;
  readonly appId?: string;
  /** The user who sent it, where the engine vouches for that. */
  readonly userId?: string;
  /** Dropped, or dead-lettered where the queue says so, when it waited longer; milliseconds. */
  readonly expirationMs?: number;
}

/** A message on its way to an engine. Every message is persistent. */
export interface EngineMessage extends MessageProperties {
  readonly body: Buffer;
  /** One message at a time for each key, in order. */
  readonly key?: string;
  /** Whose share of the queue it takes, where tenants share it. */
  readonly tenant?: string;
  /** Unix milliseconds, for queues ordered by deadline. */
  readonly deadlineMs?: number;
  /** Not delivered before this has passed, in milliseconds. */
  readonly delayMs?: number;
  /** Keys of records: not delivered before each of them has been written. At most 1,000. */
  readonly after?: readonly string[];
  /** Milliseconds between releases, for queues ordered rate-monotonic. */
  readonly periodMs?: number;
  /** Expected processing time in milliseconds, for queues ordered by laxity. */
  readonly costMs?: number;
}

/** The headers that carry what AMQP has no property for; any client may set or read them. */
export const headerNames = {
  key: 'x-key',
  tenant: 'x-tenant',
  /** Unix milliseconds. */
  deadline: 'x-deadline',
  /** Milliseconds. */
  delay: 'x-delay',
  after: 'x-after',
  period: 'x-period',
  cost: 'x-cost',
  /** How many deliveries came before, of a message sent again by `retry`. */
  earlierAttempts: 'x-earlier-attempts',
  failureReason: 'x-failure-reason',
  failureQueue: 'x-failure-queue',
  /** RabbitMQ's, on queues of type `quorum`: deliveries that were given back. */
  deliveryCount: 'x-delivery-count',
} as const;

/** The header table of a message with its ordering and its delay in it; undefined when there is nothing in it. */
export function headersOf(message: EngineMessage): HeaderTable | undefined {
  const { key, tenant, deadlineMs, delayMs, after, periodMs, costMs } = message;
  if (
    key === undefined &&
    tenant === undefined &&
    deadlineMs === undefined &&
    delayMs === undefined &&
    after === undefined &&
    periodMs === undefined &&
    costMs === undefined
  )
    return message.headers;
  const table: Record<string, HeaderValue> = { ...message.headers };
  if (key !== undefined) table[headerNames.key] = key;
  if (tenant !== undefined) table[headerNames.tenant] = tenant;
  if (deadlineMs !== undefined) table[headerNames.deadline] = deadlineMs;
  if (delayMs !== undefined) table[headerNames.delay] = delayMs;
  if (after !== undefined) table[headerNames.after] = after;
  if (periodMs !== undefined) table[headerNames.period] = periodMs;
  if (costMs !== undefined) table[headerNames.cost] = costMs;
  return table;
}

/** A message in a queue, read without being consumed. */
export interface StoredMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: MessageProperties;
  readonly body: Buffer;
  readonly redelivered: boolean;
  /** Undefined where the engine does not tell. */
  readonly state: 'ready' | 'unacknowledged' | 'delayed' | 'gated' | 'held' | undefined;
  /** Messages that were ready behind it when it was handed out; left out: the engine does not tell. */
  readonly behind?: number;
}
