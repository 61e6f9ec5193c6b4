/**
 * What a queue's arguments ask for, checked as RabbitMQ checks them. Unknown arguments are kept and mean nothing.
 */
import { SluiceError } from '../kernel/index.js';
import { orderOf, parseOrderName, type Order } from '../scheduling/index.js';
import { integerOf, isFieldTable, textBytes, type FieldTable, type FieldValue } from './content/index.js';

import { readSharing, sharingArguments, type SharingSettings } from './sharing-settings.js';

export type Overflow = 'drop-head' | 'reject-publish' | 'reject-publish-dlx';
export type QueueType = 'classic' | 'quorum';

/** Priorities of a queue in which a higher one always goes first. */
export interface PriorityLevels {
  /** The highest; a higher one counts as this. */
  readonly max: number;
  /** What a message without a priority counts as. */
  readonly plain: number;
}

export interface QueueSettings extends SharingSettings {
  readonly type: QueueType;
  readonly order: Order;
  /** `x-message-ttl`, milliseconds. */
  readonly messageTtlMs: number | undefined;
  /** `x-expires`: unused for so many milliseconds, the queue goes. */
  readonly expiresMs: number | undefined;
  readonly lengthMax: number | undefined;
  readonly lengthBytesMax: number | undefined;
  readonly overflow: Overflow;
  readonly deadLetterExchange: string | undefined;
  readonly deadLetterRoutingKey: string | undefined;
  /** `x-max-priority`; undefined: priorities mean nothing, unless there are levels. */
  readonly priorityMax: number | undefined;
  /** Set where a higher priority always goes first. */
  readonly levels: PriorityLevels | undefined;
  readonly singleActiveConsumer: boolean;
  /** Deliveries that failed before a message is dead-lettered; undefined: no limit. */
  readonly deliveryLimit: number | undefined;
  readonly consumerTimeoutMs: number | undefined;
  /** `x-message-index`: a message can be found by its `message-id`. */
  readonly messageIndex: boolean;
}

/** RabbitMQ 4's limit for quorum queues that set none. */
const quorumDeliveryLimit = 20;

/** The levels that RabbitMQ 4.3 gives quorum queues, unasked. */
const quorumLevels: PriorityLevels = { max: 31, plain: 4 };

/** The largest `x-delay`, as in RabbitMQ's plugin: 2^32 - 1 ms. */
export const delayMsMax = 2 ** 32 - 1;

/** The largest time to live, as in RabbitMQ: ten years. */
export const timeToLiveMsMax = 10 * 365 * 24 * 60 * 60 * 1000;

/** Arguments that a redeclaration must repeat. */
export const comparedArguments: readonly string[] = [
  'x-expires',
  'x-message-ttl',
  'x-dead-letter-exchange',
  'x-dead-letter-routing-key',
  'x-dead-letter-strategy',
  'x-max-length',
  'x-max-length-bytes',
  'x-max-in-memory-length',
  'x-max-in-memory-bytes',
  'x-max-priority',
  'x-overflow',
  'x-queue-mode',
  'x-queue-version',
  'x-single-active-consumer',
  'x-queue-type',
  'x-quorum-initial-group-size',
  'x-queue-leader-locator',
  'x-queue-master-locator',
  'x-delivery-limit',
  'x-order',
  ...sharingArguments,
  'x-message-index',
];

/** Reads arguments one by one and refuses those of the wrong type or range; `where` names the queue in errors. */
export class ArgumentReader {
  readonly #table: FieldTable;
  readonly #where: string;

  constructor(table: FieldTable, where: string) {
    this.#table = table;
    this.#where = where;
  }

  fail(name: string, why: string): never {
    throw new SluiceError('precondition-failed', `invalid arg '${name}' for ${this.#where}: ${why}`);
  }

