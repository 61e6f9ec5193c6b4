/**
 * How a task is declared, and the checked form of it that the rest works with. Invariant: a `TaskPlan` makes sense;
 * what does not is refused here, where it was written.
 */
import {
  dispatchOptions,
  millisecondsOf,
  type DispatchOptions,
  type Duration,
  type Queue,
  type QueueOptions,
} from '../engines/index.js';
import { requireKnownOptions, SluiceError, type OptionNames } from '../kernel/index.js';
import { gapMsOf, type Rate } from './arrivals.js';
import { checkParts, checkPeriodicPayload } from './declaration-checks.js';
import { ownQueueOf } from './own-queue.js';
import { periodicPlanOf, type PeriodicOptions, type PeriodicPlan } from './periodic/periodic-plan.js';
import { retryPolicyOf, type RetryOptions, type RetryPolicy } from './retry-policy.js';
import type { StandardSchema } from './standard-schema.js';
import type { TaskContext } from './task-context.js';
import { threadPlanOf, type ThreadOptions, type ThreadPlan } from './threads/thread-plan.js';

/** What does the work of a task. */
export type TaskHandler<Payload, Result> = (
  payload: Payload,
  context: TaskContext,
) => Result | Promise<Result>;

/** A name for a place on the scale from 0 to 255; higher first. */
export type Priority = number | 'low' | 'normal' | 'high';

/**
 * What happens to a task that comes to a worker after its deadline: it runs all the same (default), goes to the dead
 * letters, or is given up. Its handle's `result()` rejects with `DeadlineMissed` for the last two.
 */
export type LatePolicy = 'run' | 'dead-letter' | 'drop';

/**
 * A task's declaration. `Input` is what `enqueue` takes, `Payload` what the handler gets (the input's schema may turn
 * one into the other), `Result` what the handler returns, `Output` what `result()` gives. Shares and limits hold over all
 * workers; they are its own queue's, and a queue that is named has its own.
 */
export interface TaskOptions<Payload, Input, Result, Output>
  extends PeriodicOptions<Input>, DispatchOptions, ThreadOptions {
  /** Any Standard Schema: checked at `enqueue` and again at the worker. Payloads travel as JSON. */
  readonly input?: StandardSchema<Input, Payload>;
  /** Checked before the result is kept. */
  readonly output?: StandardSchema<Result, Output>;
  /** Does the work; it may be given later, and in another process, by `handle`. Or `thread` names its file. */
  readonly run?: TaskHandler<Payload, Result>;
  /** The queue that carries it; one of its own unless said otherwise. */
  readonly queue?: string | Queue;
  /** Tasks of one key run one after another, in order, through retries. */
  readonly key?: (payload: Payload) => string | undefined;
  /** Whose share of the queue it takes. */
  readonly tenant?: (payload: Payload) => string | undefined;
  /** When it must be done: from its release on. */
  readonly deadline?: Duration;
  readonly onLate?: LatePolicy;
  readonly priority?: Priority;
  /** The longest that one attempt may take; then its signal aborts and the attempt has failed. */
  readonly attemptTimeout?: Duration;
  /** What one run is expected to take; learned when it is left out. */
  readonly cost?: Duration | { readonly p95: Duration };
  /** How often it comes at most, for the analysis; `every` says it as well. */
  readonly arrivals?: { readonly atMost: Rate };
  /**
   * What happens when the analysis says that with this task a deadline could be missed, or when it comes more often
   * than `arrivals` says: its declaration, or its enqueue, is refused (`limit-reached`), or the app tells a `warning`.
   */
  readonly admission?: 'reject' | 'warn';
  /** Handlers at a time that admission may count on; as many as the program's workers let run by then, or 1, unless said otherwise. */
  readonly workers?: number;
  readonly retry?: RetryOptions;
  /** How long its outcome is kept for `result()`; 1 h unless said otherwise, 0: not at all. */
  readonly keepResult?: Duration;
}

/** The checked form of a declaration. */
export interface TaskPlan {
  readonly name: string;
  readonly queue: string;
  /** Undefined: the queue is somebody else's to describe. */
  readonly queueOptions: QueueOptions | undefined;
  readonly input: StandardSchema | undefined;
  readonly output: StandardSchema | undefined;
  readonly key: ((payload: never) => string | undefined) | undefined;
  readonly tenant: ((payload: never) => string | undefined) | undefined;
  readonly deadlineMs: number | undefined;
  readonly onLate: LatePolicy;
  readonly priority: number;
  readonly attemptTimeoutMs: number | undefined;
  readonly costMs: number | undefined;
  /** The least time between two arrivals, as far as it is declared. */
  readonly gapMs: number | undefined;
  readonly admission: 'reject' | 'warn' | undefined;
  /** Undefined: as many as the program's workers let run. */
  readonly workers: number | undefined;
  readonly retry: RetryPolicy;
  readonly keepResultMs: number;
  /** Undefined: it does not fire by itself. */
  readonly periodic: PeriodicPlan | undefined;
  /** Undefined: its handler runs on the event loop. */
  readonly thread: ThreadPlan | undefined;
}

