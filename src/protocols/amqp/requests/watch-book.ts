/** The watches that a channel has asked for, by number. Invariant: there are at most `watchesMax`. */
import { SluiceError } from '../../../kernel/index.js';

/** Watches of one channel. */
const watchesMax = 1_024;

export class WatchBook {
  readonly #open = new Map<number, () => void>();
  #last = 0;

  /** Begins a watch, which `begin` starts under its number. Throws `limit-reached` where there are too many. */
  open(begin: (number: number) => () => void): number {
    if (this.#open.size >= watchesMax)
      throw new SluiceError('limit-reached', `a channel has at most ${watchesMax} watches`);
    const number = ++this.#last;
    this.#open.set(number, begin(number));
    return number;
  }

  /** False: there is no such watch. */
  end(number: number): boolean {
    const stop = this.#open.get(number);
    stop?.();
    return this.#open.delete(number);
  }
}
