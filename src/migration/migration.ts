/**
 * Brings the jobs of a foreign system: queue by queue, state by state, in the order in which they would have run.
 * Invariant: every job that is found is brought, was there already, or is counted with the reason why not.
 */
import { assert, SluiceError, type Clock } from '../kernel/index.js';
import { encodeKeptSchedule, keptScheduleKey, taskQueueOf, type TaskApp } from '../tasks/index.js';
import { broughtJob } from './brought-job.js';
import { identityOf } from './job-identities.js';
import { taskNameOf, type Naming } from './naming.js';
import { QueueReceiver, TaskQueues, type Parcel, type Target } from './receiver.js';
import { ReportBuilder, type Report, type ReportRow } from './report.js';
import type {
  JobSource,
  JobState,
  LeftJob,
  ScheduledAhead,
  SourceItem,
  SourceJob,
  SourceQueue,
  SourceSchedule,
  StateCounts,
} from './source.js';

export interface MigrationOptions {
  /** These queues; all of the source unless any is named. */
  readonly queues?: readonly string[];
  readonly naming?: Naming;
  /** What happens to jobs that somebody works on: the migration is refused (default), they stay, or they are brought. */
  readonly active?: 'refuse' | 'leave' | 'bring';
  /** Pauses the queues of the source first, and leaves them so. */
  readonly pause?: boolean;
  /** Counts, and writes nothing. */
  readonly dryRun?: boolean;
  readonly clock: Clock;
  /** Told after each page. */
  readonly onProgress?: (queue: string, state: string, found: number) => void;
}

const broughtStates: readonly JobState[] = ['waiting', 'prioritized', 'delayed', 'failed'];
const notWhole = 'the next run of a schedule that is not brought';

/**
 * Brings everything; `app` may be left out of a dry run, for an engine that is not there yet. Rejects with `in-use` where jobs are at work or workers would take some, before anything is
 * written; with what the source and the engine reject with.
 */
export async function migrate(
  source: JobSource,
  app: TaskApp | undefined,
  options: MigrationOptions,
): Promise<Report> {
  const target = options.dryRun === true ? trialOf(app) : targetOf(app);
  const queues = await source.queues(options.queues ?? []);
  const before = new Map<string, StateCounts>();
  for (const queue of queues) {
    if (options.pause === true && options.dryRun !== true) await queue.pause();
    before.set(queue.name, await readable(queue, options));
  }
  const report = new ReportBuilder();
  const taskQueues = new TaskQueues(target);
  for (const queue of queues) {
    const name = `${source.system}/${source.scope}/${queue.name}`;
    const receiver = await QueueReceiver.open(target, name);
    const migration = new QueueMigration(source, queue, receiver, taskQueues, report, options);
    await migration.run(before.get(queue.name)!);
  }
  return report;
}

function trialOf(app: TaskApp | undefined): Target {
  return { kind: 'trial', app };
}

function targetOf(app: TaskApp | undefined): Target {
  assert(app !== undefined, 'only a dry run does without an engine');
  return { kind: 'engine', app };
}

/** The counts of a queue that nobody takes jobs from; a dry run looks at any. */
async function readable(
  queue: SourceQueue,
  { active = 'refuse', dryRun }: MigrationOptions,
): Promise<StateCounts> {
  const { counts, isPaused, workers } = await queue.activity();
  if (dryRun === true) return counts;
  if (!isPaused && workers !== undefined && workers > 0)
    throw new SluiceError(
      'in-use',
      `${workers} workers are connected to queue '${queue.name}' and would run what is brought as well: stop them, or pause the queue (--pause)`,
    );
  if (counts.active > 0 && active === 'refuse')
    throw new SluiceError(
      'in-use',
      `${counts.active} jobs of queue '${queue.name}' are being worked on: run again when they have ended, or say what becomes of them (--active leave, --active bring)`,
    );
  return counts;
}

class QueueMigration {
  readonly #source: JobSource;
  readonly #queue: SourceQueue;
  readonly #receiver: QueueReceiver;
  readonly #taskQueues: TaskQueues;
  readonly #report: ReportBuilder;
  readonly #options: MigrationOptions;
  /** Next runs of schedules, by schedule. */
  readonly #ahead = new Map<string, ScheduledAhead>();
  #delayed: ReportRow | undefined;

  constructor(
    source: JobSource,
    queue: SourceQueue,
    receiver: QueueReceiver,
    taskQueues: TaskQueues,
    report: ReportBuilder,
    options: MigrationOptions,
  ) {
    this.#source = source;
    this.#queue = queue;
    this.#receiver = receiver;
    this.#taskQueues = taskQueues;
    this.#report = report;
    this.#options = options;
  }