const priorities = { low: 2, normal: 5, high: 8 } as const;
const optionNames: OptionNames<TaskOptions<never, never, never, never>> = {
  input: true,
  output: true,
  run: true,
  queue: true,
  key: true,
  tenant: true,
  deadline: true,
  onLate: true,
  priority: true,
  attemptTimeout: true,
  cost: true,
  arrivals: true,
  admission: true,
  workers: true,
  retry: true,
  keepResult: true,
  every: true,
  cron: true,
  timezone: true,
  overlap: true,
  missed: true,
  payload: true,
  thread: true,
  killAfter: true,
  ...dispatchOptions,
};
const namePattern = /^[\w.:/-]{1,100}$/;

/** 0 to 255. Throws `bad-input`. */
export function priorityOf(given: Priority): number {
  if (typeof given === 'string' && Object.hasOwn(priorities, given)) return priorities[given];
  if (typeof given === 'number' && Number.isInteger(given) && given >= 0 && given <= 255) return given;
  throw refusal(`a priority is 'low', 'normal', 'high' or a whole number from 0 to 255, not '${given}'`);
}

/** The queue of a task that names none. */
export function taskQueueOf(name: string): string {
  return `sluice.tasks.${name}`;
}

/** Throws `bad-input` for what makes no sense. */
export function planOf<Payload, Input, Result, Output>(
  name: string,
  options: TaskOptions<Payload, Input, Result, Output>,
): TaskPlan {
  checkName(name);
  requireKnownOptions(options, optionNames, `task '${name}'`);
  checkParts(name, options);
  const { onLate = 'run', queue, attemptTimeout } = options;
  const periodic = periodicPlanOf(name, options);
  if (periodic !== undefined && options.input !== undefined)
    checkPeriodicPayload(name, options.input, periodic.body);
  return {
    name,
    queue: queueNameOf(name, queue) ?? taskQueueOf(name),
    queueOptions: ownQueueOf(name, options),
    input: options.input,
    output: options.output,
    key: options.key,
    tenant: options.tenant,
    deadlineMs: milliseconds(options.deadline, `the deadline of task '${name}'`),
    onLate,
    priority: priorityOf(options.priority ?? 'normal'),
    attemptTimeoutMs: milliseconds(attemptTimeout, `the attemptTimeout of task '${name}'`),
    costMs: milliseconds(costOf(options.cost), `the cost of task '${name}'`),
    gapMs: gapOf(name, options.arrivals?.atMost, options.every),
    admission: options.admission,
    workers: options.workers,
    retry: retryPolicyOf(options.retry),
    keepResultMs: millisecondsOf(options.keepResult ?? '1h', `keepResult of task '${name}'`),
    periodic,
    thread: threadPlanOf(name, options),
  };
}

function gapOf(name: string, atMost: Rate | undefined, every: Duration | undefined): number | undefined {
  if (atMost !== undefined) return gapMsOf(atMost, `the arrivals of task '${name}'`);
  return every === undefined ? undefined : millisecondsOf(every, 'every');
}

function queueNameOf(task: string, queue: string | Queue | undefined): string | undefined {
  const given: unknown = typeof queue === 'object' ? (queue as Partial<Queue> | null)?.name : queue;
  if (queue === undefined || (typeof given === 'string' && given !== '')) return given as string | undefined;
  throw refusal(`task '${task}': queue is a name, or what app.queue gives`);
}

function costOf(cost: TaskOptions<never, never, never, never>['cost']): Duration | undefined {
  return typeof cost === 'object' ? cost.p95 : cost;
}

function milliseconds(duration: Duration | undefined, what: string): number | undefined {
  return duration === undefined ? undefined : millisecondsOf(duration, what);
}

/** 1 to 100 letters, digits and any of `. _ : / -`. */
export function isTaskName(name: string): boolean {
  return namePattern.test(name);
}

function checkName(name: string): void {
  if (typeof name === 'string' && isTaskName(name)) return;
  throw refusal(`a task's name has 1 to 100 letters, digits and any of . _ : / -, not '${name}'`);
}

function refusal(message: string): SluiceError {
  return new SluiceError('bad-input', message);
}
