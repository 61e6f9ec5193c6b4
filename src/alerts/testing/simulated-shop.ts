/**
 * A shop in figures alone: queues with producers and consumers, tasks, a node, an engine, by steps of seconds. Healthy
 * unless told otherwise: days and nights, weekends, noise, bursts, batches, a release a day, pauses of the disk and the
 * collector. Invariant: what is published is acknowledged, dead-lettered, or waits; nothing else happens to it.
 */
import type { Random } from '../../kernel/index.js';
import { SteppedFigures, type SteppedObject } from './stepped-figures.js';

const day = 86_400;
const hour = 3_600;

/** How a queue lives. Rates are a second, at the busiest time of a weekday. */
export interface QueueLife {
  readonly name: string;
  readonly perSecond: number;
  readonly consumers: number;
  readonly perConsumer: number;
  /** Taken and not yet acknowledged, by each consumer. */
  readonly prefetch: number;
  /** Of all acknowledged ones, those that go to the dead letters. */
  readonly deadShare?: number;
  /** More at a second of the day. */
  readonly burst?: (daySecond: number, day: number) => number;
}

export class SimulatedQueue {
  readonly life: QueueLife;
  readonly figures: SteppedObject;
  /** Of the consumers that it should have. */
  consumersShare = 1;
  /** Of what they do when they are well. */
  speedShare = 1;
  deadShare: number;
  /** Of the deliveries, those that are repetitions. */
  redeliveredShare = 0;
  /** Deliveries that are repeated once, because somebody left. */
  redelivered = 0;
  extraPerSecond = 0;
  ready = 0;
  #carry = 0;
  #oldestSecond = 0;

  constructor(life: QueueLife, figures: SteppedObject) {
    this.life = life;
    this.figures = figures;
    this.deadShare = life.deadShare ?? 0;
    for (const name of [
      'published',
      'delivered',
      'acknowledged',
      'redelivered',
      'dead_lettered',
      'expired',
      'dropped',
    ])
      figures.set(`messages_${name}_total`, 0);
    figures.set('deadlines_missed_total', 0);
  }

  /** Consumers leave, and come back with what they had. */
  release(isGone: boolean): void {
    const inFlight = Math.min(this.life.prefetch, Math.ceil(this.life.perSecond / this.life.perConsumer));
    if (isGone) this.redelivered += this.life.consumers * inFlight;
    this.consumersShare = isGone ? 0 : 1;
  }

  step(second: number, seconds: number, share: number, random: Random): void {
    const { figures, life } = this;
    const usual = life.perSecond * share + (life.burst?.(second % day, Math.floor(second / day)) ?? 0);
    const wanted =
      Math.max(0, (usual + this.extraPerSecond) * seconds * (0.8 + 0.4 * random.next())) + this.#carry;
    const published = Math.floor(wanted);
    this.#carry = wanted - published;
    const consumers = Math.round(life.consumers * this.consumersShare);
    const capacity = Math.floor(consumers * life.perConsumer * this.speedShare * seconds);
    const before = this.ready;
    const taken = Math.min(before + published, capacity);
    this.ready = before + published - taken;
    // Little's law backwards: the oldest has waited as long as the line before it takes.
    if (this.ready === 0) this.#oldestSecond = second;
    const waits = capacity > 0 ? (this.ready / capacity) * seconds : second - this.#oldestSecond;
    const dead = random.next() < taken * this.deadShare - Math.floor(taken * this.deadShare) ? 1 : 0;
    const repeated = taken > 0 ? this.redelivered + Math.round(taken * this.redeliveredShare) : 0;
    if (taken > 0) this.redelivered = 0;
    const deadLettered = Math.min(taken, Math.floor(taken * this.deadShare) + dead);
    figures.add('messages_published_total', published);
    figures.add('messages_delivered_total', taken + repeated);
    figures.add('messages_redelivered_total', repeated);
    figures.add('messages_acknowledged_total', taken - deadLettered);
    figures.add('messages_dead_lettered_total', deadLettered);
    figures.set('messages_ready', this.ready);
    figures.set('consumers', consumers);
    figures.set('oldest_message_age_seconds', waits);
  }
}

/** Of the busiest hour: least at two at night; half of it at weekends. The first day is a Monday. */
export function loadAt(second: number): number {
  const isWeekend = Math.floor(second / day) % 7 >= 5;
  const ofDay = 0.25 + 0.75 * (0.5 - 0.5 * Math.cos(((second % day) / day - 2 / 24) * 2 * Math.PI));
  return ofDay * (isWeekend ? 0.5 : 1);
}

const lives: readonly QueueLife[] = [
  { name: 'orders', perSecond: 40, consumers: 4, perConsumer: 25, prefetch: 20, deadShare: 0.0005 },
  // Bursts of 20 s in every ten minutes, two and a half times what consumers do.
  {
    ...{ name: 'mail', perSecond: 15, consumers: 3, perConsumer: 40, prefetch: 10 },
    burst: (at) => (at % 600 < 20 ? 300 : 0),
  },
  // 30,000 messages in a minute and a half at three at night, done in five.
  {
    ...{ name: 'import', perSecond: 0.2, consumers: 6, perConsumer: 20, prefetch: 50 },
    burst: (at) => (at >= 3 * hour && at < 3 * hour + 90 ? 330 : 0),
  },
  // Long work, and much of it in flight.
  { name: 'video', perSecond: 0.4, consumers: 10, perConsumer: 0.06, prefetch: 8 },
  { name: 'sluice.tasks.thumb', perSecond: 8, consumers: 2, perConsumer: 12, prefetch: 4, deadShare: 0.002 },
  { name: 'hourly', perSecond: 0.01, consumers: 1, perConsumer: 5, prefetch: 1 },
];

