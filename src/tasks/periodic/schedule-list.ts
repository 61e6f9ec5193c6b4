/** Kept schedules as operators see them: listed with when each fires next, and removed. */
import { requireCapability, type Engine } from '../../engines/index.js';
import {
  decodeKeptSchedule,
  keptScheduleKey,
  keptSchedulePrefix,
  momentsOf,
  type StoredSchedule,
} from './kept-schedule.js';

/** One line of a list of schedules. */
export interface ListedSchedule extends StoredSchedule {
  /** Undefined: never any more. */
  readonly next: Date | undefined;
}

/** By task and id. Rejects with `unsupported` for an engine that keeps no records. */
export async function listSchedules(engine: Engine, nowMs: number): Promise<ListedSchedule[]> {
  requireCapability(engine, 'records');
  const listed: ListedSchedule[] = [];
  for (const { value } of await engine.records.scan(keptSchedulePrefix)) {
    const stored = decodeKeptSchedule(value);
    if (stored === undefined) continue;
    const nextMs = momentsOf(stored.schedule, 'a schedule').next(nowMs);
    listed.push({ ...stored, next: nextMs === undefined ? undefined : new Date(nextMs) });
  }
  return listed.sort((a, b) => (a.task === b.task ? order(a.id, b.id) : order(a.task, b.task)));
}

/** False: there was none. A run that was sent already, up to a day ahead, still comes. */
export async function removeSchedule(engine: Engine, task: string, id: string): Promise<boolean> {
  requireCapability(engine, 'records');
  const key = keptScheduleKey(task, id);
  if ((await engine.records.get(key)) === undefined) return false;
  await engine.records.delete(key);
  await engine.records.delete(`periodic/${task}/${id}`);
  return true;
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
