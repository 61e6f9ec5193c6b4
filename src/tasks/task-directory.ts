/**
 * Tasks as operators see them: the queues that carry tasks, in figures; those in a state; one by its name alone,
 * wherever it is. Invariant: a figure that the engine does not tell is undefined, never zero.
 */
import {
  deadLetterQueueOf,
  requireCapability,
  type Engine,
  type JsonValue,
  type ListedMessage,
  type ListedState,
  type MessageReport,
} from '../engines/index.js';
import type { Clock } from '../kernel/index.js';
import { DeadLetters, type DeadTask } from './dead-letters.js';
import type { FailedAttempt } from './failed-attempts.js';
import { listSchedules, removeSchedule, type ListedSchedule } from './periodic/schedule-list.js';
import { listWorkers, wishConcurrency } from './roster/worker-list.js';
import type { ListedWorker } from './roster/worker-record.js';
import { taskQueueOf } from './task-options.js';
import type { TaskDesk } from './task-desk.js';
import type { CancelResult, FoundTask } from './task-enquiry.js';
import type { TaskWhy } from './task-explanation.js';
import type { TaskId } from './task-id.js';
import { workNow, type WorkNow } from './work-now.js';
import { pendingOf, type PendingTask } from './task-status.js';

/** A queue of tasks. */
export interface TaskQueueFigures {
  /** The task whose own queue it is; undefined: tasks share it. */
  readonly task: string | undefined;
  readonly queue: string;
  readonly waiting: number | undefined;
  readonly delayed: number | undefined;
  /** Behind an earlier task of their key, by a limit on it, or until other tasks have ended. */
  readonly held: number | undefined;
  readonly running: number | undefined;
  /** Among the dead letters. */
  readonly dead: number | undefined;
  readonly workers: number | undefined;
}

export type ListedTaskState = 'waiting' | 'running' | 'delayed' | 'held';

/** One line of a list of tasks. */
export interface ListedTask {
  readonly taskId: string | undefined;
  readonly task: string | undefined;
  readonly key: string | undefined;
  /** Those that failed. */
  readonly attempts: number;
  readonly enqueuedAt: Date;
  /** The end of its delay. */
  readonly until: Date | undefined;
  readonly deadline: Date | undefined;
  /** The connection of its worker, and since when it has it. */
  readonly by: string | undefined;
  readonly since: Date | undefined;
}

/** `redriven`: out of the dead letters. `released`: its delay has ended. */
export type RetryResult = 'redriven' | 'released' | 'not-failed' | 'unknown';

const engineStates: Readonly<Record<ListedTaskState, readonly ListedState[]>> = {
  waiting: ['ready'],
  running: ['running'],
  delayed: ['delayed'],
  held: ['gated', 'held'],
};

const ownPrefix = taskQueueOf('');
const deadPrefix = deadLetterQueueOf('');
/** Dead letters of one queue that are looked through for one task. */
const deadLookedMax = 10_000;
const listedDefault = 100;

export class TaskDirectory {
  readonly #desk: TaskDesk;

  constructor(desk: TaskDesk) {
    this.#desk = desk;
  }

