/**
 * The body frames of one large message, made of its stored pieces as the socket takes them. Invariant: frames are
 * made whole and none holds bytes of two pieces, so what they come to is known before any is made.
 */
import type { BodyReader, LargeBody } from '../../broker/index.js';
import type { SluiceError } from '../../kernel/index.js';
import { pieceChunkBytes, type ChunkPool } from './chunk-pool.js';
import { bodyFramesBytes, frameOverheadBytes, writeBody } from './codec/index.js';

/** Takes a buffer of the pool whose first `bytes` are whole frames. */
export type TakeFrames = (buffer: Buffer, bytes: number) => void;

export class BodyStream {
  /** Of all its frames. */
  readonly bytes: number;
  readonly #channel: number;
  readonly #reader: BodyReader;
  readonly #frameBytesMax: number;
  readonly #failed: (error: SluiceError) => void;
  #leftBytes: number;
  #isLoading = false;

  /** Opens the body. `failed`: a piece cannot be read, so what was begun cannot be brought to its end. */
  constructor(
    channel: number,
    body: LargeBody,
    frameBytesMax: number,
    failed: (error: SluiceError, reader: BodyReader) => void,
  ) {
    this.#channel = channel;
    // One frame is made in one buffer.
    this.#frameBytesMax = Math.min(frameBytesMax, pieceChunkBytes);
    let bytes = 0;
    for (const { length } of body.pieces) bytes += bodyFramesBytes(length, this.#evenFrameBytes(length));
    this.bytes = this.#leftBytes = bytes;
    const reader = body.open();
    this.#reader = reader;
    this.#failed = (error) => {
      failed(error, reader);
    };
  }

  /** Bytes of the frames not made yet. */
  get leftBytes(): number {
    return this.#leftBytes;
  }

  /** Makes the frames of the next piece. False: it must come from disk first, see `load`. */
  next(pool: ChunkPool, take: TakeFrames): boolean {
    const piece = this.#isLoading ? undefined : this.#reader.take();
    if (piece === undefined) return false;
    const frameBytes = this.#evenFrameBytes(piece.end - piece.start);
    const payloadBytes = frameBytes - frameOverheadBytes;
    const spanBytes = payloadBytes * Math.floor(pieceChunkBytes / frameBytes);
    for (let from = piece.start; from < piece.end; from += spanBytes) {
      const to = Math.min(piece.end, from + spanBytes);
      const buffer = pool.take(bodyFramesBytes(to - from, frameBytes));
      const bytes = writeBody(buffer, 0, this.#channel, piece.buffer, from, to, frameBytes);
      this.#leftBytes -= bytes;
      take(buffer, bytes);
    }
    return true;
  }

  /** Loads the piece that `next` missed, unless that is under way. It must be made when called back. */
  load(whenLoaded: () => void): void {
    if (this.#isLoading) return;
    this.#isLoading = true;
    this.#reader.load((error) => {
      this.#isLoading = false;
      if (error === undefined) whenLoaded();
      else this.#failed(error);
    });
  }

  /** Gives the pieces up; nothing is called back any more. */
  close(): void {
    this.#reader.close();
  }

  /** The size of the frames that a piece makes: the fewest, of one size but for the last. */
  #evenFrameBytes(pieceBytes: number): number {
    const frames = Math.max(1, Math.ceil(pieceBytes / (this.#frameBytesMax - frameOverheadBytes)));
    return Math.ceil(pieceBytes / frames) + frameOverheadBytes;
  }
}
