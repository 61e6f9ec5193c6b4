/**
 * Turns the bytes of a message's key into 64 bits with HalfSipHash (Aumasson and Bernstein 2012, the variant
 * on 32-bit words): keyed by a secret, so a client cannot choose keys that fill one bucket of a table.
 */

/** The secret: two unsigned 32-bit words. */
export interface HashSecret {
  readonly low: number;
  readonly high: number;
}

/** For hashes that outlive nothing and nobody chooses. */
export const noSecret: HashSecret = { low: 0, high: 0 };

/** How many rounds follow each word and the end. More is slower and harder to attack. */
export interface HashRounds {
  readonly compression: number;
  readonly finalization: number;
}

/** HalfSipHash-1-3: what tables need, as the Linux kernel uses it for its own. */
const tableRounds: HashRounds = { compression: 1, finalization: 3 };

/**
 * Hashes byte ranges. The result of the last `hash` stands in `low` and `high`, unsigned 32 bits each, so
 * that a call allocates nothing. The same secret and bytes give the same result on every machine.
 */
export class KeyHasher {
  /** The low word of the last result. */
  low = 0;
  /** The high word of the last result. */
  high = 0;
  readonly #secret: HashSecret;
  readonly #rounds: HashRounds;
  readonly #state = new Int32Array(4);

  constructor(secret: HashSecret, rounds: HashRounds = tableRounds) {
    this.#secret = secret;
    this.#rounds = rounds;
  }

  /** Hashes `bytes[start, end)` into `low` and `high`. */
  hash(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const state = this.#state;
    const { compression, finalization } = this.#rounds;
    this.#begin();
    const wordsEnd = start + ((end - start) & ~3);
    for (let at = start; at < wordsEnd; at += 4) {
      const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      absorb(state, word, compression);
    }
    absorb(state, lastWord(bytes, wordsEnd, end, end - start), compression);
    state[2]! ^= 0xee;
    mix(state, finalization);
    this.low = (state[1]! ^ state[3]!) >>> 0;
    state[1]! ^= 0xdd;
    mix(state, finalization);
    this.high = (state[1]! ^ state[3]!) >>> 0;
  }

  #begin(): void {
    const state = this.#state;
    const { low, high } = this.#secret;
    state[0] = low;
    state[1] = high ^ 0xee;
    state[2] = low ^ 0x6c796765;
    state[3] = high ^ 0x74656462;
  }
}

/** The up to three bytes left over, under the length's lowest octet. */
function lastWord(bytes: Uint8Array, from: number, end: number, length: number): number {
  let word = length << 24;
  for (let at = from; at < end; at++) word |= bytes[at]! << ((at - from) * 8);
  return word;
}

function absorb(state: Int32Array, word: number, rounds: number): void {
  state[3]! ^= word;
  mix(state, rounds);
  state[0]! ^= word;
}

/** The SipRound on 32-bit words, `rounds` times. */
function mix(state: Int32Array, rounds: number): void {
  let [a, b, c, d] = [state[0]!, state[1]!, state[2]!, state[3]!];
  for (let round = 0; round < rounds; round++) {
    a = (a + b) | 0;
    b = ((b << 5) | (b >>> 27)) ^ a;
    a = (a << 16) | (a >>> 16);
    c = (c + d) | 0;
    d = ((d << 8) | (d >>> 24)) ^ c;
    a = (a + d) | 0;
    d = ((d << 7) | (d >>> 25)) ^ a;
    c = (c + b) | 0;
    b = ((b << 13) | (b >>> 19)) ^ c;
    c = (c << 16) | (c >>> 16);
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}
