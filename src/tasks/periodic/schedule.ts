/**
 * When a periodic task fires. Pure: a moment in, the next one after it out. Invariant: all processes that have the
 * same declaration agree on every moment, whenever they were started.
 */
import { Cron } from 'croner';
import { millisecondsOf, type Duration } from '../../engines/index.js';
import { messageOf, SluiceError } from '../../kernel/index.js';

export interface Schedule {
  /** The first moment after `afterMs`, both in Unix ms; undefined: there is none any more. */
  next(afterMs: number): number | undefined;
}

export interface ScheduleOptions {
  /** At every multiple of it since the Unix epoch; at least 100 ms. */
  readonly every?: Duration;
  /** Five fields, or six with seconds first; also `@daily` and the like. */
  readonly cron?: string;
  /** An IANA name such as `Asia/Shanghai`; UTC unless said otherwise. */
  readonly timezone?: string;
}

const everyMsMin = 100;

/** Undefined: not periodic. Throws `bad-input`. */
export function scheduleOf(options: ScheduleOptions, what: string): Schedule | undefined {
  const { every, cron, timezone } = options;
  if (every !== undefined && cron !== undefined) throw refusal(`${what}: give 'every' or 'cron', not both`);
  if (timezone !== undefined && cron === undefined) throw refusal(`${what}: a timezone goes with 'cron'`);
  if (every !== undefined) return everySchedule(every, what);
  return cron === undefined ? undefined : cronSchedule(cron, timezone, what);
}

function everySchedule(every: Duration, what: string): Schedule {
  const periodMs = millisecondsOf(every, `${what}: every`);
  if (periodMs < everyMsMin) throw refusal(`${what}: 'every' is at least ${everyMsMin} ms`);
  return { next: (afterMs) => (Math.floor(afterMs / periodMs) + 1) * periodMs };
}

/**
 * Over a change of the clocks: a time that does not exist that day fires at the moment the gap ends, one that exists
 * twice fires once.
 */
function cronSchedule(pattern: string, timezone: string | undefined, what: string): Schedule {
  let cron: Cron;
  try {
    cron = new Cron(pattern, { timezone: timezone ?? 'UTC', paused: true });
    // An unknown time zone shows here.
    cron.nextRun(new Date(0));
  } catch (error) {
    throw refusal(
      `${what}: cron '${pattern}'${timezone === undefined ? '' : ` in ${timezone}`}: ${messageOf(error)}`,
    );
  }
  return { next: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() };
}

function refusal(message: string): SluiceError {
  return new SluiceError('bad-input', message);
}
