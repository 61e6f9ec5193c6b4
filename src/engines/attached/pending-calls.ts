/**
 * Calls that an owner has not answered, and the watch on an owner that has stopped answering: a stopped process keeps
 * its lock and its connections, so nothing else would ever tell. Invariant: calls are given up only while the owner
 * does not even answer on its control socket; one that merely holds publishers back is waited for.
 */
import { SluiceError, type CancelTimer, type Clock } from '../../kernel/index.js';

const probeEveryMs = 5_000;
/** How long an owner may be silent before calls are rejected. */
const silenceMsMax = 30_000;

interface PendingCall {
  readonly sinceMs: number;
  readonly reject: (error: SluiceError) => void;
}

export interface PendingCallsOptions {
  readonly directory: string;
  readonly clock: Clock;
  /** Whether the owner answers. */
  readonly probe: () => Promise<boolean>;
}

export class PendingCalls {
  readonly #options: PendingCallsOptions;
  readonly #calls = new Set<PendingCall>();
  #silentSinceMs: number | undefined;
  #cancel: CancelTimer | undefined;

  constructor(options: PendingCallsOptions) {
    this.#options = options;
  }

  /** Counts `call` until it settles. Rejects with `timeout` when the owner has been silent too long. */
  track<Result>(call: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const pending = { sinceMs: this.#options.clock.monotonic(), reject };
      this.#calls.add(pending);
      this.#cancel ??= this.#probeLater();
      const settled = (): void => {
        this.#calls.delete(pending);
      };
      call.then(
        (result) => {
          settled();
          resolve(result);
        },
        (error: unknown) => {
          settled();
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- passed on as it came
          reject(error);
        },
      );
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Asks the owner whether it is there, where a call has waited since the last time. */
  async runOnce(): Promise<void> {
    const nowMs = this.#options.clock.monotonic();
    const [oldest] = this.#calls;
    if (oldest === undefined || nowMs - oldest.sinceMs < probeEveryMs || (await this.#options.probe())) {
      this.#silentSinceMs = undefined;
      return;
    }
    this.#silentSinceMs ??= nowMs;
    if (nowMs - this.#silentSinceMs >= silenceMsMax) this.#giveUp(nowMs);
  }

  #giveUp(nowMs: number): void {
    const { directory } = this.#options;
    const error = new SluiceError(
      'timeout',
      `the owner of ${directory} has not answered for ${silenceMsMax / 1000} s: it is stopped or busy. What was sent may still be stored.`,
      { retryable: true, details: { directory } },
    );
    for (const call of this.#calls) if (nowMs - call.sinceMs >= probeEveryMs) call.reject(error);
  }

  #probeLater(): CancelTimer {
    return this.#options.clock.after(probeEveryMs, () => {
      void this.runOnce().then(() => {
        if (this.#cancel !== undefined) this.#cancel = this.#calls.size > 0 ? this.#probeLater() : undefined;
      });
    });
  }
}
