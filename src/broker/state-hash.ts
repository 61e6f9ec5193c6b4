/**
 * A hash of the durable state that follows every change: the sum, over all live messages, key-value records and topology, of a mix
 * of what names each one. Sums do not depend on order, so the hash can also be taken anew from the whole state.
 */

const multiplierA = 0x9e3779b1;
const multiplierB = 0x85ebca6b;
const multiplierC = 0xc2b2ae35;

function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), multiplierB);
  mixed = Math.imul(mixed ^ (mixed >>> 13), multiplierC);
  return mixed ^ (mixed >>> 16);
}

export class StateHash {
  #low = 0;
  #high = 0;

  get low(): number {
    return this.#low;
  }

  get high(): number {
    return this.#high;
  }

  /** Counts a message in (`sign` 1) or out (-1). */
  message(sign: 1 | -1, queue: number, position: number, size: number): void {
    const upper = Math.floor(position / 2 ** 32);
    const a = mix(
      Math.imul(queue + 1, multiplierA) ^ mix((position | 0) + upper) ^ Math.imul(size, multiplierC),
    );
    const b = mix(a ^ Math.imul((position | 0) ^ queue, multiplierB));
    this.#add(sign, a, b);
  }

  /** Counts a delay that a message was given after it came. */
  delay(sign: 1 | -1, queue: number, position: number, dueMs: number): void {
    this.message(sign, queue ^ 0x5a5a_5a5a, position, Math.floor(dueMs) | 0);
  }

  /** Counts that a message waits for records. */
  hold(sign: 1 | -1, queue: number, position: number): void {
    this.message(sign, queue ^ 0x3c3c_3c3c, position, 0);
  }

  /** Counts a key-value record in or out, by its key's hash and its version. */
  record(sign: 1 | -1, low: number, high: number, version: number): void {
    const upper = Math.floor(version / 2 ** 32);
    const a = mix(low ^ Math.imul((version | 0) + upper, multiplierA));
    const b = mix(a ^ Math.imul(high ^ (version | 0), multiplierB));
    this.#add(sign, a, b);
  }

  /** Counts an exchange, queue, binding or virtual host in or out, by its canonical text. */
  topology(sign: 1 | -1, text: string): void {
    let a = 0;
    let b = multiplierA | 0;
    for (let at = 0; at < text.length; at++) {
      a = Math.imul(a ^ text.charCodeAt(at), multiplierA) + 1;
      b = Math.imul(b + text.charCodeAt(at), multiplierC) ^ (a >>> 15);
    }
    this.#add(sign, mix(a), mix(b));
  }

  #add(sign: 1 | -1, a: number, b: number): void {
    this.#low = (this.#low + sign * a) >>> 0;
    this.#high = (this.#high + sign * b) >>> 0;
  }

  /** Counts everything out. */
  clear(): void {
    this.#low = 0;
    this.#high = 0;
  }

  /** Counts another hash in. */
  include(other: StateHash): void {
    this.#low = (this.#low + other.low) >>> 0;
    this.#high = (this.#high + other.high) >>> 0;
  }

  equals(low: number, high: number): boolean {
    return this.#low === low && this.#high === high;
  }
}
