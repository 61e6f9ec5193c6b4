/**
 * Fires the kept schedules of the tasks that a worker works on, from when they are written until they are deleted.
 * Invariant: each fires once, however many workers watch: the scheduler of each sees to that.
 */
import type { RecordEntry } from '../../engines/index.js';
import type { TaskDesk } from '../task-desk.js';
import type { TaskPlan } from '../task-options.js';
import { decodeKeptSchedule, keptSchedulePrefix, momentsOf, type StoredSchedule } from './kept-schedule.js';
import { PeriodicScheduler } from './periodic-scheduler.js';

export class KeptSchedules {
  readonly #desk: TaskDesk;
  readonly #plans: ReadonlyMap<string, TaskPlan>;
  readonly #schedulers = new Map<string, PeriodicScheduler>();
  #isStopped = false;

  constructor(desk: TaskDesk, plans: readonly TaskPlan[]) {
    this.#desk = desk;
    this.#plans = new Map(plans.map((plan) => [plan.name, plan]));
  }

  /** Begins, until `signal` is aborted. */
  async start(signal: AbortSignal): Promise<void> {
    const { records, capabilities } = this.#desk.engine;
    if (capabilities.records.kind === 'none') return;
    signal.addEventListener('abort', () => {
      this.#stop();
    });
    const known = ({ key, entry }: { readonly key: string; readonly entry: RecordEntry | undefined }) => {
      this.#changed(key, entry);
    };
    await records.watch(keptSchedulePrefix, known, signal);
    for (const entry of await records.scan(keptSchedulePrefix)) known({ key: entry.key, entry });
  }

  #stop(): void {
    this.#isStopped = true;
    for (const scheduler of this.#schedulers.values()) scheduler.stop();
    this.#schedulers.clear();
  }

  #changed(key: string, entry: RecordEntry | undefined): void {
    this.#schedulers.get(key)?.stop();
    this.#schedulers.delete(key);
    const stored = entry === undefined ? undefined : decodeKeptSchedule(entry.value);
    const plan = stored === undefined ? undefined : this.#plans.get(stored.task);
    if (stored === undefined || plan === undefined || this.#isStopped) return;
    const scheduler = this.#schedulerOf(plan, stored);
    this.#schedulers.set(key, scheduler);
    scheduler.start();
  }

  #schedulerOf(plan: TaskPlan, { id, schedule }: StoredSchedule): PeriodicScheduler {
    const periodic = {
      schedule: momentsOf(schedule, `schedule '${id}'`),
      overlap: 'queue',
      missed: 'latest',
      body: Buffer.from(schedule.payload),
      sinceMs: schedule.sinceMs,
    } as const;
    return new PeriodicScheduler(this.#desk, { ...plan, priority: schedule.priority }, periodic, id);
  }
}
