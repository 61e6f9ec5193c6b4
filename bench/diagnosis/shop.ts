/**
 * The services that faults happen to: four queues of a shop, and four of a clinic, with loads and workers that the seed
 * chooses. Invariant: in both one queue comes through an exchange, one has dead letters, one goes by key, one has deadlines.
 */
import type { Random } from '../../src/kernel/index.js';
import type { Producer } from './producer.js';
import type { Service } from './service.js';
import type { WorkerOptions } from './worker.js';

export interface Shop {
  readonly service: Service;
  /** Options of the workers of each queue, for more of them. */
  readonly workers: ReadonlyMap<string, WorkerOptions>;
  readonly counts: ReadonlyMap<string, number>;
  readonly producer: (queue: string) => Producer;
}

interface QueuePlan {
  readonly queue: string;
  readonly perSecond: readonly [number, number];
  readonly workers: readonly [number, number];
  readonly prefetch: readonly number[];
  readonly exchange?: string;
  readonly keys?: number;
  readonly deadlineMs?: number;
  /** Of its workers' time; 0.3 to 0.65 unless said otherwise. */
  readonly load?: readonly [number, number];
  readonly failShare?: number;
  readonly retryShare?: number;
  readonly hasDeadLetters?: true;
}

export type ServiceName = 'shop' | 'clinic';

/**
 * `orders` is plain and comes through an exchange, `mail` has a dead-letter queue and fails now and then, `stock` goes by
 * key, `quotes` has deadlines.
 */
const shopPlans: readonly QueuePlan[] = [
  { queue: 'orders', perSecond: [8, 25], workers: [2, 4], prefetch: [1, 5, 20], exchange: 'shop' },
  {
    ...{
      queue: 'mail',
      perSecond: [4, 12],
      workers: [2, 3],
      prefetch: [1, 5, 20],
      failShare: 0.02,
      retryShare: 0.05,
    },
    hasDeadLetters: true,
  },
  { queue: 'stock', perSecond: [6, 15], workers: [3, 4], prefetch: [1, 5], keys: 200 },
  {
    queue: 'quotes',
    perSecond: [5, 12],
    workers: [2, 3],
    prefetch: [1, 2],
    deadlineMs: 3_000,
    load: [0.3, 0.45],
  },
];

/** More traffic, more workers and shorter deadlines than the shop has, and a queue that is much quieter. */
const clinicPlans: readonly QueuePlan[] = [
  { queue: 'visits', perSecond: [25, 45], workers: [4, 7], prefetch: [1, 10, 40], exchange: 'clinic' },
  {
    ...{ queue: 'letters', perSecond: [3, 6], workers: [2, 2], prefetch: [1, 3], hasDeadLetters: true },
    ...{ failShare: 0.03, retryShare: 0.03 },
  },
  { queue: 'samples', perSecond: [10, 20], workers: [3, 5], prefetch: [1, 4], keys: 400 },
  {
    queue: 'calls',
    perSecond: [8, 15],
    workers: [3, 5],
    prefetch: [1],
    deadlineMs: 2_000,
    load: [0.3, 0.45],
  },
];

const services: Readonly<Record<ServiceName, readonly QueuePlan[]>> = {
  shop: shopPlans,
  clinic: clinicPlans,
};

const between = (random: Random, [least, most]: readonly [number, number]): number =>
  least + random.next() * (most - least);

/** Declares it all, and lets publishers and workers begin; `loadShare` of what the plans say is published. */
export function buildService(
  service: Service,
  random: Random,
  { loadShare = 1, name = 'shop' }: { readonly loadShare?: number; readonly name?: ServiceName } = {},
): Shop {
  const workers = new Map<string, WorkerOptions>();
  const counts = new Map<string, number>();
  for (const plan of services[name]) {
    const { queue, exchange, keys, deadlineMs, failShare, retryShare } = plan;
    if (plan.hasDeadLetters === true) declareWithDeadLetters(service, queue);
    else service.declare(queue);
    if (exchange !== undefined) service.bind(exchange, queue, queue);
    const perSecond = between(random, plan.perSecond) * loadShare;
    const count = Math.round(between(random, plan.workers));
    const load = between(random, plan.load ?? [0.3, 0.65]);
    const options: WorkerOptions = {
      queue,
      prefetch: plan.prefetch[random.integer(plan.prefetch.length)]!,
      serviceMs: (1_000 * load * count) / perSecond,
      ...(failShare === undefined ? {} : { failShare }),
      ...(retryShare === undefined ? {} : { retryShare }),
    };
    workers.set(queue, options);
    counts.set(queue, count);
    for (let each = 0; each < count; each++) service.work(options);
    service.produce(queue, {
      ...{ routingKey: queue, perSecond },
      ...(exchange === undefined ? {} : { exchange }),
      ...(keys === undefined ? {} : { keys }),
      ...(deadlineMs === undefined ? {} : { deadlineMs: deadlineMs / loadShare }),
    });
  }
  return { service, workers, counts, producer: (queue) => service.producers.get(queue)! };
}

function declareWithDeadLetters(service: Service, queue: string): void {
  service.declare(`failed-${queue}`);
  service.bind('failed', `failed-${queue}`, queue);
  service.declare(queue, { 'x-dead-letter-exchange': 'failed', 'x-dead-letter-routing-key': queue });
}

/** How much of its workers' time a queue needs: 1 is all of it. */
export function loadOf({ workers, counts, producer }: Shop, queue: string): number {
  return (producer(queue).options.perSecond * workers.get(queue)!.serviceMs) / 1_000 / counts.get(queue)!;
}
