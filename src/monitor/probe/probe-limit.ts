/** The time that one probe has. Invariant: after `end` its timer is gone, and nothing that lost the race is unhandled. */
import { SluiceError, type CancelTimer, type Clock } from '../../kernel/index.js';

export class ProbeLimit {
  readonly #over: Promise<never>;
  readonly #cancel: CancelTimer;
  /** Ends every race now. */
  readonly fail: (error: SluiceError) => void;

  constructor(clock: Clock, timeoutMs: number) {
    let fail!: (error: SluiceError) => void;
    this.#over = new Promise<never>((_, reject) => (fail = reject));
    this.#over.catch(() => undefined);
    this.fail = fail;
    this.#cancel = clock.after(timeoutMs, () => {
      fail(
        new SluiceError('timeout', `nothing came back within ${timeoutMs / 1_000} s`, { retryable: true }),
      );
    });
  }

  /** What `work` gives, unless time is over first. */
  race<Result>(work: Promise<Result>): Promise<Result> {
    return Promise.race([work, this.#over]);
  }

  end(): void {
    this.#cancel();
  }
}
