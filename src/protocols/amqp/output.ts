/**
 * What one connection has to send, in order: bytes, and large bodies that become bytes only as the socket takes them.
 * Bytes go to the socket only up to the first mark whose journal sequence is not durable yet: nothing overtakes, so
 * no reply or delivery can tell of what a crash would undo.
 */
import { assert } from '../../kernel/index.js';
import type { BodyStream } from './body-stream.js';
import { largeChunkBytes, smallChunkBytes, type ChunkPool } from './chunk-pool.js';
import { ReleaseMarks } from './release-marks.js';

const ignoreWritten = (): void => undefined;

/**
 * Bytes with the socket below which a large body goes on: what a client that reads slowly pins, but for one piece.
 * Twice as much made bodies of 8 MiB no faster.
 */
const streamWindowBytes = 256 * 1024;

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

/** A body in its place: its first byte stands at `start` of all. */
interface Placed {
  readonly stream: BodyStream;
  readonly start: number;
}

export class Output {
  readonly #pool: ChunkPool;
  readonly #sink: OutputSink;
  readonly #onProgress: () => void;
  readonly #onWritten: () => void;
  readonly #marks = new ReleaseMarks();
  /** Chunks not fully handed to the socket; the last one is being filled. */
  readonly #chunks: Chunk[] = [];
  /** Chunks of the writes the socket has not completed, in their order. */
  readonly #writing: { readonly chunk: Chunk; readonly bytes: number }[] = [];
  #tail: Chunk | undefined;
  /** Bodies not fully handed to the socket; chunks stand before, between and behind them. */
  readonly #streams: Placed[] = [];
  /** Offsets over the whole life of the connection: appended, handed to the socket, taken by the system. */
  #end = 0;
  #flushed = 0;
  #sent = 0;
  /** Whether the next chunk should be a large one. */
  #busy = false;

  /** `onProgress` is called when the system took bytes, and when a body may go on. */
  constructor(pool: ChunkPool, sink: OutputSink, onProgress: () => void) {
    this.#pool = pool;
    this.#sink = sink;
    this.#onProgress = onProgress;
    this.#onWritten = () => {
      this.#written();
      onProgress();
    };
  }

  /** The buffer to write into after `reserve`. */
  get buffer(): Buffer {
    return this.#tail!.buffer;
  }

  /** Bytes appended that the system has not taken: held back, or waiting for the peer. Of bodies, all their frames. */
  get unsentBytes(): number {
    return this.#end - this.#sent;
  }

  /** Those of the unsent bytes that are in memory. */
  get bufferedBytes(): number {
    return this.#streams.reduce((bytes, { stream }) => bytes - stream.leftBytes, this.unsentBytes);
  }

  /** Whether a large body is on its way: nothing may overtake on its channel. */
  get streaming(): boolean {
    return this.#streams.length > 0;
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

  /** Takes a large body behind what was committed. */
  appendStream(stream: BodyStream): void {
    this.#returnEmptyTail();
    // What comes next stands behind the body, in a chunk of its own.
    this.#tail = undefined;
    this.#streams.push({ stream, start: this.#end });
    this.#end += stream.bytes;
  }

  /** Hands to the socket what `durableSequence` releases; of a body, what it takes. Gives whether that was anything. */
  flush(durableSequence: number): boolean {
    const releasedEnd = this.#marks.releasedEnd(durableSequence, this.#end);
    if (releasedEnd <= this.#flushed) return false;
    if (this.#streams.length > 0) return this.#flushStreams(releasedEnd);
    this.#flushChunks(releasedEnd);
    return true;
  }

  /**
   * Sends `frames` ahead of what is held back, which they may overtake: heartbeats, and confirms of publishes
   * older than everything held. Call it after `flush` only, so that they stand between frames.
   */
  overtake(frames: Buffer): void {
    this.#sink.write(frames, ignoreWritten);
  }

  /** Forgets what the socket was not handed: a body broke off, and nothing may follow it but the connection's end. */
  abandon(): void {
    for (const chunk of this.#chunks) if (chunk.writing === 0) this.#pool.give(chunk.buffer);
    for (const { stream } of this.#streams) stream.close();
    this.#chunks.length = 0;
    this.#streams.length = 0;
    this.#tail = undefined;
    this.#marks.clear();
    this.#end = this.#flushed;
  }

  /** Forgets everything: the connection is gone. */
  drop(): void {
    this.abandon();
    this.#sent = this.#end;
  }

  #flushChunks(end: number): void {
    const corked = this.#flushed < end && end > this.#chunks[0]!.start + this.#chunks[0]!.filled;
    if (corked) this.#sink.cork();
    while (this.#flushed < end) this.#flushChunk(end);
    if (corked) this.#sink.uncork();
  }

  #flushStreams(releasedEnd: number): boolean {
    const before = this.#flushed;
    this.#sink.cork();
    for (let first = this.#streams[0]; first !== undefined; first = this.#streams[0]) {
      this.#flushChunks(Math.min(first.start, releasedEnd));
      if (this.#flushed >= releasedEnd || !this.#flushStream(first.stream)) break;
    }
    if (this.#streams.length === 0) this.#flushChunks(releasedEnd);
    this.#sink.uncork();
    return this.#flushed > before;
  }

  /** Hands further frames of a body to the socket. False: it has enough for now, or the next piece is on disk. */
  #flushStream(stream: BodyStream): boolean {
    while (stream.leftBytes > 0) {
      if (this.#flushed - this.#sent >= streamWindowBytes) return false;
      if (!stream.next(this.#pool, this.#takeFrames)) {
        this.#load(stream);
        return false;
      }
    }
    this.#finishStream(stream);
    return true;
  }

  /** A loaded piece is sent at once, so that however short it stays in memory, its body gets on. */
  #load(stream: BodyStream): void {
    stream.load(() => {
      if (!stream.next(this.#pool, this.#takeFrames)) {
        this.#load(stream);
        return;
      }
      if (stream.leftBytes === 0) this.#finishStream(stream);
      this.#onProgress();
    });
  }

  /** Only the first body is ever handed over. */
  #finishStream(stream: BodyStream): void {
    stream.close();
    this.#streams.shift();
  }

  readonly #takeFrames = (buffer: Buffer, bytes: number): void => {
    this.#flushed += bytes;
    this.#writing.push({ chunk: { buffer, start: 0, filled: bytes, writing: 1 }, bytes });
    this.#sink.write(buffer.subarray(0, bytes), this.#onWritten);
  };

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
    this.#tail = undefined;
  }
}
