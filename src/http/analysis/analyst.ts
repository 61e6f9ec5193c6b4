/**
 * Analyses for those who ask over HTTP, one after another in a thread of its own, so that nobody holds up the server.
 * Invariants: at most `waitingMax` wait; none runs for longer than `timeMsMax`; a thread without work ends.
 */
import { Worker } from 'node:worker_threads';
import { SluiceError, type CancelTimer, type Clock } from '../../kernel/index.js';
import type { AnalysisRequest } from './analysis-request.js';
import type { AnalysisReply } from './analysis-thread.js';

const waitingMax = 16;
/** The analysis bounds itself to about a second; this is for a machine that is slow or busy. */
const timeMsMax = 15_000;
const idleMsMax = 30_000;
const memoryMiBMax = 256;

interface Job {
  readonly request: AnalysisRequest;
  readonly signal: AbortSignal;
  readonly resolve: (answer: object) => void;
  readonly reject: (problem: unknown) => void;
}

export class Analyst {
  readonly #clock: Clock;
  readonly #start: () => Worker;
  readonly #waiting: Job[] = [];
  #worker: Worker | undefined;
  #job: Job | undefined;
  #cancelTimer: CancelTimer | undefined;

  /** `start` makes the thread; tests make ones that die, or never answer. */
  constructor(clock: Clock, start: () => Worker = startThread) {
    this.#clock = clock;
    this.#start = start;
  }

  /** Rejects with `bad-input`, with `limit-reached` when too many wait, and with `timeout`. */
  analyze(request: AnalysisRequest, signal: AbortSignal): Promise<object> {
    if (this.#waiting.length >= waitingMax) {
      const message = `${this.#waiting.length} analyses are waiting already`;
      return Promise.reject(new SluiceError('limit-reached', message, { retryable: true }));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, signal, resolve, reject });
      this.#next();
    });
  }

  /** Ends the thread; what waits is rejected with `closed`. Safe to call twice. */
  async close(): Promise<void> {
    const closed = new SluiceError('closed', 'the server stops');
    for (const job of this.#waiting.splice(0)) job.reject(closed);
    await this.#end(closed);
  }

  #next(): void {
    if (this.#job !== undefined) return;
    this.#cancelTimer?.();
    let job = this.#waiting.shift();
    // Whoever has gone wants no answer any more.
    while (job?.signal.aborted === true) {
      job.reject(new SluiceError('closed', 'the client has gone'));
      job = this.#waiting.shift();
    }
    this.#job = job;
    if (job === undefined) {
      this.#cancelTimer = this.#clock.after(idleMsMax, () => void this.#end(undefined));
      return;
    }
    this.#cancelTimer = this.#clock.after(timeMsMax, () => {
      void this.#end(new SluiceError('timeout', 'the analysis takes too long', { retryable: true }));
    });
    this.#threadNow().postMessage(job.request);
  }

  #threadNow(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = (this.#worker = this.#start());
    worker.on('message', (reply: AnalysisReply) => {
      this.#take(reply);
    });
    worker.on('error', (error) => {
      void this.#ended(worker, error);
    });
    worker.on('exit', () => {
      void this.#ended(worker, undefined);
    });
    worker.unref();
    return worker;
  }

  #take(reply: AnalysisReply): void {
    const job = this.#job;
    this.#job = undefined;
    if (reply.kind === 'analyzed') job?.resolve(reply.answer);
    else job?.reject(new SluiceError(reply.code, reply.message));
    this.#next();
  }

  /** It ended by itself: out of memory, or a bug. */
  #ended(worker: Worker, cause: unknown): Promise<void> {
    if (this.#worker !== worker) return Promise.resolve();
    return this.#end(new SluiceError('internal', 'the analysis broke off', { cause }));
  }

  async #end(reason: SluiceError | undefined): Promise<void> {
    const worker = this.#worker;
    const job = this.#job;
    this.#worker = this.#job = undefined;
    this.#cancelTimer?.();
    if (job !== undefined) job.reject(reason);
    await worker?.terminate();
    if (this.#waiting.length > 0) this.#next();
  }
}

function startThread(): Worker {
  return new Worker(new URL('./analysis-thread.js', import.meta.url), {
    name: 'sluice-analysis',
    resourceLimits: { maxOldGenerationSizeMb: memoryMiBMax },
    // Of a program that came by standard input; no thread starts with it.
    ...(process.execArgv.some((flag) => flag.startsWith('--input-type')) ? { execArgv: [] } : {}),
  });
}
