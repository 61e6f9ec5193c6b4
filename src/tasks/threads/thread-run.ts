/** One run of a handler, as its thread sees it: the context that the handler gets. */
import type { JsonValue, SendTo } from '../../engines/index.js';
import { messageOf, SluiceError } from '../../kernel/index.js';
import type { TaskContext } from '../task-context.js';
import { polledSignal } from './polled-signal.js';
import type { FromThread, RunFacts, StopReason } from './thread-protocol.js';
import { errorOf, type ThrownReport } from './thrown-report.js';

interface Asked {
  readonly resolve: () => void;
  readonly reject: (error: SluiceError) => void;
}

export class ThreadRun implements TaskContext {
  readonly number: number;
  readonly signal: AbortSignal;
  readonly progress: TaskContext['progress'];
  readonly send: TaskContext['send'];
  readonly #facts: RunFacts;
  readonly #say: (message: FromThread) => void;
  readonly #controller = new AbortController();
  readonly #asked = new Map<number, Asked>();
  #asks = 0;

  /** `poll` takes in what the worker has said meanwhile. */
  constructor(number: number, facts: RunFacts, say: (message: FromThread) => void, poll: () => void) {
    this.number = number;
    this.#facts = facts;
    this.#say = say;
    this.signal = polledSignal(this.#controller, poll);
    // Functions of their own, as handlers take the context apart.
    this.progress = (value) => this.#progress(value);
    this.send = (queue, message) => {
      this.#send(queue, message);
    };
  }

  get task(): string {
    return this.#facts.task;
  }

  get taskId(): string {
    return this.#facts.taskId;
  }

  get attempt(): number {
    return this.#facts.attempt;
  }

  get enqueuedAt(): Date {
    return new Date(this.#facts.enqueuedMs);
  }

  get scheduledAt(): Date | undefined {
    return dateOf(this.#facts.scheduledMs);
  }

  get deadline(): Date | undefined {
    return dateOf(this.#facts.deadlineMs);
  }

  get key(): string | undefined {
    return this.#facts.key;
  }

  abort({ code, message, retryable }: StopReason): void {
    this.#controller.abort(new SluiceError(code, message, { retryable }));
  }

  /** The worker has kept what was said of the progress, or could not. */
  progressed(ask: number, refusal: ThrownReport | undefined): void {
    const asked = this.#asked.get(ask);
    this.#asked.delete(ask);
    if (refusal === undefined) asked?.resolve();
    else asked?.reject(errorOf(refusal));
  }

  #progress(value: JsonValue): Promise<void> {
    return new Promise((resolve, reject) => {
      const ask = ++this.#asks;
      this.#tell({ kind: 'progress', run: this.number, ask, value }, 'the progress of a task');
      this.#asked.set(ask, { resolve, reject });
    });
  }

  #send(queue: string, message: SendTo['message']): void {
    this.#tell({ kind: 'send', run: this.number, queue, message }, 'a message');
  }

  #tell(message: FromThread, what: string): void {
    try {
      this.#say(message);
    } catch (error) {
      throw new SluiceError('bad-input', `${what} cannot leave the thread: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
}

function dateOf(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}
