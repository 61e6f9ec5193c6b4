/**
 * Adds up what processes report of their tasks, by type. Invariant: a report counts once, and what a process has counted
 * stays when the process is gone; what it runs does not.
 */
import type { RecordChange } from '../../engines/index.js';
import { LatencyTrack, type Clock } from '../../kernel/index.js';
import {
  countNames,
  decodeReports,
  reporterOf,
  timeNames,
  type TaskCount,
  type TaskReport,
  type TaskTime,
} from './task-report.js';

/** A process that runs something says so every five seconds. */
const silentMsMax = 15_000;
/** Types that are kept; names come from clients. */
const typesMax = 10_000;
/** The least laxity is of attempts that began lately. */
const freshMs = 3_000;

/** A type of task in figures, as its workers tell them. */
export interface LedgerTask {
  readonly task: string;
  readonly counts: Readonly<Record<TaskCount, number>>;
  readonly times: Readonly<Record<TaskTime, LatencyTrack>>;
  readonly running: number;
  /** NaN: none began lately that has a deadline. */
  readonly startLaxityMs: number;
}

interface Process {
  heardMs: number;
  /** The keys of its reports that were counted; they are forgotten when their records expire. */
  readonly keys: Set<string>;
  readonly running: Map<string, number>;
}

class Account implements LedgerTask {
  readonly task: string;
  readonly counts: Record<TaskCount, number>;
  readonly times: Record<TaskTime, LatencyTrack>;
  running = 0;
  startLaxityMs = NaN;
  /** When its least laxity was told, by the monotonic clock. */
  laxityToldMs = -Infinity;

  constructor(task: string, nowMs: number) {
    this.task = task;
    this.counts = Object.fromEntries(countNames.map((name) => [name, 0])) as Record<TaskCount, number>;
    const times = timeNames.map((name) => [name, new LatencyTrack(nowMs)]);
    this.times = Object.fromEntries(times) as Record<TaskTime, LatencyTrack>;
  }
}

export class TaskLedger {
  readonly #clock: Clock;
  readonly #accounts = new Map<string, Account>();
  readonly #processes = new Map<string, Process>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A record whose key begins with `reportPrefix` has changed. */
  readonly take = ({ key, entry }: RecordChange): void => {
    const name = reporterOf(key);
    if (name === undefined) return;
    const known = this.#processes.get(name);
    if (entry === undefined) {
      known?.keys.delete(key);
      if (known?.keys.size === 0) this.#processes.delete(name);
      return;
    }
    if (known?.keys.has(key) === true) return;
    const reports = decodeReports(entry.value);
    if (reports === undefined) return;
    const process = known ?? { heardMs: 0, keys: new Set<string>(), running: new Map<string, number>() };
    this.#processes.set(name, process);
    process.keys.add(key);
    process.heardMs = this.#clock.monotonic();
    for (const [task, report] of reports) this.#add(process, task, report);
  };

  /** Every type that was reported of, as it stands; ends the interval of its times. */
  *each(): Generator<LedgerTask, void, undefined> {
    const running = this.#running();
    const nowMs = this.#clock.monotonic();
    for (const account of this.#accounts.values()) {
      account.running = running.get(account.task) ?? 0;
      if (nowMs - account.laxityToldMs > freshMs) account.startLaxityMs = NaN;
      for (const name of timeNames) account.times[name].read(nowMs);
      yield account;
    }
  }

  #add(process: Process, task: string, report: TaskReport): void {
    const nowMs = this.#clock.monotonic();
    let account = this.#accounts.get(task);
    if (account === undefined) {
      if (this.#accounts.size >= typesMax) return;
      this.#accounts.set(task, (account = new Account(task, nowMs)));
    }
    for (const name of countNames) account.counts[name] += report[name] ?? 0;
    for (const name of timeNames) {
      const times = report.times?.[name];
      if (times !== undefined)
        account.times[name].addBuckets(times.buckets, times.sumMicroseconds, times.maxMicroseconds);
    }
    process.running.set(task, report.running);
    this.#noteLaxity(account, report.startLaxityMs, nowMs);
  }

  #noteLaxity(account: Account, laxityMs: number | undefined, nowMs: number): void {
    if (laxityMs === undefined) return;
    const isFresh = nowMs - account.laxityToldMs < freshMs / 3;
    account.startLaxityMs = isFresh ? Math.min(laxityMs, account.startLaxityMs) : laxityMs;
    account.laxityToldMs = nowMs;
  }

  #running(): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    const nowMs = this.#clock.monotonic();
    for (const { heardMs, running } of this.#processes.values()) {
      if (nowMs - heardMs > silentMsMax) continue;
      for (const [task, count] of running) sums.set(task, (sums.get(task) ?? 0) + count);
    }
    return sums;
  }
}
