/**
 * Watches memory and free disk space against their limits and raises the broker's alarms, which block publishers.
 * An alarm goes only when there is room to spare again, so that it does not flicker at the limit.
 */
import { constrainedMemory } from 'node:process';
import { totalmem } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { MemoryLimit } from '../config/index.js';
import { messageOf, Rounds, type Clock, type Disk } from '../kernel/index.js';
import type { Log } from './log.js';

/** The limits to hold; sizes in bytes. */
export interface ResourceLimits {
  readonly memoryBytes: number;
  readonly diskFreeBytes: number;
}

/** What was last measured, in bytes; unknown until then. */
export interface ResourceReadings {
  readonly residentBytes: number;
  readonly diskFreeBytes: number | undefined;
}

/** Memory as the watch reads it. */
export interface MemoryReading {
  readonly residentBytes: number;
  /** What the program itself has allocated: the rest of `residentBytes` is free memory that was not given back. */
  readonly allocatedBytes: number;
}

export interface ResourceWatchOptions {
  readonly directory: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: ResourceLimits;
  readonly setAlarm: (alarm: 'memory' | 'disk', raised: boolean) => void;
  readonly readMemory?: () => MemoryReading;
  /** Asks for garbage to be collected. */
  readonly collect?: () => void;
}

const memoryEveryMs = 250;
/** `statfs` costs some microseconds; disks fill slowly against a limit of hundreds of MiB. */
const diskEveryMs = 1_000;
/** V8 collects as a program allocates; a blocked one may not, and would stay blocked. */
const collectEveryMs = 5_000;

/** The memory that this process may use: the machine's, or its container's. */
export function availableMemoryBytes(): number {
  const machine = totalmem();
  const container = constrainedMemory();
  return container > 0 && container < machine ? container : machine;
}

/** A limit in bytes. */
export function memoryLimitBytes(limit: MemoryLimit, availableBytes = availableMemoryBytes()): number {
  return limit.kind === 'bytes' ? limit.bytes : Math.floor(availableBytes * limit.share);
}

function processMemory(): MemoryReading {
  const { rss, heapTotal, external } = process.memoryUsage();
  return { residentBytes: rss, allocatedBytes: heapTotal + external };
}

/** V8's own collector, reached without a flag on the command line. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  return typeof collect === 'function' ? (collect as () => void) : () => undefined;
}

/** Over the limit, and not because of free memory that the allocator keeps. */
function memoryIsShort(reading: MemoryReading, limitBytes: number): boolean {
  return reading.residentBytes >= limitBytes && reading.allocatedBytes >= limitBytes * 0.6;
}

function memoryIsPlenty(reading: MemoryReading, limitBytes: number): boolean {
  return reading.residentBytes < limitBytes * 0.95 || reading.allocatedBytes < limitBytes * 0.5;
}

/** The loop. `checkMemory` and `checkDisk` do the work and are what tests call. */
export class ResourceWatch {
  readonly #options: ResourceWatchOptions;
  readonly #readMemory: () => MemoryReading;
  #limits: ResourceLimits;
  #raised = { memory: false, disk: false };
  #collect: (() => void) | undefined;
  #collectedAt = Number.NEGATIVE_INFINITY;
  #diskFreeBytes: number | undefined;
  #diskFailed = false;
  readonly #rounds: readonly Rounds[];

  constructor(options: ResourceWatchOptions) {
    this.#options = options;
    this.#limits = options.limits;
    this.#readMemory = options.readMemory ?? processMemory;
    this.#collect = options.collect;
    this.#rounds = [
      this.#every(memoryEveryMs, () => {
        this.checkMemory();
      }),
      this.#every(diskEveryMs, () => this.checkDisk()),
    ];
  }

  get readings(): ResourceReadings {
    return { residentBytes: this.#readMemory().residentBytes, diskFreeBytes: this.#diskFreeBytes };
  }

  get limits(): ResourceLimits {
    return this.#limits;
  }

  /** Takes new limits over; alarms follow at the next check. */
  setLimits(limits: ResourceLimits): void {
    this.#limits = limits;
  }

  /** Measures once, then from time to time until `stop`. */
  async start(): Promise<void> {
    if (this.#rounds.some(({ isRunning }) => isRunning)) return;
    for (const rounds of this.#rounds) rounds.start();
    this.checkMemory();
    await this.checkDisk();
  }

  /** Ends after the check under way. Safe to call twice. */
  async stop(): Promise<void> {
    await Promise.all(this.#rounds.map((rounds) => rounds.stop()));
  }

  checkMemory(): void {
    const reading = this.#readMemory();
    const limit = this.#limits.memoryBytes;
    if (!this.#raised.memory && memoryIsShort(reading, limit)) {
      this.#set('memory', true, { residentBytes: reading.residentBytes, limitBytes: limit });
    } else if (this.#raised.memory && memoryIsPlenty(reading, limit)) {
      this.#set('memory', false, { residentBytes: reading.residentBytes, limitBytes: limit });
    }
    if (this.#raised.memory) this.#collectGarbage();
  }

  async checkDisk(): Promise<void> {
    const limit = this.#limits.diskFreeBytes;
    let freeBytes: number;
    try {
      freeBytes = (await this.#options.disk.space(this.#options.directory)).freeBytes;
    } catch (error) {
      this.#noteDiskFailure(error);
      return;
    }
    this.#diskFailed = false;
    this.#diskFreeBytes = freeBytes;
    if (!this.#raised.disk && freeBytes < limit) {
      this.#set('disk', true, { freeBytes, limitBytes: limit });
    } else if (this.#raised.disk && freeBytes - limit >= limit / 10) {
      this.#set('disk', false, { freeBytes, limitBytes: limit });
    } else if (this.#raised.disk) {
      // The journal has a bound of its own for the same alarm, and may have taken it back.
      this.#options.setAlarm('disk', true);
    }
  }

  /** Free space that cannot be measured is unknown: no alarm is raised or taken back for it. */
  #noteDiskFailure(error: unknown): void {
    this.#diskFreeBytes = undefined;
    if (this.#diskFailed) return;
    this.#diskFailed = true;
    this.#options.log.warn(
      { event: 'resource.disk-unknown', reason: messageOf(error) },
      'Free disk space cannot be measured',
    );
  }

  #set(alarm: 'memory' | 'disk', raised: boolean, facts: Readonly<Record<string, number>>): void {
    this.#raised = { ...this.#raised, [alarm]: raised };
    this.#options.setAlarm(alarm, raised);
    const { log } = this.#options;
    if (raised) log.warn({ event: `resource.${alarm}-alarm`, ...facts }, `Publishers are blocked: ${alarm}`);
    else log.info({ event: `resource.${alarm}-normal`, ...facts }, `Publishers go on: ${alarm}`);
  }

  #collectGarbage(): void {
    const now = this.#options.clock.monotonic();
    if (now - this.#collectedAt < collectEveryMs) return;
    this.#collectedAt = now;
    this.#collect ??= collector();
    this.#collect();
  }

  #every(everyMs: number, check: () => void | Promise<void>): Rounds {
    const { clock, log } = this.#options;
    const onProblem = (reason: string): void => {
      log.warn({ event: 'resource.check-failed', reason }, 'A check of memory and disk failed');
    };
    return new Rounds({ clock, delayMs: () => everyMs, round: check, onProblem });
  }
}
