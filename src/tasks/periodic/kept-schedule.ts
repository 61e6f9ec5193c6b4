/**
 * A schedule that no program declares: it is kept as a record, and fires while a worker of its task runs, whoever that
 * is. `sluice migrate` writes them. docs/formats/task.md describes the record. Pure.
 */
import { SluiceError } from '../../kernel/index.js';
import { scheduleOf, type Schedule } from './schedule.js';

/** Either `everyMs` or `cron`. Moments are Unix ms. */
export interface KeptSchedule {
  readonly everyMs?: number;
  /** What a moment leaves when it is divided by `everyMs`; 0 unless said otherwise. */
  readonly offsetMs?: number;
  readonly cron?: string;
  /** UTC unless said otherwise. */
  readonly timezone?: string;
  /** It fires after this. */
  readonly sinceMs: number;
  /** And not after this; for ever unless said otherwise. */
  readonly untilMs?: number;
  /** What each run gets, JSON. */
  readonly payload: string;
  readonly priority: number;
}

/** One as it stands in its record. */
export interface StoredSchedule {
  readonly id: string;
  readonly task: string;
  readonly schedule: KeptSchedule;
}

export const keptSchedulePrefix = 'schedule/';

export function keptScheduleKey(task: string, id: string): string {
  return `${keptSchedulePrefix}${task}/${id}`;
}

export function encodeKeptSchedule(stored: StoredSchedule): Buffer {
  return Buffer.from(JSON.stringify(stored));
}

/** Undefined for what is none: another program's record of such a name. */
export function decodeKeptSchedule(value: Buffer): StoredSchedule | undefined {
  try {
    const stored = JSON.parse(value.toString('utf8')) as StoredSchedule;
    momentsOf(stored.schedule, 'a kept schedule');
    return typeof stored.task === 'string' && typeof stored.id === 'string' ? stored : undefined;
  } catch {
    return undefined;
  }
}

/** When it fires. Throws `bad-input` for one that makes no sense. */
export function momentsOf(kept: KeptSchedule, what: string): Schedule {
  const { everyMs, offsetMs = 0, cron, timezone, sinceMs, untilMs = Infinity } = kept;
  const schedule = scheduleOf(
    {
      ...(everyMs === undefined ? {} : { every: everyMs }),
      ...(cron === undefined ? {} : { cron }),
      ...(timezone === undefined ? {} : { timezone }),
    },
    what,
  );
  if (schedule === undefined) throw new SluiceError('bad-input', `${what} says neither 'every' nor 'cron'`);
  return {
    next: (afterMs) => {
      const moment = schedule.next(Math.max(afterMs, sinceMs) - offsetMs);
      if (moment === undefined) return undefined;
      return moment + offsetMs > untilMs ? undefined : moment + offsetMs;
    },
  };
}
