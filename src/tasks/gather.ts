/** Many tasks at once, and all their results: so many at a time, to the end or until the first fails. */
import { requireKnownOptions, SluiceError, type OptionNames } from '../kernel/index.js';
import type { TaskCall } from './task.js';
import type { TaskHandle } from './task-handle.js';

export interface GatherOptions {
  /** Tasks on their way at a time; all of them unless said otherwise. */
  readonly concurrency?: number;
  /**
   * `fail-fast` (default): the first failure cancels the rest and is what `gather` rejects with. `collect`: every
   * task is waited for, and each result is told as `Promise.allSettled` does.
   */
  readonly onError?: 'fail-fast' | 'collect';
  readonly signal?: AbortSignal;
}

const optionNames: OptionNames<GatherOptions> = { concurrency: true, onError: true, signal: true };

type Calls = readonly TaskCall<unknown>[];
type OutputOf<Call> = Call extends TaskCall<infer Output> ? Output : never;

/** What `fail-fast` gives: the results, in the order of the calls. */
export type Gathered<Given extends Calls> = { -readonly [Index in keyof Given]: OutputOf<Given[Index]> };
/** What `collect` gives. */
export type Collected<Given extends Calls> = {
  -readonly [Index in keyof Given]: PromiseSettledResult<OutputOf<Given[Index]>>;
};

export async function gather<const Given extends Calls>(
  calls: Given,
  options: GatherOptions & { readonly onError: 'collect' },
): Promise<Collected<Given>>;
export async function gather<const Given extends Calls>(
  calls: Given,
  options?: GatherOptions & { readonly onError?: 'fail-fast' },
): Promise<Gathered<Given>>;
export async function gather(calls: Calls, options: GatherOptions = {}): Promise<unknown[]> {
  requireKnownOptions(options, optionNames, 'gather');
  if (!Array.isArray(calls) || !calls.every(isCall))
    throw new SluiceError('bad-input', 'gather takes a list of what task.with gives');
  const { concurrency = Math.max(1, calls.length), onError = 'fail-fast' } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new SluiceError('bad-input', `concurrency is a whole number from 1, not ${concurrency}`);
  if (!['fail-fast', 'collect'].includes(onError))
    throw new SluiceError('bad-input', `onError is 'fail-fast' or 'collect', not '${onError}'`);
  const run = new Gathering(calls, onError === 'fail-fast', options.signal);
  await Promise.all(Array.from({ length: Math.min(concurrency, calls.length) }, () => run.lane()));
  return run.finish();
}

function isCall(given: unknown): boolean {
  return typeof (given as Partial<TaskCall<unknown>> | undefined)?.enqueue === 'function';
}

class Gathering {
  readonly #calls: Calls;
  readonly #failsFast: boolean;
  readonly #results: PromiseSettledResult<unknown>[];
  readonly #underWay = new Set<TaskHandle<unknown>>();
  readonly #stop = new AbortController();
  readonly #unlink: () => void;
  #next = 0;

  constructor(calls: Calls, failsFast: boolean, signal: AbortSignal | undefined) {
    this.#calls = calls;
    this.#failsFast = failsFast;
    this.#results = new Array<PromiseSettledResult<unknown>>(calls.length);
    const stop = (): void => {
      this.#halt(signal?.reason);
    };
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop, { once: true });
    this.#unlink = () => {
      signal?.removeEventListener('abort', stop);
    };
  }

  /** Works off calls, one after another. */
  async lane(): Promise<void> {
    while (this.#next < this.#calls.length && !this.#stop.signal.aborted) {
      const index = this.#next++;
      this.#results[index] = await this.#one(this.#calls[index]!).then(
        (value) => ({ status: 'fulfilled', value }),
        (reason: unknown) => this.#failed(reason),
      );
    }
  }

  finish(): unknown[] {
    this.#unlink();
    const { signal } = this.#stop;
    if (signal.aborted) throw signal.reason;
    if (!this.#failsFast) return this.#results;
    return this.#results.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
  }

  async #one(call: TaskCall<unknown>): Promise<unknown> {
    const handle = await call.enqueue();
    if (this.#stop.signal.aborted) {
      await handle.cancel('another task of its group failed');
      throw this.#stop.signal.reason;
    }
    this.#underWay.add(handle);
    try {
      return await handle.result({ signal: this.#stop.signal });
    } finally {
      this.#underWay.delete(handle);
    }
  }

  #failed(reason: unknown): PromiseRejectedResult {
    if (this.#failsFast) this.#halt(reason);
    return { status: 'rejected', reason };
  }

  /** Cancels what is on its way; what had not begun does not begin. */
  #halt(reason: unknown): void {
    if (this.#stop.signal.aborted) return;
    const underWay = [...this.#underWay];
    this.#stop.abort(reason);
    for (const handle of underWay) handle.cancel('another task of its group failed').catch(() => undefined);
  }
}
