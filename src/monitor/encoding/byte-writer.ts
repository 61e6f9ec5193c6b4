/**
 * Bytes written one after another into a buffer that grows. Invariant: `written` shows what was written since the last
 * `clear`, and the buffer is used again after it.
 */

const initialBytes = 4096;

export class ByteWriter {
  #bytes: Uint8Array = new Uint8Array(initialBytes);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What was written; valid until the next call. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  /**
   * A whole number from 0 to 2^53 - 1 in groups of seven bits, the lowest first; all bytes but the last have the
   * highest bit set (LEB128).
   */
  varint(value: number): void {
    let rest = value;
    // At most eight bytes for 53 bits.
    if (this.#length + 8 > this.#bytes.length) this.#grow(8);
    while (rest > 0x7fffffff) {
      this.#bytes[this.#length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  bytes(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #grow(byBytes: number): void {
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + byBytes));
    larger.set(this.written);
    this.#bytes = larger;
  }
}