  async run(counts: StateCounts): Promise<void> {
    const { active = 'refuse' } = this.#options;
    if (active === 'bring') await this.#bringState('active');
    else if (counts.active > 0) this.#leaveAll('active', counts.active, 'being worked on');
    for (const state of broughtStates) await this.#bringState(state);
    if (counts['waiting-children'] > 0)
      this.#leaveAll('waiting-children', counts['waiting-children'], 'parent of a flow');
    await this.#bringSchedules();
    const after = (await this.#queue.activity()).counts;
    if (Object.entries(after).some(([state, count]) => counts[state as JobState] !== count))
      this.#report.changed.push(this.#queue.name);
  }

  #leaveAll(state: 'active' | 'waiting-children', count: number, reason: string): void {
    const row = this.#report.row(this.#queue.name, state);
    row.found = count;
    this.#report.left(row, reason, count);
  }

  async #bringState(state: JobState): Promise<void> {
    const row = this.#report.row(this.#queue.name, state);
    if (state === 'delayed') this.#delayed = row;
    for await (const page of this.#queue.jobs(state)) {
      row.found += page.length;
      const parcels: Parcel[] = [];
      for (const item of page) await this.#sort(row, item, parcels);
      await this.#receiver.bring(parcels);
      row.brought += parcels.length;
      this.#options.onProgress?.(this.#queue.name, state, row.found);
    }
  }

  async #sort(row: ReportRow, item: SourceItem, parcels: Parcel[]): Promise<void> {
    switch (item.kind) {
      case 'left':
        this.#report.left(row, item.reason);
        break;
      case 'ahead':
        this.#ahead.set(item.schedule, item);
        break;
      case 'job':
        await this.#sortJob(row, item, parcels);
    }
  }

  async #sortJob(row: ReportRow, job: SourceJob, parcels: Parcel[]): Promise<void> {
    const identity = identityOf(this.#source.scope, this.#queue.name, job.id, job.enqueuedMs);
    if (this.#receiver.has({ identity })) {
      row.alreadyThere++;
      return;
    }
    const task = this.#taskOf(job.name);
    if (task === undefined) {
      this.#report.left(row, noTask(job.name));
      return;
    }
    const queue = taskQueueOf(task);
    const nowMs = this.#options.clock.now();
    const send = broughtJob(job, { task, queue, taskId: this.#taskId(job, identity), nowMs });
    if (send === undefined) {
      this.#report.left(row, 'due later than a task can be delayed');
      return;
    }
    await this.#count(task, queue, job);
    parcels.push({ identity, send, put: undefined });
  }

  async #count(task: string, queue: string, job?: SourceJob): Promise<void> {
    const told = this.#report.task(task, queue);
    told.isNewQueue = await this.#taskQueues.require(task, queue);
    if (job === undefined) return;
    told.jobs++;
    told.retry ??= job.retry;
    if (job.isPriorityMerged) told.mergedPriorities++;
  }

  #taskOf(job: string): string | undefined {
    return taskNameOf(this.#options.naming ?? {}, this.#queue.name, job);
  }

  /** It names the job for people; a part of its identity keeps it apart from others. */
  #taskId({ id }: SourceJob, identity: Buffer): string {
    const name = `${this.#source.system}-${this.#queue.name}-${id}`;
    const told = Buffer.from(name).subarray(0, 180).toString('utf8').replaceAll('\ufffd', '');
    return `${told}-${identity.toString('hex', 0, 6)}`;
  }

  async #bringSchedules(): Promise<void> {
    const found = await this.#queue.schedules(this.#ahead);
    if (found.length === 0 && this.#ahead.size === 0) return;
    const row = this.#report.row(this.#queue.name, 'repeatable');
    row.found = found.length;
    for (const item of found) await this.#bringSchedule(row, item);
    // What no schedule claims any more.
    for (const { schedule } of this.#ahead.values()) this.#countAhead(schedule, false);
  }

  async #bringSchedule(row: ReportRow, item: SourceSchedule | LeftJob): Promise<void> {
    const task = item.kind === 'left' ? undefined : this.#taskOf(item.name);
    if (item.kind === 'left' || task === undefined) {
      this.#report.left(row, item.kind === 'left' ? item.reason : noTask(item.name));
      return;
    }
    const identity = identityOf(this.#source.scope, this.#queue.name, 'schedule', item.id);
    if (this.#receiver.has({ identity })) row.alreadyThere++;
    else {
      await this.#count(task, taskQueueOf(task));
      const id = `${this.#queue.name}:${item.id}`.slice(0, 150);
      const value = encodeKeptSchedule({ id, task, schedule: item.schedule });
      const put = { key: keptScheduleKey(task, id), value };
      await this.#receiver.bring([{ identity, send: undefined, put }]);
      row.brought++;
    }
    this.#countAhead(item.id, true);
  }

  /** The job of the next run counts with its schedule. */
  #countAhead(schedule: string, isBrought: boolean): void {
    if (!this.#ahead.delete(schedule)) return;
    const row = this.#delayed!;
    if (isBrought) row.found--;
    else this.#report.left(row, notWhole);
  }
}

function noTask(job: string): string {
  return `'${job.slice(0, 100)}' makes no name of a task: give one by --task-map or --name`;
}
