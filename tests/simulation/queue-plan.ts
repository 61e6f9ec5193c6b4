/** The queues and routes of the simulated world: one queue for each kind of behaviour, and how messages reach them. */
import { fieldTable, type BrokerChannel } from '../../src/broker/index.js';
import { morgueOf } from './ledger.js';

export interface PlannedQueue {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Its dead letters go to `morgueOf(name)`. */
  readonly hasMorgue: boolean;
  /** Messages of one tenant come out in the order they came in, unless redelivered. */
  readonly isOrdered: boolean;
  /** Messages stay in it until somebody settles them: no expiry, no limit. */
  readonly isLasting: boolean;
  /** `x-message-ttl`. */
  readonly ttlMs: number | undefined;
}

function queue(
  name: string,
  plainArguments: Readonly<Record<string, unknown>>,
  traits: Partial<Omit<PlannedQueue, 'name' | 'arguments'>> = {},
): PlannedQueue {
  const { hasMorgue = true, isOrdered = true, isLasting = true, ttlMs } = traits;
  const dead = hasMorgue ? { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': morgueOf(name) } : {};
  const ttl = ttlMs === undefined ? {} : { 'x-message-ttl': ttlMs };
  return { name, arguments: { ...plainArguments, ...dead, ...ttl }, hasMorgue, isOrdered, isLasting, ttlMs };
}

export const plannedQueues: readonly PlannedQueue[] = [
  queue('plain', {}, { hasMorgue: false }),
  queue('buried', {}),
  queue('quorum', { 'x-queue-type': 'quorum', 'x-delivery-limit': 3 }, { isOrdered: false }),
  queue('brief', {}, { ttlMs: 400 }),
  queue('short', { 'x-max-length': 40 }, { isLasting: false }),
  queue('narrow', { 'x-max-length-bytes': 20_000 }, { isLasting: false }),
  queue('refusing', { 'x-max-length': 60, 'x-overflow': 'reject-publish' }, { hasMorgue: false }),
  queue('refusing-loudly', { 'x-max-length': 60, 'x-overflow': 'reject-publish-dlx' }),
  queue('keyed', {}, { isOrdered: false }),
  queue('keyed-short', { 'x-max-length': 50 }, { isOrdered: false, isLasting: false }),
  queue('priority', { 'x-max-priority': 5 }, { isOrdered: false }),
  queue('deadline', { 'x-order': 'deadline' }, { isOrdered: false }),
  queue('shared', { 'x-fair': { gold: 3, bronze: 0.5 } }),
  queue('single', { 'x-single-active-consumer': true }),
  queue('delayed', {}, { isOrdered: false }),
  queue('fan-1', {}),
  queue('fan-2', {}, { hasMorgue: false }),
];

/** Queues of tasks, beside the others where records are simulated too. */
export const taskQueues: readonly PlannedQueue[] = [queue('held', {}, { isOrdered: false })];

export const volatileQueues: readonly PlannedQueue[] = [1, 2, 3].map((n) =>
  queue(`volatile-${n}`, n === 3 ? { 'x-expires': 3_000 } : {}, { hasMorgue: false, isLasting: n !== 3 }),
);

/** One way to publish: where to, and the queues that get the message. */
export interface PlannedRoute {
  readonly exchange: string;
  readonly routingKey: string;
  readonly queues: readonly string[];
  readonly headers: 'none' | 'key' | 'tenant' | 'delay' | 'deadline' | 'after';
}

export const plannedRoutes: readonly PlannedRoute[] = [
  ...plannedQueues.map(routeTo),
  { exchange: 'fan', routingKey: '', queues: ['fan-1', 'fan-2'], headers: 'none' },
  { exchange: 'front', routingKey: 'a.fan.b', queues: ['fan-1', 'fan-2'], headers: 'none' },
  { exchange: 'front', routingKey: 'a.one', queues: ['fan-1'], headers: 'none' },
  { exchange: 'later', routingKey: 'x', queues: ['delayed'], headers: 'delay' },
];

export const taskRoutes: readonly PlannedRoute[] = taskQueues.map(routeTo);

function routeTo({ name }: PlannedQueue): PlannedRoute {
  return { exchange: '', routingKey: name, queues: [name], headers: headersFor(name) };
}

function headersFor(name: string): PlannedRoute['headers'] {
  if (name.startsWith('keyed')) return 'key';
  if (name === 'shared') return 'tenant';
  if (name === 'delayed') return 'delay';
  if (name === 'held') return 'after';
  return name === 'deadline' ? 'deadline' : 'none';
}

export function planOf(name: string): PlannedQueue | undefined {
  return [...plannedQueues, ...taskQueues, ...volatileQueues].find((planned) => planned.name === name);
}

export function hasMorgue(name: string): boolean {
  return planOf(name)?.hasMorgue ?? false;
}

/** Declares everything that stands for the whole simulation; returns the sequence to wait for. */
export function declarePlan(channel: BrokerChannel, queues = plannedQueues): number {
  for (const { name, arguments: given, hasMorgue: buries } of queues) {
    declareQueue(channel, name, given);
    if (buries) declareQueue(channel, morgueOf(name), {});
  }
  for (const [name, type, given] of [
    ['fan', 'fanout', {}],
    ['front', 'topic', {}],
    ['later', 'x-delayed-message', { 'x-delayed-type': 'direct' }],
  ] as const) {
    channel.declareExchange({
      name,
      type,
      durable: true,
      autoDelete: false,
      internal: false,
      arguments: fieldTable(given),
    });
  }
  const bind = { arguments: fieldTable({}) };
  channel.bindQueue({ ...bind, source: 'fan', destination: 'fan-1', routingKey: '' });
  channel.bindQueue({ ...bind, source: 'fan', destination: 'fan-2', routingKey: '' });
  channel.bindExchange({ ...bind, source: 'front', destination: 'fan', routingKey: '#.fan.#' });
  channel.bindQueue({ ...bind, source: 'front', destination: 'fan-1', routingKey: '*.one' });
  return channel.bindQueue({ ...bind, source: 'later', destination: 'delayed', routingKey: 'x' }).sequence;
}

export function declareQueue(
  channel: BrokerChannel,
  name: string,
  given: Readonly<Record<string, unknown>>,
): number {
  const table = fieldTable(given);
  return channel.declareQueue({ name, durable: true, exclusive: false, autoDelete: false, arguments: table })
    .sequence;
}
