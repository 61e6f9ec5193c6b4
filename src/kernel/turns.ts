/** One piece of asynchronous work at a time, in the order in which it was asked for. Invariant: a piece that fails stops none of those behind it. */

export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves when all that was asked for until now has ended, however it ended. */
  async ended(): Promise<void> {
    await this.#last;
  }

  /** Runs `work` once all that was asked for earlier has ended, however it ended. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
