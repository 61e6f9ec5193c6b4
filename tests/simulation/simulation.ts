/**
 * A seeded life of the whole: broker, real journal, a disk that fails, and clients that do everything at random. The
 * same seed gives the same life. Throws a `Violation` when a promise is broken.
 */
import { FakeClock, seededRandom, SimulatedDisk, type Clock, type Random } from '../../src/kernel/index.js';
import { drain } from './drain.js';
import { FaultDice, type FaultCounts } from './fault-dice.js';
import { Ledger, type LedgerCounts } from './ledger.js';
import { Life, ticks, type Sabotage } from './life.js';
import { OperationDice } from './operation-dice.js';
import { declarePlan, plannedQueues, taskQueues } from './queue-plan.js';
import { connectSilently } from './silent-channel.js';

export interface SimulationOptions {
  readonly seed: number;
  readonly operations: number;
  readonly sabotage?: Sabotage;
  /** False: queues alone, without records, as before there were any. */
  readonly hasRecords?: boolean;
  /** Left out: all kinds. */
  readonly faults?: readonly (keyof FaultCounts)[];
}

export interface SimulationReport {
  readonly seed: number;
  readonly operations: number;
  readonly lives: number;
  readonly faults: FaultCounts;
  readonly messages: LedgerCounts;
}

/** The clock of whichever life is running, for the disk that outlives them. */
class CurrentClock implements Clock {
  current = new FakeClock();

  now(): number {
    return this.current.now();
  }

  monotonic(): number {
    return this.current.monotonic();
  }

  skewMs(): number {
    return 0;
  }

  after(delayMs: number, run: () => void): () => void {
    return this.current.after(delayMs, run);
  }
}

/** What the medium holds; a full disk is made by taking it away. */
export const mediumBytes = 1024 * 1024 * 1024;

export class Simulation {
  readonly options: SimulationOptions;
  readonly random: Random;
  readonly ledger = new Ledger();
  readonly log: string[] = [];
  readonly #clock = new CurrentClock();
  readonly #faults: FaultDice;
  readonly #dice: OperationDice;
  disk: SimulatedDisk;
  life!: Life;
  #done = 0;

  constructor(options: SimulationOptions) {
    this.options = options;
    this.random = seededRandom(options.seed);
    this.disk = new SimulatedDisk({ random: this.random, clock: this.#clock });
    this.disk.capacityBytes = mediumBytes;
    this.#faults = new FaultDice(this, options.faults);
    this.#dice = new OperationDice(this);
  }

  get hasRecords(): boolean {
    return this.options.hasRecords ?? true;
  }

  async run(): Promise<SimulationReport> {
    await this.begin(0);
    while (this.#done < this.options.operations) {
      this.#done += this.#dice.throwSome();
      await this.#pass();
      await this.#faults.throwOne();
      if (this.life.isDark) await this.afterPowerLoss();
      this.ledger.check();
    }
    await this.#finish();
    const { seed } = this.options;
    const { life: lives } = this.ledger;
    return {
      seed,
      operations: this.#done,
      lives,
      faults: this.#faults.counts,
      messages: this.ledger.counts(),
    };
  }

  /** Lets a little time pass, by promises, turns and the clock. */
  async #pass(): Promise<void> {
    const { random } = this;
    await ticks(random.integer(12));
    if (random.next() < 0.3) this.life.turn();
    if (random.next() < 0.15) this.#clock.current.advance(random.integer(random.next() < 0.1 ? 500 : 20));
    if (random.next() < 0.02 && !this.#faults.isSlow) await this.#rest();
  }

  /** Everything comes to rest; nobody may be left waiting for nothing. */
  async #rest(): Promise<void> {
    await this.life.settle();
    if (!this.life.isDark && this.life.failure === undefined) await this.#checkAtRest();
  }

  async #checkAtRest(): Promise<void> {
    this.#dice.checkNobodyStarves();
    for (const { records } of this.life.clients) records.atRest();
    await this.life.compareRecords();
  }

  /** Opens the broker, again and again if the power goes meanwhile. `downMs`: how long it was down. */
  async begin(downMs: number, afterCleanStop = false): Promise<void> {
    for (let wasClean = afterCleanStop; ; wasClean = false) {
      this.#clock.current = new FakeClock(this.#clock.now() + downMs);
      const { disk, random, ledger } = this;
      this.#faults.beforeOpening();
      const life = await Life.open({
        disk,
        clock: this.#clock.current,
        random,
        ledger,
        log: this.log,
        sabotage: this.options.sabotage ?? {},
      });
      if (life !== undefined && !life.isDark) {
        this.life = life;
        this.ledger.recovered(life.world.broker.recovery.lastSequence);
        if (wasClean && !life.world.broker.recovery.cleanStop)
          this.ledger.report(`a stop in good order left no mark: ${this.log.slice(-5).join('\n')}`);
        break;
      }
      this.ledger.lastCrashLife = this.ledger.life;
      this.disk = disk.crash();
    }
    await this.life.compareRecords();
    await this.#declare();
  }

  /** The plan stands before anybody relies on it. */
  async #declare(): Promise<void> {
    const { broker } = this.life.world;
    const { channel, connection } = connectSilently(broker, 'planner');
    declarePlan(channel, this.hasRecords ? [...plannedQueues, ...taskQueues] : plannedQueues);
    connection.close();
    const durable = broker.administration.durable().catch(() => undefined);
    await Promise.race([durable, this.disk.stopped]);
  }

  /** The process died and the machine with it. */
  async afterPowerLoss(): Promise<void> {
    this.#endUncleanly();
    this.disk = this.disk.crash();
    await this.begin(this.random.integer(2_000));
  }

  /** The process died; what it wrote is still in the system's cache. */
  async afterKill(): Promise<void> {
    this.#endUncleanly();
    this.disk = this.disk.kill();
    await this.begin(this.random.integer(2_000));
  }

  #endUncleanly(): void {
    this.life.end();
    this.ledger.lastCrashLife = this.ledger.life;
    this.ledger.life++;
  }

  /** A stop in good order. */
  async restart(): Promise<void> {
    const { life } = this;
    for (const client of [...life.clients]) client.close();
    const requested = life.world.requested.splice(0);
    // Without space what is not durable yet is given up, and the next start finds an unclean stop.
    const hasSpace = life.world.broker.journal.space === 'ok';
    let end: 'closed' | 'failed' | undefined;
    life.world.broker.close().then(
      () => (end = 'closed'),
      () => (end = 'failed'),
    );
    while (end === undefined && !life.isDark) {
      await ticks(50);
      life.turn();
      this.#clock.current.advance(1);
    }
    if (end !== 'closed' || life.failure !== undefined || !hasSpace) {
      await this.afterPowerLoss();
      return;
    }
    for (const copy of requested) copy.settlement = 'durable';
    life.end();
    this.ledger.life++;
    this.disk = this.disk.kill();
    await this.begin(this.random.integer(2_000), true);
  }

  async #finish(): Promise<void> {
    this.#faults.heal();
    if (this.life.failure !== undefined || this.life.isDark) await this.afterPowerLoss();
    // One more power loss, so that what was only in memory is not taken for what is on disk.
    await this.life.settle();
    await this.afterPowerLoss();
    await drain(this.life);
    this.ledger.check();
    const lost = this.ledger.findLost(this.#dice.hasMorgue);
    if (lost.length > 0) this.ledger.report(`${lost.length} messages were lost, first`, lost[0]);
    this.ledger.check();
  }
}
