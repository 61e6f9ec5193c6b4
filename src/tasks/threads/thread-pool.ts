/**
 * The threads of one worker: started when they are needed, used again, and replaced when they end. Invariant: there
 * are never more than `size`, and a thread has one holder.
 */
import { assert, SluiceError } from '../../kernel/index.js';
import type { TaskHandler, TaskPlan } from '../task-options.js';
import { TaskThread, type ThreadSettings } from './task-thread.js';
import type { ThreadPlan } from './thread-plan.js';

export interface ThreadPoolOptions extends ThreadSettings {
  /** The most threads at a time. */
  readonly size: number;
}

/** A thread that is kept for one attempt. */
export interface ThreadPlace {
  readonly handler: TaskHandler<never, unknown>;
  /** The thread is free again; to be called once. */
  readonly release: () => void;
}

interface Waiting {
  readonly resolve: (thread: TaskThread) => void;
}

export class ThreadPool {
  readonly #options: ThreadPoolOptions;
  readonly #threads = new Set<TaskThread>();
  readonly #idle: TaskThread[] = [];
  readonly #waiting = new Set<Waiting>();

  constructor(options: ThreadPoolOptions) {
    this.#options = options;
  }

  /** Rejects with `bad-input` for the first file that cannot be loaded, or has no handler. */
  async check(plans: readonly TaskPlan[]): Promise<void> {
    const thread = await this.#take();
    try {
      for (const { thread: plan, name } of plans) if (plan !== undefined) await thread.load(plan.file, name);
    } finally {
      this.#release(thread);
    }
  }

  /** A thread to run a handler in, as soon as one is free. Rejects with the signal's reason. */
  async acquire(plan: ThreadPlan, signal: AbortSignal): Promise<ThreadPlace> {
    const thread = await this.#take(signal);
    return {
      handler: (payload, context) => thread.run(plan, payload, context),
      release: () => {
        this.#release(thread);
      },
    };
  }

  /** Ends all of them. What they do rejects with `closed`. */
  async close(): Promise<void> {
    const closed = new SluiceError('closed', 'the worker was closed', { retryable: true });
    await Promise.all([...this.#threads].map((thread) => thread.kill(closed)));
  }

  #take(signal?: AbortSignal): Promise<TaskThread> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return Promise.resolve(idle);
    if (this.#threads.size < this.#options.size) return Promise.resolve(this.#start());
    return this.#wait(signal);
  }

  #wait(signal: AbortSignal | undefined): Promise<TaskThread> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiting.delete(waiting);
        reject(signal!.reason as Error);
      };
      const waiting = {
        resolve: (thread: TaskThread): void => {
          signal?.removeEventListener('abort', giveUp);
          resolve(thread);
        },
      };
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      this.#waiting.add(waiting);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }

  #start(): TaskThread {
    const thread = new TaskThread(this.#options, (ended) => {
      this.#threads.delete(ended);
      const at = this.#idle.indexOf(ended);
      if (at >= 0) this.#idle.splice(at, 1);
      this.#serve();
    });
    this.#threads.add(thread);
    return thread;
  }

  #release(thread: TaskThread): void {
    assert(!this.#idle.includes(thread), 'a thread is released once');
    if (!thread.hasEnded) this.#idle.push(thread);
    this.#serve();
  }

  /** Gives threads to those who wait, in their order. */
  #serve(): void {
    for (const waiting of this.#waiting) {
      const thread = this.#idle.pop() ?? this.#startWhereRoom();
      if (thread === undefined) return;
      this.#waiting.delete(waiting);
      waiting.resolve(thread);
    }
  }

  #startWhereRoom(): TaskThread | undefined {
    return this.#threads.size < this.#options.size ? this.#start() : undefined;
  }
}
