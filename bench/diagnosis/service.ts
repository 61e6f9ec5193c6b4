/**
 * A whole service on a simulated clock: the real broker on a simulated disk, publishers and workers as models, and the
 * diagnosis that watches them. Invariant: with the same seed everything repeats.
 */
import { openBroker, type Broker } from '../../src/broker/index.js';
import { fieldTable } from '../../src/broker/index.js';
import { Diagnosis, type Signature } from '../../src/alerts/index.js';
import { FakeClock, seededRandom, SimulatedDisk, type Random } from '../../src/kernel/index.js';
import { MeasuredBroker, type Surroundings } from './measured-broker.js';
import { Producer, type ProducerOptions } from './producer.js';
import { Worker, type WorkerOptions } from './worker.js';

export interface ServiceOptions {
  readonly seed: number;
  /** Simulated time between two looks at publishers and workers. */
  readonly tickMs?: number;
  readonly signatures?: readonly Signature[];
}

const diskBytes = 100 * 2 ** 30;
const settleTurns = 2;
const settleTurnsMax = 8;
/** How often, in a step, workers that ended a message are handed another: a short one is over before the step is. */
const roundsMax = 5;

export class Service {
  readonly clock: FakeClock;
  readonly disk: SimulatedDisk;
  readonly broker: Broker;
  readonly random: Random;
  readonly diagnosis: Diagnosis;
  readonly around: Surroundings;
  readonly producers = new Map<string, Producer>();
  readonly workers = new Map<string, Worker[]>();
  /** Done at the beginning of each tick. */
  readonly acts: ((nowMs: number) => void)[] = [];
  readonly #measured: MeasuredBroker;
  readonly #tickMs: number;
  #named = 0;
  #observedSecond = 0;

  private constructor(broker: Broker, clock: FakeClock, disk: SimulatedDisk, options: ServiceOptions) {
    this.broker = broker;
    this.clock = clock;
    this.disk = disk;
    this.random = seededRandom(options.seed);
    this.diagnosis = new Diagnosis(options.signatures);
    this.around = {
      ...{ connections: 0, opened: 0, closed: 0, descriptors: 60 },
      ...{ diskFreeBytes: diskBytes / 2, diskTotalBytes: diskBytes },
    };
    this.#measured = new MeasuredBroker(broker, this.around);
    this.#tickMs = options.tickMs ?? 100;
  }

  static async open(options: ServiceOptions): Promise<Service> {
    const clock = new FakeClock();
    const disk = new SimulatedDisk({ random: seededRandom(options.seed + 1), clock });
    const broker = await openWhile(clock, disk, options.seed + 2);
    return new Service(broker, clock, disk, options);
  }

  get second(): number {
    return Math.floor(this.clock.now() / 1_000);
  }

  declare(queue: string, plainArguments: Readonly<Record<string, unknown>> = {}): void {
    const connection = this.broker.connect({ name: 'setup', user: 'guest', vhost: '/' });
    const channel = connection.openChannel({
      deliver: () => undefined,
      consumerCancelled: () => undefined,
      channelFailed: () => undefined,
    });
    channel.declareQueue({
      ...{ name: queue, durable: true, exclusive: false, autoDelete: false },
      arguments: fieldTable(plainArguments),
    });
    connection.close();
  }

  /** Binds a queue to a direct exchange, which is made, or takes the binding away. */
  bind(exchange: string, queue: string, routingKey: string, isBound = true): void {
    const connection = this.broker.connect({ name: 'setup', user: 'guest', vhost: '/' });
    const channel = connection.openChannel({
      deliver: () => undefined,
      consumerCancelled: () => undefined,
      channelFailed: () => undefined,
    });
    channel.declareExchange({
      ...{ name: exchange, type: 'direct', durable: true, autoDelete: false, internal: false },
      arguments: fieldTable({}),
    });
    const binding = { source: exchange, destination: queue, routingKey, arguments: fieldTable({}) };
    if (isBound) channel.bindQueue(binding);
    else channel.unbindQueue(binding);
    connection.close();
  }

