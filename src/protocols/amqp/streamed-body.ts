/**
 * A body too large to hold, on its way into the journal piece by piece. Invariant: holds at most one piece in
 * memory however small its frames are, unless the body may have to be returned to its publisher.
 */
import type { BrokerFace, ChunkReference } from '../../broker/index.js';
import { largeChunkBytes, type ChunkPool } from './chunk-pool.js';
import { frameOverheadBytes, PublishView } from './codec/index.js';

/**
 * Frames are gathered to pieces of this size: a body in tiny frames must not make a record of each. On its way out a
 * piece with its frame just fills a buffer.
 */
const pieceBytes = largeChunkBytes - frameOverheadBytes;

/** Where the pieces go. */
export type ChunkStore = Pick<BrokerFace, 'appendChunk' | 'releaseChunks'>;

export class StreamedBody {
  /** Everything but the body. */
  readonly view: PublishView;
  readonly #store: ChunkStore;
  readonly #pool: ChunkPool;
  readonly #chunks: ChunkReference[] = [];
  /** Copies of all pieces, where the body is asked for at the end. */
  readonly #kept: Buffer[] | undefined;
  #piece: Buffer | undefined;
  #pieceFilled = 0;

  /** Keeps the view's head, which belongs to this content alone; `view` itself may be used again. */
  constructor(view: PublishView, store: ChunkStore, pool: ChunkPool, keepsBody = view.mandatory) {
    this.view = Object.assign(new PublishView(), view);
    this.#store = store;
    this.#pool = pool;
    this.#kept = keepsBody ? [] : undefined;
  }

  /** Takes the payload of one body frame. */
  add(buffer: Buffer, start: number, end: number): void {
    if (this.#pieceFilled === 0 && end - start >= pieceBytes / 2) {
      this.#journal(buffer, start, end);
      return;
    }
    for (let from = start; from < end;) {
      this.#piece ??= this.#pool.take(pieceBytes);
      const taken = Math.min(end - from, pieceBytes - this.#pieceFilled);
      buffer.copy(this.#piece, this.#pieceFilled, from, from + taken);
      this.#pieceFilled += taken;
      from += taken;
      if (this.#pieceFilled === pieceBytes) this.#journalPiece();
    }
  }

  /** Journals what is left and gives all pieces in order. */
  finish(): readonly ChunkReference[] {
    if (this.#pieceFilled > 0) this.#journalPiece();
    this.#returnPiece();
    return this.#chunks;
  }

  /** Gives the pieces up: the publish will not come. */
  discard(): void {
    this.#returnPiece();
    this.#store.releaseChunks(this.#chunks);
    this.#chunks.length = 0;
  }

  /** The body, where it is kept: of a mandatory message that found no queue, and of a request. */
  get keptBody(): Buffer {
    return Buffer.concat(this.#kept ?? []);
  }

  #returnPiece(): void {
    if (this.#piece !== undefined) this.#pool.give(this.#piece);
    this.#piece = undefined;
  }

  #journalPiece(): void {
    const filled = this.#pieceFilled;
    this.#pieceFilled = 0;
    this.#journal(this.#piece!, 0, filled);
  }

  #journal(buffer: Buffer, start: number, end: number): void {
    this.#chunks.push(this.#store.appendChunk(buffer, start, end));
    this.#kept?.push(Buffer.from(buffer.subarray(start, end)));
  }
}
