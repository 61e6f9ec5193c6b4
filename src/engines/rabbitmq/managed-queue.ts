/**
 * One queue of a management API, asked for when somebody looks at it. Invariants: an answer is bounded in bytes and in
 * time, bodies are cut by the server; what it leaves out is undefined, never zero.
 */
import { SluiceError } from '../../kernel/index.js';
import { queueOf } from './managed-items.js';
import type { ManagedQueue } from './managed-state.js';
import { booleanIn, fieldsOf, listOf, numberIn, textIn, type Fields } from './management-fields.js';
import { ManagementHttp, type Asking, type ManagementBounds } from './management-http.js';

export interface ManagedQueueConsumer {
  readonly tag: string;
  readonly connection: string;
  /** 0: without a limit. */
  readonly prefetch: number | undefined;
  readonly acknowledges: boolean | undefined;
  readonly isActive: boolean | undefined;
}

export interface ManagedBinding {
  /** Empty: the default exchange. */
  readonly source: string;
  readonly routingKey: string;
  readonly arguments: Fields;
}

/** One queue with what belongs to it. */
export interface ManagedQueueDetail extends ManagedQueue {
  readonly state: string | undefined;
  readonly node: string | undefined;
  /** What both set together. */
  readonly effectivePolicy: Fields;
  readonly consumerList: readonly ManagedQueueConsumer[];
  readonly bindings: readonly ManagedBinding[];
}

/** A message that was looked at and given back. */
export interface PeekedMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly redelivered: boolean;
  readonly properties: Fields;
  /** Base64, cut. */
  readonly body: string;
  /** Of the whole body. */
  readonly bodyBytes: number;
  /** Messages that were ready behind it; undefined: unknown. */
  readonly behind: number | undefined;
}

/** Bounds for somebody who waits for the answer. */
const bounds: Partial<ManagementBounds> = { answerMs: 5_000, readingMs: 8_000 };
const bodyBytesMax = 50_000;
const bindingsMax = 1_000;
const consumersMax = 1_000;

export class ManagedQueues {
  readonly #http: ManagementHttp;

  /** `address`: the management URL, with user and password in it. Throws `bad-input`. */
  constructor(address: string, given: Partial<ManagementBounds> = {}) {
    this.#http = new ManagementHttp(address, { ...bounds, ...given });
  }

  /** Rejects with `not-found`, `connection-failed`, `access-refused` or `protocol`. */
  async show(vhost: string, queue: string): Promise<ManagedQueueDetail> {
    const ask = this.#http.reading();
    const path = pathOf(vhost, queue);
    const [fields, bindings] = await Promise.all([
      found(ask, path, queue).then(fieldsOf),
      found(ask, `${path}/bindings`, queue),
    ]);
    return {
      ...queueOf(fields),
      state: textIn(fields, 'state') || undefined,
      node: textIn(fields, 'leader') || textIn(fields, 'node') || undefined,
      effectivePolicy: fieldsOf(fields['effective_policy_definition']),
      consumerList: listOf(fields['consumer_details']).slice(0, consumersMax).map(consumerOf),
      bindings: listOf(bindings).slice(0, bindingsMax).map(bindingOf),
    };
  }

  /** Messages from the front, given back at once, which marks them as redelivered. Rejects as `show` does. */
  async peek(vhost: string, queue: string, count: number): Promise<readonly PeekedMessage[]> {
    const answer = await found(this.#http.reading(), `${pathOf(vhost, queue)}/get`, queue, {
      ...{ count, ackmode: 'ack_requeue_true', encoding: 'base64', truncate: bodyBytesMax },
    });
    return listOf(answer).map(peekedOf);
  }
}

function pathOf(vhost: string, queue: string): string {
  return `/api/queues/${encodeURIComponent(vhost)}/${encodeURIComponent(queue)}`;
}

async function found(ask: Asking, path: string, queue: string, body?: unknown): Promise<unknown> {
  try {
    return await ask(path, body);
  } catch (problem) {
    if (!(problem instanceof SluiceError) || problem.details['status'] !== 404) throw problem;
    throw new SluiceError('not-found', `there is no queue '${queue}'`, { cause: problem });
  }
}

function consumerOf(item: unknown): ManagedQueueConsumer {
  const fields = fieldsOf(item);
  const channel = fieldsOf(fields['channel_details']);
  return {
    tag: textIn(fields, 'consumer_tag'),
    connection: textIn(channel, 'connection_name'),
    prefetch: numberIn(fields, 'prefetch_count'),
    acknowledges: booleanIn(fields, 'ack_required'),
    isActive: booleanIn(fields, 'active'),
  };
}

function bindingOf(item: unknown): ManagedBinding {
  const fields = fieldsOf(item);
  return {
    source: textIn(fields, 'source'),
    routingKey: textIn(fields, 'routing_key'),
    arguments: fieldsOf(fields['arguments']),
  };
}

/** Properties by the names that Sluice gives them. */
const propertyNames: Readonly<Record<string, string>> = {
  content_type: 'contentType',
  content_encoding: 'contentEncoding',
  headers: 'headers',
  delivery_mode: 'deliveryMode',
  priority: 'priority',
  correlation_id: 'correlationId',
  reply_to: 'replyTo',
  expiration: 'expiration',
  message_id: 'messageId',
  timestamp: 'timestamp',
  type: 'type',
  user_id: 'userId',
  app_id: 'appId',
  cluster_id: 'clusterId',
};

function peekedOf(item: unknown): PeekedMessage {
  const fields = fieldsOf(item);
  const given = fieldsOf(fields['properties']);
  const properties = Object.entries(propertyNames).flatMap(([name, own]) =>
    given[name] === undefined ? [] : [[own, given[name]] as const],
  );
  const payload = textIn(fields, 'payload');
  const isBase64 = fields['payload_encoding'] === 'base64';
  return {
    exchange: textIn(fields, 'exchange'),
    routingKey: textIn(fields, 'routing_key'),
    redelivered: fields['redelivered'] === true,
    properties: Object.fromEntries(properties),
    body: isBase64 ? payload : Buffer.from(payload, 'utf8').toString('base64'),
    bodyBytes: numberIn(fields, 'payload_bytes') ?? 0,
    behind: numberIn(fields, 'message_count'),
  };
}
