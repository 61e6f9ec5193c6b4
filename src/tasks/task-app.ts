/** What `open` gives: the queues and exchanges of one engine, and its tasks. */
import {
  App,
  millisecondsOf,
  requireCapability,
  type Duration,
  type Engine,
  type JsonValue,
  type Sharing,
} from '../engines/index.js';
import {
  requireKnownOptions,
  SluiceError,
  type Clock,
  type OptionNames,
  type Random,
} from '../kernel/index.js';
import { advise, type CapacityAdvice } from '../scheduling/index.js';
import type { AnyTask } from './attempt.js';
import { DeadLetters } from './dead-letters.js';
import { gather, type Collected, type Gathered, type GatherOptions } from './gather.js';
import { Task, type TaskCall } from './task.js';
import { TaskDirectory } from './task-directory.js';
import { TaskDesk } from './task-desk.js';
import type { PeriodicPlan } from './periodic/periodic-plan.js';
import { PeriodicScheduler } from './periodic/periodic-scheduler.js';
import { analyzeTasks, refusalOf, type AnalyzeOptions, type TasksAnalysis } from './task-analysis.js';
import { planOf, type TaskOptions, type TaskPlan } from './task-options.js';
import type { TaskTracing } from './tracing.js';
import { Worker, type WorkerOptions } from './worker.js';

/** What `advise` is asked for. */
export interface AdviceTarget {
  readonly arrivalsPerSecond: number;
  /** In what time what waits now is to be worked off. */
  readonly wait: Duration;
  /** How busy workers may be, above 0 and up to 1; 0.7 unless said otherwise. */
  readonly utilisation?: number;
}

/** What `open` may bring. */
export interface TaskAppParts {
  readonly sharing?: Sharing | undefined;
  readonly tracing?: TaskTracing | undefined;
}

const analyzeOptionNames: OptionNames<AnalyzeOptions> = { workers: true, policy: true, holdBack: true };
const adviceNames: OptionNames<AdviceTarget> = { arrivalsPerSecond: true, wait: true, utilisation: true };

export class TaskApp extends App {
  readonly #desk: TaskDesk;
  /** Tasks as operators see them: queues in figures, lists by state, one by its name. */
  readonly tasks: TaskDirectory;
  readonly #tasks = new Map<string, AnyTask>();
  readonly #workers = new Set<Worker>();
  readonly #schedulers: PeriodicScheduler[] = [];

