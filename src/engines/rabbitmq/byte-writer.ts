/** Bytes in a row, in a buffer that grows; numbers are big-endian. Invariant: `bytes` is a view of what was written. */
import { SluiceError } from '../../kernel/index.js';

const bytesFirst = 1_024;
const shortTextBytesMax = 255;

export class ByteWriter {
  #buffer = Buffer.allocUnsafe(bytesFirst);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Valid until more is written. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  octet(value: number): void {
    const at = this.#room(1);
    this.#buffer[at] = value;
  }

  /** Two octets. */
  short(value: number): void {
    const at = this.#room(2);
    this.#buffer.writeUInt16BE(value, at);
  }

  /** Four octets. */
  long(value: number): void {
    const at = this.#room(4);
    this.#buffer.writeUInt32BE(value, at);
  }

  /** Eight octets, of a whole number that is not negative. */
  longLong(value: number): void {
    this.long(Math.floor(value / 0x1_0000_0000));
    this.long(value % 0x1_0000_0000);
  }

  /** Eight octets, signed. */
  signed(value: number | bigint): void {
    const at = this.#room(8);
    this.#buffer.writeBigInt64BE(BigInt(value), at);
  }

  double(value: number): void {
    const at = this.#room(8);
    this.#buffer.writeDoubleBE(value, at);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#room(bytes.length);
    this.#buffer.set(bytes, at);
  }

  /** An octet with the length, and so many bytes of UTF-8. Throws `bad-input` over 255 bytes. */
  shortText(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (bytes > shortTextBytesMax)
      throw new SluiceError(
        'bad-input',
        `a text of ${bytes} bytes is over the limit of ${shortTextBytesMax}`,
      );
    this.octet(bytes);
    this.text(text);
  }

  /** UTF-8, without its length. */
  text(text: string): void {
    const at = this.#room(Buffer.byteLength(text));
    this.#buffer.write(text, at, 'utf8');
  }

  /** What `write` writes, behind four octets with its length. */
  sized(write: () => void): void {
    const at = this.#room(4);
    write();
    this.#buffer.writeUInt32BE(this.#length - at - 4, at);
  }

  /** Overwrites two octets that were written at `at`. */
  shortAt(at: number, value: number): void {
    this.#buffer.writeUInt16BE(value, at);
  }

  /** Takes back what was written after `length`. */
  truncate(length: number): void {
    this.#length = length;
  }

  /** Makes room, and gives where it is. Look at `#buffer` only after it: it may be another. */
  #room(bytes: number): number {
    const at = this.#length;
    this.#length = at + bytes;
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length));
      this.#buffer.copy(larger, 0, 0, at);
      this.#buffer = larger;
    }
    return at;
  }
}
