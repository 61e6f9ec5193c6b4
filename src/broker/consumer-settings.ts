/** What a consumer asks for in its arguments, and whether its queue takes it: RabbitMQ's conditions. */
import { SluiceError } from '../kernel/index.js';
import { Consumer } from './consumer.js';
import type { ConsumeRequest } from './face.js';
import { ArgumentReader } from './queue-settings.js';
import { checkConsumerType } from './queue-type-rules.js';
import type { Queue } from './queue.js';

export interface ConsumerSettings {
  /** Higher is served first; 0 where the consumer says nothing. */
  readonly priority: number;
  /** How long it may hold a delivery, by its own argument; undefined: its queue says, or the broker. */
  readonly timeoutMs: number | undefined;
}

/** Throws `precondition-failed` for an argument of the wrong type, or one that the queue's type does not know. */
export function readConsumerSettings(queue: Queue, request: ConsumeRequest): ConsumerSettings {
  const where = `queue '${queue.name}' in vhost '${queue.vhost}'`;
  checkConsumerType(queue.settings.type, request.arguments, where);
  const read = new ArgumentReader(request.arguments, where);
  return {
    priority: read.integer('x-priority', -Infinity, Infinity) ?? 0,
    timeoutMs: read.integer('x-consumer-timeout', 0, Infinity),
  };
}

/** The consumer that a request asks for. */
export function newConsumer(
  request: ConsumeRequest,
  settings: ConsumerSettings,
  place: Pick<Consumer, 'tag' | 'gate' | 'holder' | 'prefetch'>,
): Consumer {
  return new Consumer({
    ...place,
    ...settings,
    noAck: request.noAck,
    isExclusive: request.exclusive,
    arguments: request.arguments,
  });
}

/** Throws `access-refused` where a consumer would not be alone that must be, or where it would disturb one. */
export function checkExclusivity(queue: Queue, isExclusive: boolean): void {
  const { settings, consumers } = queue;
  const shares = consumers.count > 0 || (settings.singleActiveConsumer && settings.type === 'classic');
  if (!consumers.hasExclusive && !(isExclusive && shares)) return;
  throw new SluiceError('access-refused', `queue '${queue.name}' in vhost '${queue.vhost}' in exclusive use`);
}