  get #engine(): Engine {
    return this.#desk.engine;
  }

  get #clock(): Clock {
    return this.#desk.clock;
  }

  /** The own queue of a task, or the queue of that name. Undefined: there is neither. */
  async queueOf(name: string): Promise<string | undefined> {
    for (const queue of [taskQueueOf(name), name])
      if ((await this.#engine.topology.describeQueue(queue)) !== undefined) return queue;
    return undefined;
  }

  /** The own queues of tasks, and the named ones besides. */
  async queues(shared: readonly string[] = []): Promise<TaskQueueFigures[]> {
    const samples = new Map((await this.#engine.observe()).map((sample) => [sample.queue, sample]));
    return [...samples.values()]
      .filter(({ queue }) => queue.startsWith(ownPrefix) || shared.includes(queue))
      .map(({ queue, ready, delayed, gated, held, unacknowledged, consumers }) => {
        const dead = samples.get(deadLetterQueueOf(queue));
        return {
          task: queue.startsWith(ownPrefix) ? queue.slice(ownPrefix.length) : undefined,
          queue,
          waiting: ready,
          delayed,
          held: gated === undefined || held === undefined ? undefined : gated + held,
          running: unacknowledged,
          dead: dead === undefined ? 0 : dead.ready,
          workers: consumers,
        };
      });
  }

  /**
   * What workers do now, and the waiting tasks that are due soonest; of all queues of tasks, or of those that `mayRead`
   * allows. Rejects with `unsupported` where the engine does not tell of single tasks.
   */
  async workNow(mayRead: (queue: string) => boolean = () => true): Promise<WorkNow> {
    requireCapability(this.#engine, 'messages');
    const queues = (await this.queues()).filter(({ queue }) => mayRead(queue));
    const costs = await this.#desk.toldCosts();
    return workNow({ engine: this.#engine, clock: this.#clock, costs }, queues);
  }

  /** Tasks of a queue in a state: in its order, the soonest due first, or as they came. */
  async list(queue: string, state: ListedTaskState, count = listedDefault): Promise<ListedTask[]> {
    requireCapability(this.#engine, 'messages');
    const tasks: ListedTask[] = [];
    for (const part of engineStates[state]) {
      if (tasks.length >= count) break;
      const messages = await this.#engine.messages.list(queue, part, count - tasks.length);
      tasks.push(...messages.map(listedTask));
    }
    return tasks;
  }

  /** A task wherever it is. */
  find(id: string, queue?: string): Promise<FoundTask> {
    return this.#desk.enquiry.find({ id, queue });
  }

  /** What its message says of a task that is not done. */
  describe(report: MessageReport): PendingTask {
    return pendingOf(report);
  }

  why(id: string, queue?: string): Promise<TaskWhy> {
    return this.#desk.enquiry.why({ id, queue });
  }

  /** The last word of its handler; undefined: there is none, or the engine keeps none. */
  async progress(id: string): Promise<JsonValue | undefined> {
    const isKept = this.#engine.capabilities.records.kind !== 'none';
    return isKept ? this.#desk.progressOf(id as TaskId) : undefined;
  }

  /** Its attempts that failed and were made again, as far as that is kept: an hour, and not in a storm of failures. */
  failedAttempts(id: string): Promise<FailedAttempt[]> {
    return this.#desk.failedAttempts.list(id);
  }

  /** A task among the dead letters: of a queue, or of any. Undefined: it is not there. */
  async findDead(id: string, queue?: string): Promise<DeadTask | undefined> {
    const queues = queue === undefined ? await this.#queuesWithDead() : [queue];
    for (const name of queues) {
      const tasks = await new DeadLetters(this.#engine, this.#clock, name).list(deadLookedMax);
      const found = tasks.find(({ taskId }) => taskId === id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async #queuesWithDead(): Promise<string[]> {
    const samples = await this.#engine.observe();
    return samples
      .filter(({ queue, ready }) => queue.startsWith(deadPrefix) && ready !== 0)
      .map(({ queue }) => queue.slice(deadPrefix.length));
  }

  /** Workers that say how far they may grow (`concurrency: { start, max }`), wherever they run; of a queue, or of all. */
  workers(queue?: string): Promise<ListedWorker[]> {
    return listWorkers(this.#engine, queue);
  }

  /**
   * Asks such a worker to run so many handlers at a time; it does so at once, and until it ends. Rejects with
   * `not-found`, and with `bad-input` above what it allows.
   */
  setConcurrency(workerId: string, concurrency: number): Promise<void> {
    return wishConcurrency(this.#engine, workerId, concurrency);
  }

  /** Schedules that no program declares, such as migrated ones; by task and id. */
  schedules(): Promise<ListedSchedule[]> {
    return listSchedules(this.#engine, this.#clock.now());
  }

  /** Removes such a schedule. False: there was none. A run that was sent already, up to a day ahead, still comes. */
  unschedule(task: string, id: string): Promise<boolean> {
    return removeSchedule(this.#engine, task, id);
  }

  /** As the handle's `cancel`, for a task whose queue is not known. */
  async cancel(id: string, reason?: string, queue?: string): Promise<CancelResult> {
    const found = await this.find(id, queue);
    if (found.kind === 'ended') return 'done';
    if (found.kind === 'unknown') return 'unknown';
    const { queue: from, properties } = found.report;
    return this.#desk.cancel({ id: id as TaskId, queue: from, task: properties.type }, reason);
  }

  /** Sends a task back out of the dead letters, or ends its delay. */
  async retry(id: string, queue?: string): Promise<RetryResult> {
    const found = await this.find(id, queue);
    if (found.kind === 'there') {
      const released = await this.#engine.messages.release(found.report.queue, id);
      return released === 'released' ? 'released' : 'not-failed';
    }
    const dead = await this.findDead(id, queue);
    if (dead === undefined) return found.kind === 'ended' ? 'not-failed' : 'unknown';
    const letters = new DeadLetters(this.#engine, this.#clock, dead.queue);
    const { redriven } = await letters.redrive({ where: ({ taskId }) => taskId === id });
    return redriven > 0 ? 'redriven' : 'unknown';
  }
}

function listedTask(message: ListedMessage): ListedTask {
  const { dueMs, deadlineMs, holder } = message;
  return {
    taskId: message.messageId,
    task: message.type,
    key: message.key,
    attempts: message.deliveryCount,
    enqueuedAt: new Date(message.arrivalMs),
    until: dueMs === undefined ? undefined : new Date(dueMs),
    deadline: deadlineMs === undefined ? undefined : new Date(deadlineMs),
    by: holder?.connection,
    since: holder === undefined ? undefined : new Date(holder.sinceMs),
  };
}
