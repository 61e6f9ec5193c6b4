/** Reads what `ByteWriter` wrote. Invariant: it never reads past its end, and refuses what is cut short. */
import { SluiceError } from '../../kernel/index.js';

export class ByteReader {
  readonly #bytes: Uint8Array;
  position: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.position = start;
    this.#end = Math.min(end, bytes.length);
  }

  get isAtEnd(): boolean {
    return this.position >= this.#end;
  }

  /** Throws `bad-input` when the bytes end inside of it, or it does not fit into 53 bits. */
  varint(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      if (this.position >= this.#end) break;
      const byte = this.#bytes[this.position++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new SluiceError('bad-input', 'an encoded number is cut short or too long');
  }

  /** The next `count` bytes, not copied. Throws `bad-input` when there are fewer. */
  bytes(count: number): Uint8Array {
    const start = this.position;
    if (count > this.#end - start) throw new SluiceError('bad-input', 'encoded bytes are cut short');
    this.position += count;
    return this.#bytes.subarray(start, start + count);
  }
}
