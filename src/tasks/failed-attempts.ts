/**
 * What went wrong in attempts that are made again, for whoever looks at a task: a record of each, docs/formats/task.md.
 * Invariant: it is no part of any task, and a process keeps few enough that a storm of failures costs nothing.
 */
import type { Engine } from '../engines/index.js';
import type { Clock } from '../kernel/index.js';
import { failureOf, type FailureReport } from './task-errors.js';

/** An attempt that failed and was to be made again. Moments are Unix ms, of the worker's clock. */
export interface FailedAttempt {
  readonly attempt: number;
  readonly beganMs: number;
  readonly endedMs: number;
  readonly failure: FailureReport;
}

const keptMs = 3_600_000;
/** At 2 KiB each at most, 70 MiB for each process that does nothing but fail. */
const perSecondMax = 10;
const burstMax = 50;
const stackLengthMax = 1_024;

function prefixOf(taskId: string): string {
  return `attempt/${taskId}/`;
}

export class FailedAttempts {
  readonly #engine: Engine;
  readonly #clock: Clock;
  #allowed = burstMax;
  #countedMs = 0;

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  /** Never throws, and nobody waits for it. */
  keep(taskId: string, attempt: number, beganMs: number, error: unknown): void {
    if (this.#engine.capabilities.records.kind === 'none' || taskId === '' || !this.#mayKeep()) return;
    const { stack, ...failure } = failureOf(error);
    const kept: FailedAttempt = {
      attempt,
      beganMs: Math.floor(beganMs),
      endedMs: Math.floor(this.#clock.now()),
      failure: { ...failure, ...(stack === undefined ? {} : { stack: stack.slice(0, stackLengthMax) }) },
    };
    const value = Buffer.from(JSON.stringify(kept));
    this.#engine.records
      .put(`${prefixOf(taskId)}${attempt}`, value, { ttlMs: keptMs })
      .catch(() => undefined);
  }

  /** Of a task, in order. */
  async list(taskId: string): Promise<FailedAttempt[]> {
    if (this.#engine.capabilities.records.kind === 'none') return [];
    const found = await this.#engine.records.scan(prefixOf(taskId));
    return found
      .map(({ value }) => attemptIn(value))
      .filter((each) => each !== undefined)
      .sort((one, other) => one.attempt - other.attempt);
  }

  #mayKeep(): boolean {
    const nowMs = this.#clock.monotonic();
    const seconds = (nowMs - this.#countedMs) / 1_000;
    this.#countedMs = nowMs;
    this.#allowed = Math.min(burstMax, this.#allowed + seconds * perSecondMax);
    if (this.#allowed < 1) return false;
    this.#allowed--;
    return true;
  }
}

/** Undefined for what no worker has written. */
function attemptIn(value: Buffer): FailedAttempt | undefined {
  try {
    const { attempt, beganMs, endedMs, failure } = JSON.parse(value.toString('utf8')) as FailedAttempt;
    const areNumbers = [attempt, beganMs, endedMs].every((each) => Number.isFinite(each));
    const isTold = typeof failure.name === 'string' && typeof failure.message === 'string';
    return areNumbers && isTold ? { attempt, beganMs, endedMs, failure } : undefined;
  } catch {
    return undefined;
  }
}