  #get(name: string): FieldValue | undefined {
    return this.#table.get(name);
  }

  integer(name: string, min: number, max: number): number | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    const integer = integerOf(value);
    if (integer === undefined) this.fail(name, `unacceptable type; give an integer`);
    if (integer < min)
      this.fail(name, min === 0 ? `{value_negative,${integer}}` : `${integer} is below ${min}`);
    if (integer > max) this.fail(name, `${integer} is above ${max}`);
    return integer;
  }

  text(name: string): string | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    return typeof value === 'string' ? value : this.fail(name, 'unacceptable type; give a string');
  }

  /** A text that a short string can carry: at most 255 bytes. */
  shortText(name: string): string | undefined {
    const text = this.text(name);
    if (text !== undefined && textBytes(text) > 255) this.fail(name, 'longer than 255 bytes');
    return text;
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    return choices.find((choice) => choice === text) ?? this.fail(name, `give one of ${choices.join(', ')}`);
  }

  table(name: string): FieldTable | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    return isFieldTable(value) ? value : this.fail(name, 'unacceptable type; give a table');
  }

  flag(name: string): boolean {
    const value = this.#get(name);
    if (value === undefined) return false;
    return typeof value === 'boolean' ? value : this.fail(name, 'unacceptable type; give a boolean');
  }

  order(type: QueueType, priorityMax: number | undefined): Order {
    const name = this.text('x-order');
    if (name === undefined) {
      if (priorityMax !== undefined) return { kind: 'strict-priority', priorityMax };
      return type === 'quorum'
        ? { kind: 'strict-priority', priorityMax: quorumLevels.max }
        : { kind: 'fifo' };
    }
    const order = parseOrderName(name);
    if (order === undefined)
      this.fail('x-order', 'give one of fifo, priority, deadline, rate-monotonic, laxity');
    return orderOf(order, priorityMax === undefined ? {} : { priorityMax });
  }
}

/** Throws `precondition-failed` for an argument of the wrong type or range, and for streams. */
export function readQueueSettings(table: FieldTable, where: string): QueueSettings {
  const read = new ArgumentReader(table, where);
  const type = queueType(read, where);
  read.choice('x-dead-letter-strategy', ['at-most-once', 'at-least-once']);
  read.choice('x-queue-leader-locator', ['client-local', 'balanced']);
  read.integer('x-queue-version', 1, 2);
  const deadLetterExchange = read.shortText('x-dead-letter-exchange');
  const deadLetterRoutingKey = read.shortText('x-dead-letter-routing-key');
  if (deadLetterRoutingKey !== undefined && deadLetterExchange === undefined) {
    read.fail('x-dead-letter-routing-key', 'routing_key_but_no_dlx_defined');
  }
  const deliveryLimit = read.integer('x-delivery-limit', -Infinity, Number.MAX_SAFE_INTEGER);
  const priorityMax = read.integer('x-max-priority', 0, 255);
  const order = read.order(type, priorityMax);
  return {
    type,
    order,
    levels: levelsOf(type, order, priorityMax),
    messageTtlMs: read.integer('x-message-ttl', 0, timeToLiveMsMax),
    expiresMs: read.integer('x-expires', 1, timeToLiveMsMax),
    lengthMax: read.integer('x-max-length', 0, Number.MAX_SAFE_INTEGER),
    lengthBytesMax: read.integer('x-max-length-bytes', 0, Number.MAX_SAFE_INTEGER),
    overflow:
      read.choice('x-overflow', ['drop-head', 'reject-publish', 'reject-publish-dlx'] as const) ??
      'drop-head',
    deadLetterExchange,
    deadLetterRoutingKey,
    priorityMax,
    singleActiveConsumer: read.flag('x-single-active-consumer'),
    deliveryLimit: limitOf(type, deliveryLimit),
    consumerTimeoutMs: read.integer('x-consumer-timeout', 0, Number.MAX_SAFE_INTEGER),
    ...readSharing(read, order),
    messageIndex: read.flag('x-message-index'),
  };
}

function levelsOf(
  type: QueueType,
  order: Order,
  priorityMax: number | undefined,
): PriorityLevels | undefined {
  if (order.kind !== 'strict-priority') return undefined;
  if (priorityMax !== undefined) return { max: priorityMax, plain: 0 };
  return type === 'quorum' ? quorumLevels : undefined;
}

/** A limit below 0 is none; a quorum queue has one unless it says so. */
function limitOf(type: QueueType, given: number | undefined): number | undefined {
  if (given !== undefined && given < 0) return undefined;
  return given ?? (type === 'quorum' ? quorumDeliveryLimit : undefined);
}

function queueType(read: ArgumentReader, where: string): QueueType {
  const name = read.text('x-queue-type');
  switch (name) {
    case undefined:
    case 'classic':
      return 'classic';
    case 'quorum':
      return 'quorum';
    case 'stream':
      throw new SluiceError(
        'precondition-failed',
        `invalid arg 'x-queue-type' for ${where}: streams are not supported yet; use classic or quorum`,
      );
    default:
      return read.fail('x-queue-type', `unsupported queue type '${name}'; use classic or quorum`);
  }
}
