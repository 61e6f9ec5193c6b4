/** Cuts a byte stream into lines without ever holding more than one line's limit of unfinished bytes. */
import { SluiceError } from '../kernel/index.js';

/** Feed it chunks; it calls back once per line, without the newline. */
export class LineReader {
  readonly #onLine: (line: string) => void;
  readonly #bytesMax: number;
  #parts: Buffer[] = [];
  #held = 0;

  constructor(onLine: (line: string) => void, bytesMax: number) {
    this.#onLine = onLine;
    this.#bytesMax = bytesMax;
  }

  /** Throws 'limit-reached' when a line grows over the limit; the reader is then of no more use. */
  push(chunk: Buffer): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(10, start);
      if (end < 0) break;
      this.#keep(chunk.subarray(start, end));
      const line = Buffer.concat(this.#parts, this.#held).toString('utf8');
      this.#parts = [];
      this.#held = 0;
      start = end + 1;
      this.#onLine(line);
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  #keep(part: Buffer): void {
    this.#held += part.length;
    if (this.#held > this.#bytesMax) {
      throw new SluiceError('limit-reached', `a control line is longer than ${this.#bytesMax} bytes`);
    }
    this.#parts.push(part);
  }
}
