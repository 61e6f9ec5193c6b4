/** Decides when something breaks, and breaks it. */
import { mediumBytes, type Simulation } from './simulation.js';
import { ticks } from './life.js';

export interface FaultCounts {
  powerLoss: number;
  powerLossAtOperation: number;
  kill: number;
  restart: number;
  failedSync: number;
  failedWrite: number;
  fullDisk: number;
  slowDisk: number;
  powerLossWhileOpening: number;
}

type FaultName = keyof FaultCounts;

/** Out of a thousand looks; a look comes with every few operations. */
const chances: Readonly<Record<FaultName, number>> = {
  powerLoss: 0.8,
  powerLossAtOperation: 1.5,
  kill: 0.6,
  restart: 0.6,
  failedSync: 0.4,
  failedWrite: 0.2,
  fullDisk: 0.4,
  slowDisk: 0.5,
  powerLossWhileOpening: 0,
};

export class FaultDice {
  readonly #simulation: Simulation;
  readonly #enabled: ReadonlySet<FaultName>;
  readonly counts: FaultCounts = {
    powerLoss: 0,
    powerLossAtOperation: 0,
    kill: 0,
    restart: 0,
    failedSync: 0,
    failedWrite: 0,
    fullDisk: 0,
    slowDisk: 0,
    powerLossWhileOpening: 0,
  };
  isSlow = false;
  #isFull = false;
  /** Looks after which the disk is healed. */
  #healIn = 0;

  constructor(simulation: Simulation, enabled: readonly FaultName[] = Object.keys(chances) as FaultName[]) {
    this.#simulation = simulation;
    this.#enabled = new Set(enabled);
  }

  /** One look: perhaps something breaks, or what broke for a while is whole again. */
  async throwOne(): Promise<void> {
    if (this.#simulation.life.failure !== undefined) await this.#endAfterFailure();
    if (this.#healIn > 0 && --this.#healIn === 0) this.heal();
    let dice = this.#simulation.random.next() * 1_000;
    for (const name of Object.keys(chances) as FaultName[]) {
      dice -= chances[name];
      if (dice >= 0) continue;
      if (this.#enabled.has(name)) {
        this.counts[name]++;
        await this.#happen(name);
      }
      return;
    }
  }

  async #happen(name: FaultName): Promise<void> {
    const { random, disk } = this.#simulation;
    switch (name) {
      case 'powerLoss':
        return this.#simulation.afterPowerLoss();
      case 'powerLossAtOperation':
        disk.crashAt({ nth: 1 + random.integer(20) });
        return;
      case 'kill':
        return this.#simulation.afterKill();
      case 'restart':
        this.heal();
        return this.#simulation.restart();
      case 'failedSync':
        disk.failAt({ kind: 'sync', nth: 1 + random.integer(5), code: 'EIO', forGood: random.next() < 0.5 });
        return;
      case 'failedWrite':
        disk.failAt({ kind: 'write', nth: 1 + random.integer(5), code: 'EIO' });
        return;
      case 'fullDisk':
        return this.#fill();
      case 'slowDisk':
        this.isSlow = true;
        this.#healIn = 20 + random.integer(100);
        disk.slow('sync', 20 + random.integer(2_000));
        if (random.next() < 0.5) disk.slow('write', random.integer(50));
        return;
      case 'powerLossWhileOpening':
        return;
    }
  }

  async #fill(): Promise<void> {
    const { random, disk } = this.#simulation;
    const { freeBytes } = await disk.space();
    disk.capacityBytes = mediumBytes - freeBytes + random.integer(200_000);
    this.#isFull = true;
    this.#healIn = 50 + random.integer(200);
  }

  /** The process goes on for a moment, and nothing may be confirmed any more; then it ends. */
  async #endAfterFailure(): Promise<void> {
    await ticks(this.#simulation.random.integer(100));
    this.#simulation.life.turn();
    this.heal();
    if (this.#simulation.life.isDark || this.#simulation.random.next() < 0.5)
      await this.#simulation.afterPowerLoss();
    else await this.#simulation.afterKill();
  }

  /** A disk that is opened is whole; but the power may go in the middle of it. */
  beforeOpening(): void {
    this.heal();
    const { random, disk } = this.#simulation;
    if (!this.#enabled.has('powerLossWhileOpening') || random.next() > 0.15) return;
    this.counts.powerLossWhileOpening++;
    disk.crashAt({ nth: 1 + random.integer(12) });
  }

  heal(): void {
    const { disk } = this.#simulation;
    disk.heal();
    if (this.#isFull) disk.capacityBytes = mediumBytes;
    this.isSlow = this.#isFull = false;
    this.#healIn = 0;
  }
}
