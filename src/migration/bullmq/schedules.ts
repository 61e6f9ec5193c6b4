/**
 * BullMQ's repeatable jobs: a sorted set of their keys by the moment each fires next, and a hash for each. Invariant:
 * one is brought only if what it becomes fires next at the very moment at which BullMQ would. Pure.
 */
import { SluiceError } from '../../kernel/index.js';
import { momentsOf, type KeptSchedule } from '../../tasks/index.js';
import type { LeftJob, ScheduledAhead, SourceSchedule } from '../source.js';
import type { JobHash } from './job-hash.js';
import { priorityOf } from './priorities.js';

/** The zone of schedules that name none is that of whoever made them: UTC, or else that of this machine. */
const zonesTried = ['UTC', Intl.DateTimeFormat().resolvedOptions().timeZone];
const runsMax = 1_000_000;

export function scheduleItem(
  key: string,
  hash: JobHash,
  nextMs: number,
  ahead: ScheduledAhead | undefined,
): SourceSchedule | LeftJob {
  const left = (reason: string): LeftJob => ({ kind: 'left', id: key, reason });
  const name = hash['name'] ?? ahead?.name;
  const { pattern, every } = patternOf(key, hash);
  if (name === undefined || !(nextMs > 0)) return left('its definition is not whole');
  const options = optionsOf(hash['opts']);
  const common = {
    payload: hash['data'] ?? ahead?.body.toString() ?? '{}',
    priority: priorityOf(Number(options.priority ?? 0)).priority,
    sinceMs: nextMs - 1,
    ...(hash['endDate'] === undefined ? {} : { untilMs: momentOf(hash['endDate']) }),
  };
  const found =
    every === undefined
      ? cronCandidates(pattern, hash['tz']).map((cron) => ({ ...common, ...cron }))
      : [{ ...common, everyMs: every, offsetMs: nextMs % every }];
  const schedule = found.find((candidate) => firesNextAt(candidate, nextMs));
  if (schedule === undefined)
    return left(
      `'${pattern ?? String(every)}' would not fire next at ${new Date(nextMs).toISOString()} here`,
    );
  const limited = limitedTo(schedule, nextMs, Number(hash['limit'] ?? 0), Number(hash['ic'] ?? 1));
  // Where no delayed job stands for the next run, that one is under way as a job, and comes as what it is.
  const sinceMs = ahead === undefined ? nextMs : schedule.sinceMs;
  return { kind: 'schedule', id: key, name, schedule: { ...limited, sinceMs } };
}

/** A key from before there were hashes is `name:id:end:zone:pattern`. */
function patternOf(
  key: string,
  hash: JobHash,
): { readonly pattern: string | undefined; readonly every: number | undefined } {
  const everyMs = Number(hash['every'] ?? Number.NaN);
  if (everyMs > 0) return { pattern: undefined, every: everyMs };
  if (hash['pattern'] !== undefined) return { pattern: hash['pattern'], every: undefined };
  const last = key.split(':').slice(4).join(':');
  return /^\d+$/.test(last)
    ? { pattern: undefined, every: Number(last) }
    : { pattern: last === '' ? undefined : last, every: undefined };
}

function cronCandidates(
  pattern: string | undefined,
  zone: string | undefined,
): { readonly cron: string; readonly timezone: string }[] {
  if (pattern === undefined) return [];
  const zones = zone === undefined || zone === '' ? zonesTried : [zone];
  return zones.map((timezone) => ({ cron: pattern, timezone }));
}

function firesNextAt(schedule: KeptSchedule, nextMs: number): boolean {
  try {
    return momentsOf(schedule, 'a schedule').next(nextMs - 1) === nextMs;
  } catch (error) {
    if (error instanceof SluiceError) return false;
    throw error;
  }
}

/** A number of runs becomes the moment of the last one; the next is run number `count`. */
function limitedTo(schedule: KeptSchedule, nextMs: number, limit: number, count: number): KeptSchedule {
  if (!(limit > 0)) return schedule;
  const moments = momentsOf(schedule, 'a schedule');
  let lastMs = nextMs;
  for (let run = count; run < Math.min(limit, count + runsMax); run++)
    lastMs = moments.next(lastMs) ?? lastMs;
  return { ...schedule, untilMs: Math.min(lastMs, schedule.untilMs ?? Infinity) };
}

function momentOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Date.parse(text);
}

function optionsOf(text: string | undefined): { readonly priority?: unknown } {
  try {
    return (JSON.parse(text ?? '{}') ?? {}) as { readonly priority?: unknown };
  } catch {
    return {};
  }
}