export class SimulatedShop {
  readonly figures: SteppedFigures;
  readonly queues: ReadonlyMap<string, SimulatedQueue>;
  readonly parked: SteppedObject;
  readonly deadLetters: SteppedObject;
  readonly task: SteppedObject;
  readonly consumer: SteppedObject;
  readonly node: SteppedObject;
  readonly engine: SteppedObject;
  readonly alarm: SteppedObject;
  readonly controller: SteppedObject;
  readonly group: SteppedObject;
  readonly #random: Random;
  readonly #stepSeconds: number;
  #second = 0;

  constructor(random: Random, { startSecond = 0, seconds = 7 * day, stepSeconds = 10 }) {
    const figures = new SteppedFigures(startSecond, seconds);
    this.figures = figures;
    this.#random = random;
    this.#stepSeconds = stepSeconds;
    const queue = (name: string): SteppedObject =>
      figures.object('queue', ['embedded', '/', name], ['messages_ready']);
    this.queues = new Map(lives.map((life) => [life.name, new SimulatedQueue(life, queue(life.name))]));
    this.parked = queue('parked');
    this.deadLetters = queue('sluice.dead.orders');
    this.task = figures.object('task', ['embedded', 'thumb']);
    this.consumer = figures.object('consumer', ['embedded', '/', 'video', 'worker-1']);
    this.node = figures.object('node', ['embedded', 'host'], ['disk_free_bytes']);
    this.engine = figures.object('engine', ['embedded']);
    this.alarm = figures.object('alarm', ['embedded', 'memory']);
    this.controller = figures.object('controller', ['kafka']);
    this.group = figures.object('partition_group', ['kafka', 'clicks', '0', 'readers']);
  }

  /** Seconds since the beginning, a Monday at midnight. */
  get second(): number {
    return this.#second;
  }

  queue(name: string): SimulatedQueue {
    return this.queues.get(name)!;
  }

  /** One step; `change` is what goes wrong in it. Gives the second that was measured. */
  step(change: (shop: this, second: number) => unknown = () => undefined): number {
    this.#second += this.#stepSeconds;
    const second = this.#second;
    this.#releases(second);
    for (const queue of this.queues.values())
      queue.step(second, this.#stepSeconds, loadAt(second), this.#random);
    this.#rest(second);
    change(this, second);
    this.figures.measured(this.figures.startSecond + second);
    return this.figures.startSecond + second;
  }

  /** On weekdays at two in the afternoon, one service after another, 40 s each. */
  #releases(second: number): void {
    if (Math.floor(second / day) % 7 >= 5) return;
    const since = (second % day) - 14 * hour;
    [...this.queues.values()].forEach((queue, at) => {
      const from = at * 60;
      if (since >= from && since < from + this.#stepSeconds) queue.release(true);
      if (since >= from + 40 && since < from + 40 + this.#stepSeconds) queue.release(false);
      if (since === from || since === from + 40) this.engine.add('connections_opened_total', 20);
    });
  }

  #rest(second: number): void {
    const random = this.#random;
    const [orders, thumb] = [this.queue('orders').figures, this.queue('sluice.tasks.thumb').figures];
    const dead = orders.get('messages_dead_lettered_total');
    this.deadLetters.set('messages_published_total', dead);
    this.deadLetters.set('messages_ready', dead);
    this.deadLetters.set('consumers', 0);
    this.parked.set('messages_ready', 40);
    this.parked.set('consumers', 0);
    this.parked.set('messages_published_total', 40);
    this.task.set('task_failed_total', thumb.get('messages_dead_lettered_total'));
    this.task.set('task_completed_total', thumb.get('messages_acknowledged_total'));
    // Some work takes ten minutes, and nothing is acknowledged meanwhile.
    this.consumer.set('consumer_oldest_unacknowledged_age_seconds', second % 600);
    this.consumer.add('consumer_messages_acknowledged_total', second % 600 < this.#stepSeconds ? 1 : 0);
    this.engine.set('engine_up', 1);
    this.engine.set('connections', 40);
    this.engine.add('connections_opened_total', random.next() < 0.02 ? 1 : 0);
    this.engine.add('messages_unroutable_total', random.next() < 0.001 ? 3 : 0);
    this.engine.set('journal_sync_seconds_p99', random.next() < 0.01 ? 1.5 : 0.01 + 0.03 * random.next());
    this.engine.set('probe_outage_seconds', 0);
    this.engine.set('probes_lost_total', 0);
    this.alarm.set('alarm', 0);
    this.controller.set('controller_under_replicated_partitions', second % day < 60 ? 3 : 0);
    this.controller.set('controller_leaderless_partitions', 0);
    this.group.set('partition_group_lag_seconds', 120 * random.next());
    this.#machine(second);
  }

  /** Snapshots come and go every quarter of an hour, logs grow by the day and are cut at night; memory is a saw. */
  #machine(second: number): void {
    const random = this.#random;
    const gib = 2 ** 30;
    const snapshots = ((second % 900) / 900) * gib;
    const logs = ((second % day) / day) * 2 * gib;
    this.node.set('disk_free_bytes', 50 * gib - snapshots - logs - 0.05 * gib * random.next());
    this.node.set('disk_free_limit_bytes', 0.25 * gib);
    this.node.set('process_resident_memory_bytes', (0.5 + (0.3 * (second % 1_800)) / 1_800) * gib);
    this.node.set('memory_limit_bytes', gib);
    this.node.set('process_open_descriptors', 120 + Math.round(20 * random.next()));
    this.node.set('process_descriptors_limit', 1_024);
    this.node.set('event_loop_delay_seconds_p99', random.next() < 0.005 ? 0.6 : 0.01 + 0.02 * random.next());
  }
}
