/**
 * What one connection has to send, in order. Bytes go to the socket only up to the first mark whose journal
 * sequence is not durable yet: nothing overtakes, so no reply or delivery can tell of what a crash would undo.
 */
import { assert } from '../../kernel/index.js';
import { largeChunkBytes, smallChunkBytes, type ChunkPool } from './chunk-pool.js';
import { ReleaseMarks } from './release-marks.js';

const ignoreWritten = (): void => undefined;

/** The part of a socket that output needs. `written` is called once per write, in order. */
export interface OutputSink {
  write(bytes: Buffer, written: () => void): boolean;
  cork(): void;
  uncork(): void;
}

/** One buffer of the output: `filled` bytes of it are in use, and its first byte stands at `start` of all. */
interface Chunk {
  readonly buffer: Buffer;
  readonly start: number;
  filled: number;
  /** Writes of parts of it that the socket has not completed. */
  writing: number;
}

export class Output {
  readonly #pool: ChunkPool;
  readonly #sink: OutputSink;
  readonly #onWritten: () => void;
  readonly #marks = new ReleaseMarks();
  /** Chunks not fully handed to the socket; the last one is being filled. */
  readonly #chunks: Chunk[] = [];
  /** Chunks of the writes the socket has not completed, in their order. */
  readonly #writing: { readonly chunk: Chunk; readonly bytes: number }[] = [];
  #tail: Chunk | undefined;
  /** Offsets over the whole life of the connection: appended, handed to the socket, taken by the system. */
  #end = 0;
  #flushed = 0;
  #sent = 0;
  /** Whether the next chunk should be a large one. */
  #busy = false;

  /** `onProgress` is called when the system took bytes. */
  constructor(pool: ChunkPool, sink: OutputSink, onProgress: () => void) {
    this.#pool = pool;
    this.#sink = sink;
    this.#onWritten = () => {
      this.#written();
      onProgress();
    };
  }

  /** The buffer to write into after `reserve`. */
  get buffer(): Buffer {
    return this.#tail!.buffer;
  }

  /** Bytes appended that the system has not taken: held back, or waiting for the peer. */
  get unsentBytes(): number {
    return this.#end - this.#sent;
  }

  /** Whether bytes wait for a sequence to become durable. */
  get holding(): boolean {
    return this.#marks.count > 0;
  }

  /** The sequence that the last held bytes wait for; 0 when none are held. */
  get heldSequence(): number {
    return this.#marks.lastSequence;
  }

  /** Whether bytes wait for the next `flush`. */
  get unflushed(): boolean {
    return this.#flushed < this.#end;
  }

  /** Bytes that the system took over the connection's life. */
  get sentBytes(): number {
    return this.#sent;
  }

  /** Finds room for `bytes` contiguous bytes in `buffer`; gives where they start. */
  reserve(bytes: number): number {
    const tail = this.#tail;
    if (tail !== undefined && tail.filled + bytes <= tail.buffer.length) return tail.filled;
    return this.#nextChunk(bytes);
  }

  /** Takes what was written from the reserved start up to `filled`, to leave once `sequence` is durable. */
  commit(filled: number, sequence: number, durableSequence: number): void {
    const tail = this.#tail!;
    if (sequence > durableSequence) this.#marks.add(sequence, tail.start + tail.filled);
    this.#end += filled - tail.filled;
    tail.filled = filled;
  }

  /** Hands to the socket all that `durableSequence` releases; gives whether that was anything. */
  flush(durableSequence: number): boolean {
    const releasedEnd = this.#marks.releasedEnd(durableSequence, this.#end);
    if (releasedEnd <= this.#flushed) return false;
    const corked = releasedEnd > this.#chunks[0]!.start + this.#chunks[0]!.filled;
    if (corked) this.#sink.cork();
    while (this.#flushed < releasedEnd) this.#flushChunk(releasedEnd);
    if (corked) this.#sink.uncork();
    return true;
  }

  /**
   * Sends `frames` ahead of what is held back, which they may overtake: heartbeats, and confirms of publishes
   * older than everything held. Call it after `flush` only, so that they stand between frames.
   */
  overtake(frames: Buffer): void {
    this.#sink.write(frames, ignoreWritten);
  }

  /** Forgets everything: the connection is gone. */
  drop(): void {
    for (const chunk of this.#chunks) if (chunk.writing === 0) this.#pool.give(chunk.buffer);
    this.#chunks.length = 0;
    this.#tail = undefined;
    this.#marks.clear();
    this.#flushed = this.#end;
    this.#sent = this.#end;
  }

  #flushChunk(releasedEnd: number): void {
    const chunk = this.#chunks[0]!;
    const from = this.#flushed - chunk.start;
    const to = Math.min(releasedEnd - chunk.start, chunk.filled);
    this.#flushed += to - from;
    chunk.writing++;
    this.#writing.push({ chunk, bytes: to - from });
    if (to === chunk.filled) this.#finishChunk(chunk);
    this.#sink.write(chunk.buffer.subarray(from, to), this.#onWritten);
  }

  /** A chunk whose bytes were all handed over takes no more, and goes back once the socket is done with it. */
  #finishChunk(chunk: Chunk): void {
    this.#chunks.shift();
    if (chunk !== this.#tail) return;
    this.#tail = undefined;
    this.#busy = chunk.filled > smallChunkBytes / 2;
  }

  #written(): void {
    const write = this.#writing.shift();
    assert(write !== undefined, 'a socket completes only writes that were made');
    this.#sent = Math.min(this.#sent + write.bytes, this.#end);
    const chunk = write.chunk;
    if (--chunk.writing === 0 && !this.#chunks.includes(chunk)) this.#pool.give(chunk.buffer);
  }

  #nextChunk(bytes: number): number {
    const large = this.#busy || this.#tail !== undefined;
    this.#returnEmptyTail();
    const buffer = this.#pool.take(large ? Math.max(bytes, largeChunkBytes) : bytes);
    this.#tail = { buffer, start: this.#end, filled: 0, writing: 0 };
    this.#chunks.push(this.#tail);
    return 0;
  }

  /** A reserved chunk that nothing was written to, because encoding failed or needed more room. */
  #returnEmptyTail(): void {
    if (this.#tail?.filled !== 0) return;
    this.#chunks.pop();
    this.#pool.give(this.#tail.buffer);
  }
}
