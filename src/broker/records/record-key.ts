/**
 * Keys of records: their bytes and their hash, in one reused place. Invariant: after `read` the bytes stand in
 * `buffer[0..length)` and are valid UTF-8.
 */
import { SluiceError } from '../../kernel/index.js';
import { KeyHasher, type HashSecret } from '../../scheduling/index.js';

/** The longest key, bytes of UTF-8. */
export const recordKeyBytesMax = 512;

/** Whether a text may be a key. */
export function isRecordKey(text: string): boolean {
  // At most three bytes for each unit of UTF-16, so that most keys need not be measured.
  const fits = text.length * 3 <= recordKeyBytesMax || Buffer.byteLength(text) <= recordKeyBytesMax;
  return text !== '' && fits && text.isWellFormed();
}

export class RecordKey {
  readonly buffer = Buffer.alloc(recordKeyBytesMax + 4);
  length = 0;
  low = 0;
  high = 0;
  check = 0;
  readonly #hasher: KeyHasher;
  readonly #seed: number;

  constructor(secret: HashSecret) {
    this.#hasher = new KeyHasher(secret);
    this.#seed = secret.low ^ Math.imul(secret.high, 0x9e37_79b1);
  }

  /** Takes a key. Throws `bad-input` for one that is empty, too long, or not text. */
  read(key: string): void {
    if (!isRecordKey(key)) throw badKey();
    this.length = this.buffer.write(key);
    this.#hasher.hash(this.buffer, 0, this.length);
    this.low = this.#hasher.low;
    this.high = this.#hasher.high;
    this.check = this.#checkOf();
  }

  /** Whether bytes are this key. */
  equals(buffer: Buffer, start: number, end: number): boolean {
    return end - start === this.length && this.buffer.compare(buffer, start, end, 0, this.length) === 0;
  }

  /** 32 bits that have nothing to do with the hash, against two keys of one hash. */
  #checkOf(): number {
    const { buffer, length } = this;
    // Zeroes up to a whole word; the length tells them from zeroes of the key.
    buffer[length] = buffer[length + 1] = buffer[length + 2] = 0;
    let sum = this.#seed ^ length;
    for (let at = 0; at < length; at += 4) {
      const word = buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24);
      sum = Math.imul(sum ^ word, 0xcc9e_2d51);
      sum ^= sum >>> 15;
    }
    sum = Math.imul(sum ^ (sum >>> 13), 0x85eb_ca6b);
    return (sum ^ (sum >>> 16)) >>> 0;
  }
}

function badKey(): SluiceError {
  return new SluiceError('bad-input', `the key of a record is text of 1 to ${recordKeyBytesMax} bytes`);
}
