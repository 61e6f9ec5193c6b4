/** What stands around an output in tests: a socket that is slow on purpose, and a pool that counts what is out. */
import { assert } from '../../../kernel/index.js';
import { ChunkPool } from '../chunk-pool.js';
import type { OutputSink } from '../output.js';

/** A socket that completes writes when told to. */
export class SinkDouble implements OutputSink {
  received = Buffer.alloc(0);
  corks = 0;
  readonly #pending: { readonly bytes: Buffer; readonly written: () => void }[] = [];

  write(bytes: Buffer, written: () => void): boolean {
    this.#pending.push({ bytes, written });
    return true;
  }

  cork(): void {
    this.corks++;
  }

  uncork(): void {
    this.corks--;
  }

  /** The system takes the first `count` writes; their bytes are read only now. */
  complete(count = Infinity): void {
    for (let done = 0; done < count && this.#pending.length > 0; done++) {
      const { bytes, written } = this.#pending.shift()!;
      this.received = Buffer.concat([this.received, bytes]);
      written();
    }
  }

  get writes(): number {
    return this.#pending.length;
  }
}

/** Remembers what is out, and fails on a buffer given twice. */
export class CountingPool extends ChunkPool {
  readonly out = new Set<Buffer>();

  override take(bytes: number): Buffer {
    const buffer = super.take(bytes);
    assert(!this.out.has(buffer), 'a buffer is lent once');
    this.out.add(buffer);
    return buffer;
  }

  override give(buffer: Buffer): void {
    assert(this.out.delete(buffer), 'a buffer is given back once');
    // Whoever still reads it sees that it was given away.
    buffer.fill(0xff);
    super.give(buffer);
  }
}
