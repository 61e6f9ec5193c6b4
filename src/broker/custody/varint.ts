/** Whole numbers from 0 on in as few bytes as they need: seven bits each, the lowest first, the high bit where more follow. */

export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

/** Returns where the next one goes. */
export function writeVarint(view: DataView, at: number, value: number): number {
  let next = at;
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) view.setUint8(next++, (rest % 128) | 128);
  view.setUint8(next++, rest);
  return next;
}

/** Reads numbers one after the other, up to `end`. */
export class VarintReader {
  readonly #view: DataView;
  readonly #end: number;
  at: number;
  /** A number was cut off, or was too long to be one. */
  isBroken = false;

  constructor(view: DataView, at: number, end: number) {
    this.#view = view;
    this.at = at;
    this.#end = end;
  }

  get hasMore(): boolean {
    return this.at < this.#end && !this.isBroken;
  }

  /** The next one; 0 where it is broken. */
  next(): number {
    let value = 0;
    for (let factor = 1; this.at < this.#end && factor <= 2 ** 49; factor *= 128) {
      const byte = this.#view.getUint8(this.at++);
      value += (byte & 127) * factor;
      if (byte < 128) return Number.isSafeInteger(value) ? value : this.#broken();
    }
    return this.#broken();
  }

  #broken(): number {
    this.isBroken = true;
    return 0;
  }
}
