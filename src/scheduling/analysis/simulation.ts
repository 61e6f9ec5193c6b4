/**
 * A discrete simulator of workers that serve jobs by a policy: event by event, so that long quiet times cost nothing.
 * It is the judge of the analysis, the source of the drawn schedule, and the proof for hold-back dispatch.
 */
import { assert } from '../../kernel/index.js';
import { holdBack, type ExpectedJob } from '../hold-back.js';
import type { StepBudget } from './step-budget.js';
import { ranksOf, type Policy, type Task } from './task.js';

/** When jobs come. Both must not make a job ready before an earlier one of its task. */
export interface Arrivals {
  /** When job `job` (from 0) of a task arrives; `Infinity` for never. */
  arrivalOf(task: number, job: number): number;
  /** How long after its arrival it becomes ready; 0 when left out. */
  delayOf?(task: number, job: number): number;
  /** How long it takes; the cost of its task when left out. */
  costOf?(task: number, job: number): number;
}

/** How the workers serve. */
export interface SimulationOptions {
  readonly policy: Policy;
  readonly workers: number;
  readonly isPreemptive: boolean;
  /** One worker, not preemptive, `edf` only. */
  readonly isHoldBack: boolean;
  /** Where the simulation ends. */
  readonly horizon: number;
  /** All tasks at 0 and then once a period, when left out. */
  readonly arrivals?: Arrivals;
  readonly budget?: StepBudget;
}

/** One job. */
export interface Job {
  readonly task: number;
  readonly index: number;
  readonly arrival: number;
  readonly due: number;
}

/** What is told while the simulation goes on. */
export interface SimulationObserver {
  /** A worker held a job from one moment to another. */
  onSlice?(slice: Slice): void;
  /** A job is done. */
  onEnd?(job: Job, at: number): void;
  /** A job was not done in time: told once, when it is done or at the end. Return false to stop. */
  onMiss?(job: Job, endedAt: number | undefined): boolean;
}

/** A piece of a job on a worker. */
export interface Slice {
  readonly task: number;
  readonly index: number;
  readonly worker: number;
  readonly from: number;
  readonly to: number;
}

interface LiveJob extends Job {
  left: number;
  /** -1 while it waits. */
  worker: number;
  since: number;
}

/** Runs to the horizon, or to where the observer stops it. */
export function simulateInto(
  tasks: readonly Task[],
  options: SimulationOptions,
  observer: SimulationObserver,
): void {
  new Simulation(tasks, options, observer).run();
}

class Simulation {
  readonly #tasks: readonly Task[];
  readonly #options: SimulationOptions;
  readonly #observer: SimulationObserver;
  readonly #arrivals: Arrivals;
  readonly #ranks: readonly number[] | undefined;
  /** Of each task, the index and readiness of the job that comes next. */
  readonly #nextIndex: number[];
  readonly #nextReady: number[];
  /** Every job that is ready and not done. */
  #live: LiveJob[] = [];
  #now = 0;
  #isStopped = false;

  constructor(tasks: readonly Task[], options: SimulationOptions, observer: SimulationObserver) {
    const { policy, workers, isPreemptive, isHoldBack } = options;
    const canHoldBack = policy === 'edf' && workers === 1 && !isPreemptive;
    assert(!isHoldBack || canHoldBack, 'hold-back serves one worker, not preemptive, by deadline');
    this.#tasks = tasks;
    this.#options = options;
    this.#observer = observer;
    this.#arrivals = options.arrivals ?? { arrivalOf: (task, job) => job * tasks[task]!.period };
    this.#ranks = policy === 'edf' ? undefined : ranksOf(tasks, policy);
    this.#nextIndex = tasks.map(() => 0);
    this.#nextReady = tasks.map((_task, task) => this.#readyAt(task, 0));
  }

  run(): void {
    const { horizon, budget, isPreemptive } = this.#options;
    while (!this.#isStopped && this.#now < horizon) {
      budget?.spend(3 * this.#tasks.length + 2 * this.#live.length);
      this.#release();
      if (isPreemptive) this.#dispatchAnew();
      else this.#dispatchFree();
      this.#advance();
    }
    this.#closeSlices();
    for (const job of this.#live) if (job.due <= this.#now && !this.#isStopped) this.#miss(job, undefined);
  }

  #readyAt(task: number, index: number): number {
    return this.#arrivals.arrivalOf(task, index) + (this.#arrivals.delayOf?.(task, index) ?? 0);
  }

  #release(): void {
    for (let task = 0; task < this.#tasks.length; task++) {
      while (this.#nextReady[task]! <= this.#now) this.#releaseOne(task);
    }
  }

  #releaseOne(task: number): void {
    const { cost, deadline } = this.#tasks[task]!;
    const index = this.#nextIndex[task]!;
    const arrival = this.#arrivals.arrivalOf(task, index);
    const left = this.#arrivals.costOf?.(task, index) ?? cost;
    this.#live.push({ task, index, arrival, due: arrival + deadline, left, worker: -1, since: 0 });
    this.#nextIndex[task] = index + 1;
    this.#nextReady[task] = this.#readyAt(task, index + 1);
  }

