/** How a task is declared to fire by itself, and the checked form of it. */
import { SluiceError } from '../../kernel/index.js';
import { encodeValue } from '../payload.js';
import type { MissedPolicy } from './firings.js';
import { scheduleOf, type Schedule, type ScheduleOptions } from './schedule.js';

/**
 * What happens when a run is due and the one before has not ended: it is left out (default), it waits, or the one
 * before is cancelled for it.
 */
export type OverlapPolicy = 'skip' | 'queue' | 'cancel';

export interface PeriodicOptions<Input> extends ScheduleOptions {
  readonly overlap?: OverlapPolicy;
  /** Moments that passed while no process was there; `latest` unless said otherwise. */
  readonly missed?: MissedPolicy;
  /** What each run gets. */
  readonly payload?: Input;
}

export interface PeriodicPlan {
  readonly schedule: Schedule;
  readonly overlap: OverlapPolicy;
  readonly missed: MissedPolicy;
  readonly body: Buffer;
  /** Moments after it count as missed before the first firing, Unix ms; undefined: none do. */
  readonly sinceMs?: number;
}

const overlaps: readonly string[] = ['skip', 'queue', 'cancel'];
const missedPolicies: readonly string[] = ['latest', 'all', 'skip'];

/** Undefined: it does not fire by itself. Throws `bad-input`. */
export function periodicPlanOf<Input>(
  name: string,
  options: PeriodicOptions<Input>,
): PeriodicPlan | undefined {
  const what = `task '${name}'`;
  const { overlap = 'skip', missed = 'latest', payload } = options;
  if (!overlaps.includes(overlap)) throw refusal(`${what}: overlap is one of ${overlaps.join(', ')}`);
  if (!missedPolicies.includes(missed))
    throw refusal(`${what}: missed is one of ${missedPolicies.join(', ')}`);
  const schedule = scheduleOf(options, what);
  if (schedule === undefined) return undefined;
  return { schedule, overlap, missed, body: encodeValue(payload, `the payload of ${what}`) };
}

/** The record that says when the last run of a task ended, Unix ms as text. */
export function lastRunKey(name: string): string {
  return `periodic-run/${name}`;
}

function refusal(message: string): SluiceError {
  return new SluiceError('bad-input', message);
}
