/**
 * The threads that hash passwords, started when first needed. Invariant: at most `threads` hashes run and
 * `waitingMax` wait, so a storm of sign-ins costs bounded memory and leaves the journal's syncs alone.
 */
import type { Worker } from 'node:worker_threads';
import { assert, SluiceError } from '../kernel/index.js';
import {
  startPasswordThread,
  type HashingCost,
  type PasswordReply,
  type PasswordWork,
} from './password-worker.js';

export interface PasswordPoolOptions extends HashingCost {
  readonly threads: number;
  readonly waitingMax: number;
}

interface Job {
  readonly work: PasswordWork;
  readonly succeed: (reply: PasswordReply) => void;
  readonly fail: (problem: SluiceError) => void;
}

interface Thread {
  readonly worker: Worker;
  job: Job | undefined;
}

export class PasswordPool {
  readonly #options: PasswordPoolOptions;
  readonly #start: (cost: HashingCost) => Worker;
  readonly #threads = new Set<Thread>();
  readonly #waiting: Job[] = [];
  #closed = false;

  /** `start` is what a thread is made with; tests make ones that die. */
  constructor(options: PasswordPoolOptions, start: (cost: HashingCost) => Worker = startPasswordThread) {
    this.#options = options;
    this.#start = start;
  }

  /** A PHC string. Rejects with `limit-reached` when too many wait, and `closed`. */
  async hash(password: string): Promise<string> {
    const reply = await this.#perform({ kind: 'hash', password });
    assert(reply.kind === 'hashed', 'a hash is answered by a hash');
    return reply.hash;
  }

  /** Whether `password` is the one behind a PHC string. Rejects as `hash` does. */
  async verify(hash: string, password: string): Promise<boolean> {
    const reply = await this.#perform({ kind: 'verify', hash, password });
    assert(reply.kind === 'verified', 'a check is answered by a check');
    return reply.matches;
  }

  /** Ends the threads; what waits is rejected with `closed`. Safe to call twice. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#waiting.splice(0)) job.fail(closed());
    await Promise.all([...this.#threads].map((thread) => thread.worker.terminate()));
  }

  #perform(work: PasswordWork): Promise<PasswordReply> {
    if (this.#closed) return Promise.reject(closed());
    if (this.#waiting.length >= this.#options.waitingMax) {
      const message = `${this.#waiting.length} sign-ins are waiting already`;
      return Promise.reject(new SluiceError('limit-reached', message, { retryable: true }));
    }
    return new Promise((succeed, fail) => {
      this.#waiting.push({ work, succeed, fail });
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#idleThread();
      if (thread === undefined) return;
      thread.job = this.#waiting.shift()!;
      thread.worker.ref();
      thread.worker.postMessage(thread.job.work);
    }
  }

  #idleThread(): Thread | undefined {
    for (const thread of this.#threads) if (thread.job === undefined) return thread;
    return this.#threads.size < this.#options.threads ? this.#startThread() : undefined;
  }

  #startThread(): Thread {
    const thread: Thread = { worker: this.#start(this.#options), job: undefined };
    this.#threads.add(thread);
    thread.worker.on('message', (reply: PasswordReply) => {
      this.#finish(thread, reply);
    });
    thread.worker.on('error', (problem) => {
      this.#lose(thread, problem);
    });
    thread.worker.on('exit', () => {
      this.#lose(thread, undefined);
    });
    return thread;
  }

  #finish(thread: Thread, reply: PasswordReply): void {
    const job = thread.job;
    thread.job = undefined;
    thread.worker.unref();
    if (reply.kind === 'failed') job?.fail(new SluiceError('internal', `hashing failed: ${reply.message}`));
    else job?.succeed(reply);
    this.#dispatch();
  }

  /** A thread that ended takes its job with it; the next job starts another thread. */
  #lose(thread: Thread, cause: unknown): void {
    this.#threads.delete(thread);
    const job = thread.job;
    thread.job = undefined;
    job?.fail(this.#closed ? closed() : new SluiceError('internal', 'a password thread ended', { cause }));
    if (!this.#closed) this.#dispatch();
  }
}

function closed(): SluiceError {
  return new SluiceError('closed', 'access control is closed');
}