  produce(name: string, options: ProducerOptions): Producer {
    const producer = new Producer(this.broker, `producer-${name}`, options, seededRandom(this.#draw()));
    this.producers.set(name, producer);
    this.connected();
    return producer;
  }

  work(options: WorkerOptions): Worker {
    const worker = new Worker(this.broker, `worker-${++this.#named}`, options, seededRandom(this.#draw()));
    const group = this.workers.get(options.queue);
    if (group === undefined) this.workers.set(options.queue, [worker]);
    else group.push(worker);
    this.connected();
    return worker;
  }

  /** Closes the workers of a queue, or the first so many of them. */
  dismiss(queue: string, count = Infinity): Worker[] {
    const group = this.workers.get(queue) ?? [];
    const gone = group.splice(0, count);
    for (const worker of gone) {
      worker.close();
      this.disconnected();
    }
    return gone;
  }

  connected(): void {
    this.around.connections++;
    this.around.opened++;
    this.around.descriptors++;
  }

  disconnected(): void {
    this.around.connections--;
    this.around.closed++;
    this.around.descriptors--;
  }

  #draw(): number {
    return this.random.integer(2 ** 31);
  }

  /** Lets time pass; `each` is called after every second. True from it ends the run. */
  async run(seconds: number, each: () => boolean = () => false): Promise<void> {
    const untilMs = this.clock.now() + seconds * 1_000;
    while (this.clock.now() < untilMs) {
      await this.#tick();
      if (this.second === this.#observedSecond) continue;
      this.#observedSecond = this.second;
      this.diagnosis.observe(this.#measured, this.second);
      if (each()) return;
    }
  }

  async #tick(): Promise<void> {
    this.clock.advance(this.#tickMs);
    const nowMs = this.clock.now();
    for (const act of this.acts) act(nowMs);
    for (const producer of this.producers.values()) producer.step(nowMs, this.#tickMs);
    for (let round = 0; round < roundsMax; round++) {
      const haveEnded = this.#stepWorkers(nowMs);
      for (let turn = 0; turn < settleTurns || this.#isSyncing(turn); turn++)
        await new Promise((resolve) => setImmediate(resolve));
      if (!haveEnded) break;
    }
  }

  /** True: some ended a message, and are handed others before the step is over. */
  #stepWorkers(nowMs: number): boolean {
    let haveEnded = false;
    for (const group of this.workers.values())
      for (const worker of group) if (worker.step(nowMs)) haveEnded = true;
    return haveEnded;
  }

  /** A disk that takes no time is given the turns that it needs. */
  #isSyncing(turn: number): boolean {
    return turn < settleTurnsMax && this.broker.journal.stats().unsyncedBytes > 0;
  }

  async close(): Promise<void> {
    this.disk.heal();
    const closing = this.broker.close();
    let isClosed = false;
    void closing.finally(() => (isClosed = true));
    while (!isClosed) {
      this.clock.advance(5_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** The disk takes its time by the clock, so the clock has to go on while the broker opens. */
async function openWhile(clock: FakeClock, disk: SimulatedDisk, seed: number): Promise<Broker> {
  let broker: Broker | undefined;
  const opening = openBroker({
    ...{ directory: '/data', disk, clock, random: seededRandom(seed) },
    settings: { consumerTimeoutMs: 86_400_000 },
    journal: {
      ...{ segmentBytes: 8 * 2 ** 20, segmentBytesFirst: 2 * 2 ** 20, freeBytesMin: 64 * 1_024 },
      ...{ tailCacheBytes: 4 * 2 ** 20, blockCacheBytes: 4 * 2 ** 20, pressureBytes: 2 * 2 ** 20 },
    },
    onFailure: (error) => {
      throw error;
    },
  }).then((opened) => (broker = opened));
  while (broker === undefined) {
    clock.advance(10);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await opening;
  return broker;
}
