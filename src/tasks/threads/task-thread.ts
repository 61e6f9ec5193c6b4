/**
 * One worker thread, as its worker sees it. Invariant: it does one thing at a time, and what it was given to do ends
 * once: with its answer, or with the thread.
 */
import { Worker } from 'node:worker_threads';
import type { JsonValue, SendTo } from '../../engines/index.js';
import { assert, messageOf, SluiceError, type CancelTimer, type Clock } from '../../kernel/index.js';
import type { TaskContext } from '../task-context.js';
import { SchemaMismatch } from '../task-errors.js';
import { ThreadEnded } from './thread-ended.js';
import type { ThreadPlan } from './thread-plan.js';
import type { AttemptTrace } from '../tracing.js';
import type { FromThread, RunFacts, StopReason, ThreadStart, ToThread } from './thread-protocol.js';
import { errorOf, reportOf } from './thrown-report.js';

export interface ThreadSettings {
  readonly clock: Clock;
  /** The most memory for its JavaScript heap; undefined: as Node has it. */
  readonly memoryMiBMax: number | undefined;
}

/** What it is doing. */
interface Duty {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Undefined: it loads a file. */
  readonly context?: TaskContext;
}

export class TaskThread {
  readonly #worker: Worker;
  readonly #clock: Clock;
  readonly #stopFlag = new Int32Array(new SharedArrayBuffer(4));
  #duty: Duty | undefined;
  #runs = 0;
  #uncaught: unknown;
  /** Set where we ended it: why what it did is over. */
  #killedFor: { readonly reason: unknown } | undefined;
  #hasEnded = false;

  /** `onEnd` is called once the thread is gone. */
  constructor({ clock, memoryMiBMax }: ThreadSettings, onEnd: (thread: TaskThread) => void) {
    this.#clock = clock;
    const start: ThreadStart = { stopFlag: this.#stopFlag.buffer };
    this.#worker = new Worker(new URL('./thread-entry.js', import.meta.url), {
      workerData: start,
      name: 'sluice-tasks',
      // Of a program that came by standard input; no thread starts with it.
      ...(process.execArgv.some((flag) => flag.startsWith('--input-type')) ? { execArgv: [] } : {}),
      ...(memoryMiBMax === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: memoryMiBMax } }),
    });
    this.#worker.on('message', (message: FromThread) => {
      this.#take(message);
    });
    this.#worker.on('error', (error) => {
      this.#uncaught ??= error;
    });
    this.#worker.on('exit', (exitCode) => {
      this.#ended(exitCode);
      onEnd(this);
    });
    this.#worker.unref();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Rejects with `bad-input` where the file cannot be loaded, or has no handler. */
  async load(file: string, task: string): Promise<void> {
    const refusal = await this.#begin({ kind: 'load', file }, undefined);
    if (refusal !== undefined) throw new SluiceError('bad-input', `task '${task}': ${refusal as string}`);
  }

  /**
   * Runs a handler; gives its result after its way through JSON. Rejects with what it threw, with `ThreadEnded` where
   * the thread is gone, and with the reason of the context's signal where it did not stop in time and was killed.
   */
  async run({ file, killAfterMs }: ThreadPlan, payload: unknown, context: TaskContext): Promise<unknown> {
    Atomics.store(this.#stopFlag, 0, 0);
    const { signal } = context;
    const run = ++this.#runs;
    let cancelKill: CancelTimer | undefined;
    const abort = (): void => {
      this.#say({ kind: 'abort', run, reason: stopReasonOf(signal.reason) });
      Atomics.store(this.#stopFlag, 0, 1);
      cancelKill = this.#clock.after(killAfterMs, () => void this.kill(signal.reason));
    };
    const message: ToThread = { kind: 'run', run, file, payload, facts: factsOf(context) };
    const answer = this.#begin(message, context);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    try {
      const text = (await answer) as string | undefined;
      return text === undefined ? undefined : JSON.parse(text);
    } finally {
      signal.removeEventListener('abort', abort);
      cancelKill?.();
    }
  }

  /** Ends it whatever it does; what it was doing rejects with `reason`. Resolves when it is gone. */
  async kill(reason: unknown): Promise<void> {
    this.#killedFor ??= { reason };
    await this.#worker.terminate();
  }

  #begin(message: ToThread, context: TaskContext | undefined): Promise<unknown> {
    assert(this.#duty === undefined, 'a thread does one thing at a time');
    return new Promise((resolve, reject) => {
      if (this.#hasEnded) {
        reject(new ThreadEnded(0, this.#uncaught));
        return;
      }
      this.#duty = { resolve, reject, ...(context === undefined ? {} : { context }) };
      // The process stays while a handler is at work.
      this.#worker.ref();
      try {
        this.#say(message);
      } catch (error) {
        const what = `the payload of task '${context?.task ?? ''}'`;
        this.#answer().reject(
          new SchemaMismatch(what, [`no thread can take it: ${messageOf(error)}`], error),
        );
      }
    });
  }

  #say(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  #take(message: FromThread): void {
    // Of a run that is over: something that its handler left going.
    if (message.kind !== 'loaded' && (message.run !== this.#runs || this.#duty === undefined)) return;
    switch (message.kind) {
      case 'loaded':
        this.#answer().resolve(message.refusal);
        break;
      case 'completed':
        this.#answer().resolve(message.output);
        break;
      case 'failed':
        this.#answer().reject(errorOf(message.thrown));
        break;
      case 'progress':
        void this.#keepProgress(message.run, message.ask, message.value as JsonValue);
        break;
      case 'send':
        this.#duty?.context?.send(message.queue, message.message as SendTo['message']);
        break;
    }
  }

  async #keepProgress(run: number, ask: number, value: JsonValue): Promise<void> {
    try {
      await this.#duty?.context?.progress(value);
      this.#say({ kind: 'progressed', run, ask, refusal: undefined });
    } catch (error) {
      this.#say({ kind: 'progressed', run, ask, refusal: reportOf(error) });
    }
  }

  /** The end of what it does. */
  #answer(): Duty {
    const duty = this.#duty;
    assert(duty !== undefined, 'a thread answers what it was asked');
    this.#duty = undefined;
    this.#worker.unref();
    return duty;
  }

  #ended(exitCode: number): void {
    this.#hasEnded = true;
    if (this.#duty === undefined) return;
    const reason = this.#killedFor === undefined ? undefined : this.#killedFor.reason;
    this.#answer().reject(reason ?? new ThreadEnded(exitCode, this.#uncaught));
  }
}

/** An attempt tells its trace besides. */
function factsOf(context: TaskContext & { readonly trace?: AttemptTrace | undefined }): RunFacts {
  const { task, taskId, attempt, enqueuedAt, scheduledAt, deadline, key } = context;
  return {
    task,
    taskId,
    attempt,
    enqueuedMs: enqueuedAt.getTime(),
    scheduledMs: scheduledAt?.getTime(),
    deadlineMs: deadline?.getTime(),
    key,
    carrier: context.trace?.carrier,
  };
}

function stopReasonOf(reason: unknown): StopReason {
  if (!(reason instanceof SluiceError))
    return { code: 'closed', message: messageOf(reason), retryable: false };
  const { code, message, retryable } = reason;
  return { code, message, retryable };
}
