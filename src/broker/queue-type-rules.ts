/**
 * What a new queue of each type refuses, as RabbitMQ 4.3 does: properties it cannot have and arguments that mean
 * nothing to it. Only declarations are held to this; a queue that stands keeps what it was given.
 */
import { SluiceError } from '../kernel/index.js';
import type { FieldTable } from './content/index.js';
import type { QueueType } from './queue-settings.js';

/** The properties of a declaration. */
export interface QueueFlags {
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly autoDelete: boolean;
}

const streamArguments = [
  'x-max-age',
  'x-stream-max-segment-size-bytes',
  'x-stream-filter-size-bytes',
  'x-initial-cluster-size',
];

const refusedArguments: Readonly<Record<QueueType, readonly string[]>> = {
  classic: [
    ...streamArguments,
    'x-consumer-timeout',
    'x-dead-letter-strategy',
    'x-delivery-limit',
    'x-max-in-memory-bytes',
    'x-max-in-memory-length',
    'x-quorum-initial-group-size',
  ],
  quorum: [...streamArguments, 'x-max-priority', 'x-queue-master-locator', 'x-queue-mode', 'x-queue-version'],
};

const refusedConsumerArguments: Readonly<Record<QueueType, readonly string[]>> = {
  classic: ['x-consumer-timeout', 'x-stream-filter', 'x-stream-match-unfiltered', 'x-stream-offset'],
  quorum: ['x-stream-filter', 'x-stream-match-unfiltered', 'x-stream-offset'],
};

/** Throws `precondition-failed` where a queue of this type cannot be as declared; `where` names it. */
export function checkQueueType(type: QueueType, table: FieldTable, where: string, flags: QueueFlags): void {
  if (type === 'quorum') {
    if (!flags.durable) throw invalidProperty('non-durable', where);
    if (flags.exclusive) throw invalidProperty('exclusive-owner', where);
    if (flags.autoDelete) throw invalidProperty('auto-delete', where);
  }
  refuse(refusedArguments[type], type, table, where);
}

/** Throws `precondition-failed` for an argument of a consumer that its queue's type does not know. */
export function checkConsumerType(type: QueueType, table: FieldTable, where: string): void {
  refuse(refusedConsumerArguments[type], type, table, where);
}

function refuse(refused: readonly string[], type: QueueType, table: FieldTable, where: string): void {
  for (const name of table.keys()) {
    // With an order of its own a queue of any type has its highest priority.
    if (!refused.includes(name) || (name === 'x-max-priority' && table.has('x-order'))) continue;
    throw new SluiceError(
      'precondition-failed',
      `invalid arg '${name}' for ${where}: a queue of type ${type} has none`,
    );
  }
}

function invalidProperty(property: string, where: string): SluiceError {
  return new SluiceError('precondition-failed', `invalid property '${property}' for ${where}`);
}
