/**
 * Makes durable what was done while more is done. Invariant: at most two batches and what was done last are not durable,
 * however slow the disk is.
 */

/** What is synced together, so that what is not stays bounded. */
const batchLetters = 256;
const batchBytes = 1024 * 1024;

const nothing = (): void => undefined;

export class SyncBehind {
  readonly #sync: () => Promise<void>;
  #letters = 0;
  #bytes = 0;
  #last: Promise<void> = Promise.resolve();

  /** `sync` resolves once all that was done until its call is durable. */
  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  add(bytes: number): void {
    this.#letters++;
    this.#bytes += bytes;
  }

  /** Resolves when more may be done. */
  async room(): Promise<void> {
    if (this.#letters >= batchLetters || this.#bytes >= batchBytes) await this.next();
  }

  /** Begins to sync what was done; resolves when what was done before that is durable. */
  async next(): Promise<void> {
    const before = this.#last;
    this.#begin();
    await before;
  }

  /** Resolves when all of it is durable. */
  async all(): Promise<void> {
    this.#begin();
    await this.#last;
  }

  #begin(): void {
    this.#letters = this.#bytes = 0;
    this.#last = this.#sync();
    // Whoever waits for it later hears of the failure.
    this.#last.catch(nothing);
  }
}