  /** Negative when `a` goes first. Equals go by arrival, then in the order of the tasks. */
  #compare(a: LiveJob, b: LiveJob): number {
    const ranks = this.#ranks;
    const first =
      ranks === undefined ? a.due - b.due : ranks[b.task]! - ranks[a.task]! || a.arrival - b.arrival;
    return first || a.task - b.task || a.index - b.index;
  }

  #dispatchAnew(): void {
    const { workers } = this.#options;
    const order = [...this.#live].sort((a, b) => this.#compare(a, b));
    const [chosen, rest] = [order.slice(0, workers), order.slice(workers)];
    for (const job of rest) if (job.worker >= 0) this.#take(job);
    for (const job of chosen) if (job.worker < 0) this.#start(job);
  }

  #dispatchFree(): void {
    let free = this.#options.workers - this.#live.filter(({ worker }) => worker >= 0).length;
    for (; free > 0; free--) {
      const job = this.#firstWaiting();
      if (job === undefined || (this.#options.isHoldBack && this.#isHeldBack(job))) return;
      this.#start(job);
    }
  }

  #firstWaiting(): LiveJob | undefined {
    let first: LiveJob | undefined;
    for (const job of this.#live) {
      if (job.worker < 0 && (first === undefined || this.#compare(job, first) < 0)) first = job;
    }
    return first;
  }

  #isHeldBack(job: LiveJob): boolean {
    const others = this.#tasks
      .map((_task, task) => task)
      .filter((task) => task !== job.task)
      .map((task) => this.#earliestOf(task));
    return holdBack(this.#now, this.#tasks[job.task]!.cost, others, job.due).kind === 'wait';
  }

  /** The earliest job of a task that is not done: one that waits, or the next to come. */
  #earliestOf(task: number): ExpectedJob {
    const { cost, deadline } = this.#tasks[task]!;
    const waiting = this.#live.find((job) => job.task === task);
    if (waiting !== undefined) return { cost, due: waiting.due, releaseAt: waiting.arrival };
    const arrival = this.#arrivals.arrivalOf(task, this.#nextIndex[task]!);
    return { cost, due: arrival + deadline, releaseAt: this.#nextReady[task]! };
  }

  #start(job: LiveJob): void {
    job.worker = this.#freeWorker();
    job.since = this.#now;
  }

  #freeWorker(): number {
    let worker = 0;
    while (this.#live.some((job) => job.worker === worker)) worker++;
    return worker;
  }

  /** Takes a job off its worker. */
  #take(job: LiveJob): void {
    const { task, index, worker, since } = job;
    if (this.#now > since) this.#observer.onSlice?.({ task, index, worker, from: since, to: this.#now });
    job.worker = -1;
  }

  #advance(): void {
    let next = this.#options.horizon;
    for (const ready of this.#nextReady) if (ready < next) next = ready;
    for (const { worker, left } of this.#live) if (worker >= 0) next = Math.min(next, this.#now + left);
    for (const job of this.#live) if (job.worker >= 0) job.left -= next - this.#now;
    this.#now = next;
    if (this.#live.some(({ left }) => left === 0)) this.#end();
  }

  #end(): void {
    const done = this.#live.filter(({ left }) => left === 0);
    this.#live = this.#live.filter(({ left }) => left > 0);
    for (const job of done) {
      this.#take(job);
      this.#observer.onEnd?.(job, this.#now);
      if (this.#now > job.due) this.#miss(job, this.#now);
    }
  }

  #miss(job: Job, endedAt: number | undefined): void {
    if (this.#observer.onMiss?.(job, endedAt) === false) this.#isStopped = true;
  }

  #closeSlices(): void {
    for (const job of this.#live) if (job.worker >= 0) this.#take(job);
  }
}

/** Everything that happened in a simulation. */
export interface SimulationRecord {
  readonly slices: readonly Slice[];
  readonly jobs: readonly (Job & { readonly endedAt: number })[];
  readonly misses: readonly (Job & { readonly endedAt: number | undefined })[];
}

/** Runs to the horizon and keeps everything. */
export function simulate(tasks: readonly Task[], options: SimulationOptions): SimulationRecord {
  const slices: Slice[] = [];
  const jobs: (Job & { endedAt: number })[] = [];
  const misses: (Job & { endedAt: number | undefined })[] = [];
  const plain = ({ task, index, arrival, due }: Job): Job => ({ task, index, arrival, due });
  simulateInto(tasks, options, {
    onSlice: (slice) => slices.push(slice),
    onEnd: (job, endedAt) => jobs.push({ ...plain(job), endedAt }),
    onMiss: (job, endedAt) => misses.push({ ...plain(job), endedAt }) > 0,
  });
  return { slices, jobs, misses };
}
