/** Writes the body of a `commit` request: docs/formats/requests.md. Invariant: it is never longer than a server takes. */
import { SluiceError } from '../../kernel/index.js';
import type { EngineMessage, RecordPut } from '../index.js';
import { ByteWriter } from './byte-writer.js';
import { writeProperties } from './content-properties.js';

const stepKinds = { acknowledge: 1, put: 2, send: 3 } as const;
const putFlags = { ttl: 1, absent: 2, version: 4 } as const;

/** As for a message, so that a message of that size alone is refused by the same limit. */
const commitBytesMax = 16 * 1024 * 1024;
const commitStepsMax = 4_096;

/** Up to where a body was written. */
export interface CommitMark {
  readonly length: number;
  readonly steps: number;
}

export class CommitBody {
  readonly #writer = new ByteWriter();
  steps = 0;

  get bytes(): Buffer {
    return this.#writer.bytes;
  }

  get length(): number {
    return this.#writer.length;
  }

  mark(): CommitMark {
    return { length: this.length, steps: this.steps };
  }

  /** Takes back what was written after the mark. */
  rewind({ length, steps }: CommitMark): void {
    this.#writer.truncate(length);
    this.steps = steps;
  }

  acknowledge(tag: number): void {
    this.#step(stepKinds.acknowledge);
    this.#writer.longLong(tag);
  }

  put({ key, value, ttlMs, expected }: RecordPut): void {
    this.#step(stepKinds.put);
    const writer = this.#writer;
    const condition = expected === undefined ? 0 : expected === 'absent' ? putFlags.absent : putFlags.version;
    writer.octet((ttlMs === undefined ? 0 : putFlags.ttl) | condition);
    if (ttlMs !== undefined) writer.longLong(Math.max(0, Math.ceil(ttlMs)));
    if (typeof expected === 'number') writer.longLong(expected);
    writer.short(keyBytes(key));
    writer.text(key);
    writer.long(value.length);
    writer.raw(value);
  }

  send(queue: string, message: EngineMessage): void {
    this.#step(stepKinds.send);
    const writer = this.#writer;
    writer.shortText('');
    writer.shortText(queue);
    writer.sized(() => {
      writeProperties(writer, message);
    });
    writer.long(message.body.length);
    writer.raw(message.body);
  }

  /** Throws `limit-reached` for a commit that no server takes. */
  requireBounds(): void {
    if (this.steps <= commitStepsMax && this.length <= commitBytesMax) return;
    throw new SluiceError(
      'limit-reached',
      `what is done in one step has at most ${commitStepsMax} parts and ${commitBytesMax} bytes`,
      { details: { parts: this.steps, bytes: this.length } },
    );
  }

  #step(kind: number): void {
    this.steps++;
    this.#writer.octet(kind);
  }
}

/** The server says what is too long; here only what the field cannot hold. */
function keyBytes(key: string): number {
  const bytes = Buffer.byteLength(key);
  if (bytes <= 0xffff) return bytes;
  throw new SluiceError('bad-input', `a key of ${bytes} bytes is too long`);
}