  constructor(engine: Engine, clock: Clock, random: Random, { sharing, tracing }: TaskAppParts = {}) {
    super(engine, clock, sharing);
    this.#desk = new TaskDesk(this, clock, random, tracing);
    this.tasks = new TaskDirectory(this.#desk);
  }

  /**
   * Declares a task. Its handler is given here (`run`), by `handle`, or in another process. Throws `bad-input` for
   * options that make no sense, `already-exists` for a second declaration of the name.
   */
  task<Payload = JsonValue | undefined, Input = Payload, Result = unknown, Output = Result>(
    name: string,
    options: TaskOptions<Payload, Input, Result, Output> = {},
  ): Task<Payload, Input, Result, Output> {
    const plan = planOf(name, options);
    if (this.#tasks.has(name)) throw new SluiceError('already-exists', `task '${name}' is declared twice`);
    this.#admit(plan);
    const task = new Task<Payload, Input, Result, Output>(this.#desk, plan, options.run);
    this.#tasks.set(name, task);
    if (plan.periodic !== undefined) this.#begin(plan, plan.periodic);
    return task;
  }

  /**
   * Whether the declared tasks can meet their deadlines. Undefined: not one is known well enough; each needs a cost
   * (declared, or learned here) and a rate (`arrivals`, or `every`).
   */
  analyze(options: AnalyzeOptions = {}): TasksAnalysis | undefined {
    requireKnownOptions(options, analyzeOptionNames, 'analyze');
    const { workers = options.holdBack === true ? 1 : this.#places } = options;
    return analyzeTasks(this.#plans, this.#desk.costs, { ...options, workers });
  }

  /** How many workers a task needs for a target wait, by Little's law, from what was learned and what waits now. */
  async advise(task: AnyTask, target: AdviceTarget): Promise<CapacityAdvice> {
    requireKnownOptions(target, adviceNames, 'advise');
    await this.#desk.followCosts();
    const costMsMean = this.#desk.costs.estimate(task.name)?.meanMs ?? task.plan.costMs;
    if (costMsMean === undefined)
      throw new SluiceError('precondition-failed', `the cost of task '${task.name}' is not known yet`);
    const info = await this.engine.topology.describeQueue(task.plan.queue);
    const { arrivalsPerSecond, wait, utilisation } = target;
    return advise({
      arrivalsPerSecond,
      backlog: info?.ready ?? 0,
      costMsMean,
      drainMs: millisecondsOf(wait, 'the target wait'),
      ...(utilisation === undefined ? {} : { utilisationTarget: utilisation }),
    });
  }

  /** Handlers that the workers of this program let run at a time, as they are now; 1 where there are none. */
  get #places(): number {
    const open = [...this.#workers].filter(({ isClosing }) => !isClosing);
    return Math.max(
      1,
      open.reduce((sum, { concurrency }) => sum + concurrency, 0),
    );
  }

  get #plans(): TaskPlan[] {
    return [...this.#tasks.values()].map(({ plan }) => plan);
  }

  #admit(plan: TaskPlan): void {
    if (plan.admission === undefined) return;
    const { workers = this.#places } = plan;
    const reason = refusalOf(plan, this.#plans, this.#desk.costs, { workers });
    if (reason === undefined) return;
    if (plan.admission === 'warn') this.#desk.warn(`task '${plan.name}': ${reason}`);
    else throw new SluiceError('limit-reached', `task '${plan.name}' is not admitted: ${reason}`);
  }

  #begin(plan: TaskPlan, periodic: PeriodicPlan): void {
    requireCapability(this.engine, 'records');
    const scheduler = new PeriodicScheduler(this.#desk, plan, periodic);
    this.#schedulers.push(scheduler);
    scheduler.start();
  }

  /** Begins to work on tasks that have a handler here. It ends by `close`, its own or the app's. */
  worker(options: WorkerOptions): Worker {
    const worker = new Worker(this.#desk, options);
    this.#workers.add(worker);
    return worker;
  }

  /** Enqueues many tasks and awaits all of them. Rejects with `unsupported`, and sends none, where nothing keeps results. */
  gather<const Given extends readonly TaskCall<unknown>[]>(
    calls: Given,
    options: GatherOptions & { readonly onError: 'collect' },
  ): Promise<Collected<Given>>;
  gather<const Given extends readonly TaskCall<unknown>[]>(
    calls: Given,
    options?: GatherOptions & { readonly onError?: 'fail-fast' },
  ): Promise<Gathered<Given>>;
  async gather(calls: readonly TaskCall<unknown>[], options: GatherOptions = {}): Promise<unknown> {
    requireCapability(this.engine, 'records');
    return gather(calls, options as GatherOptions & { readonly onError: 'collect' });
  }

  /** The tasks of a queue that were given up; a task's own queue is its `queue`. */
  deadLetters(queue: string | { readonly queue: string }): DeadLetters {
    return new DeadLetters(this.engine, this.#desk.clock, typeof queue === 'string' ? queue : queue.queue);
  }

  /** Handlers at work now, of all workers. */
  get activeHandlers(): number {
    return [...this.#workers].reduce((sum, { active }) => sum + active, 0);
  }

  /** Lets the handlers at work finish, then ends. Safe to call twice. */
  override async close(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.close()));
    for (const scheduler of this.#schedulers) scheduler.stop();
    await this.#desk.reporter.close();
    this.#desk.close();
    await this.#desk.tracing?.close();
    await super.close();
  }
}
