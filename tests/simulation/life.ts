/**
 * One life of the broker, from its start to whatever ends it. Invariant: once it has ended nothing of it reaches the
 * clients, the ledger or the next life.
 */
import { openBroker, type Broker, type Turns } from '../../src/broker/index.js';
import {
  FakeClock,
  type Disk,
  type Random,
  type SimulatedDisk,
  type SluiceError,
} from '../../src/kernel/index.js';
import type { Ledger } from './ledger.js';
import { ModelClient } from './model-client.js';
import type { World } from './world.js';
import { QueueWatch } from './queue-watch.js';
import { directory, smallJournal } from './simulated-broker.js';
import { connectSilently, scanAll } from './silent-channel.js';
import type { Process } from './wire.js';

/** Ways in which the world may be broken on purpose, to show that the checker notices. */
export interface Sabotage {
  /** Answers and deliveries do not wait for the disk. */
  readonly earlyWire?: boolean;
  /** What the broker writes to, instead of the disk. */
  readonly disk?: (disk: SimulatedDisk) => Disk;
  /** Changes the broker after it was opened. */
  readonly broker?: (broker: Broker) => Broker;
}

interface Failure {
  of: SluiceError | undefined;
}

export interface LifeOptions {
  readonly disk: SimulatedDisk;
  readonly clock: FakeClock;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly sabotage: Sabotage;
  /** Takes what the broker and its journal log, with codes and facts. */
  readonly log: string[];
}

/** Lets promises that wait for nothing else take so many steps. */
export async function ticks(count: number): Promise<void> {
  for (let left = count; left > 0; left--) await Promise.resolve();
}

export class Life {
  readonly options: LifeOptions;
  readonly world: World;
  readonly clients: ModelClient[] = [];
  readonly #later: (() => void)[];
  readonly #failure: Failure;
  /** The power went. */
  isDark = false;

  private constructor(options: LifeOptions, broker: Broker, later: (() => void)[], failure: Failure) {
    this.#failure = failure;
    const { clock, random, ledger, sabotage } = options;
    this.options = options;
    this.#later = later;
    const process: Process = { durableSequence: broker.durableSequence, hasEnded: false };
    broker.onDurable((sequence) => {
      if (this.failure !== undefined && !process.hasEnded) ledger.report('durable after the disk has failed');
      process.durableSequence = sequence;
      for (const client of this.clients) client.wire.release();
    });
    const watch = new QueueWatch(ledger);
    const isEarly = sabotage.earlyWire ?? false;
    this.world = { broker, process, isEarly, ledger, watch, clock, random, isDraining: false, requested: [] };
    void options.disk.stopped.then(() => {
      this.isDark = true;
      process.hasEnded = true;
    });
  }

  /** Set once the disk has failed. */
  get failure(): SluiceError | undefined {
    return this.#failure.of;
  }

  /** Undefined: the power went before the broker was up. */
  static async open(options: LifeOptions): Promise<Life | undefined> {
    const { disk, clock, random, ledger, log, sabotage } = options;
    const later: (() => void)[] = [];
    const turns: Turns = {
      soon: queueMicrotask,
      later: (run) => later.push(run),
    };
    const failure: Failure = { of: undefined };
    const opening = openBroker({
      directory,
      disk: sabotage.disk?.(disk) ?? disk,
      clock,
      random,
      turns,
      settings: { snapshotEveryBytes: 150_000, consumerTimeoutMs: 2 ** 40 },
      journal: smallJournal,
      hashEveryRecords: 500,
      log: (event, details) =>
        log.push(`${ledger.life}@${clock.now() % 1e6} ${event} ${JSON.stringify(details)}`),
      onFailure: (error) => {
        failure.of = error;
      },
    });
    const broker = await Promise.race([opening, disk.stopped.then(() => undefined)]);
    if (broker === undefined) return undefined;
    return new Life(options, sabotage.broker?.(broker) ?? broker, later, failure);
  }

  /** Runs what the broker put off to a later turn. */
  turn(): void {
    for (const run of this.#later.splice(0)) run();
  }

  /** Goes on until nothing more happens by itself; the disk must not be slow. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3;) {
      const before = this.world.broker.durableSequence;
      await new Promise((resolve) => setImmediate(resolve));
      const moved = this.#later.length > 0 || this.world.broker.durableSequence !== before;
      this.turn();
      quiet = moved ? 0 : quiet + 1;
    }
  }

  /** Holds all records against what the clients know of them. */
  async compareRecords(): Promise<void> {
    const { options, world } = this;
    const { channel, connection } = connectSilently(world.broker, 'auditor');
    const scanning = scanAll(channel.records);
    // Read from disk or not, no time goes by meanwhile.
    const entries = await Promise.race([scanning, options.disk.stopped.then(() => undefined)]);
    if (entries !== undefined) options.ledger.records.compare(entries, options.clock.now());
    connection.close();
  }

  end(): void {
    this.world.process.hasEnded = true;
    this.clients.length = 0;
    this.#later.length = 0;
  }
}
