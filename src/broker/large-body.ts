/**
 * A large body that leaves piece by piece, straight from the journal. Invariant: from `open` to `close` its pieces
 * count as alive, so neither the end of their message nor compaction takes them from whoever still sends them.
 */
import type { Journal, RecordView } from '../journal/index.js';
import { assert, type SluiceError } from '../kernel/index.js';
import type { BodyReader, ChunkReference, LargeBody } from './face.js';
import type { LooseChunks } from './loose-chunks.js';

/** What the bodies of one broker share. */
export interface PieceSource {
  readonly journal: Journal;
  readonly looseChunks: LooseChunks;
}

export class StoredBody implements LargeBody {
  readonly pieces: readonly ChunkReference[];
  readonly #source: PieceSource;
  readonly #giveUp: (error: SluiceError) => void;

  /** `giveUp` hears of a piece that cannot be read. */
  constructor(
    source: PieceSource,
    pieces: readonly ChunkReference[],
    giveUp: (error: SluiceError) => void = () => undefined,
  ) {
    this.#source = source;
    this.pieces = pieces;
    this.#giveUp = giveUp;
  }

  get bytes(): number {
    return this.pieces.reduce((sum, { length }) => sum + length, 0);
  }

  open(): BodyReader {
    return new PieceReader(this.#source, this.pieces, this.#giveUp);
  }
}

class PieceReader implements BodyReader {
  readonly #source: PieceSource;
  readonly #pieces: readonly ChunkReference[];
  readonly giveUp: (error: SluiceError) => void;
  #next = 0;
  #isClosed = false;

  constructor(source: PieceSource, pieces: readonly ChunkReference[], giveUp: (error: SluiceError) => void) {
    this.#source = source;
    this.#pieces = pieces;
    this.giveUp = giveUp;
    source.looseChunks.hold(pieces);
  }

  take(): RecordView | undefined {
    const { journal } = this.#source;
    const piece = this.#pieces[this.#next];
    assert(piece !== undefined && !this.#isClosed, 'pieces are taken until the last, and before the end');
    const { segment, offset, length } = piece;
    const record = journal.peek(segment, offset) ?? journal.readNow(segment, offset);
    if (record === undefined) return undefined;
    assert(record.end - record.start === length, 'a piece is as long as its reference says');
    this.#next++;
    return record;
  }

  load(whenLoaded: (error?: SluiceError) => void): void {
    const { segment, offset } = this.#pieces[this.#next]!;
    // The next pieces are likely to stand behind it.
    this.#source.journal.load(segment, offset, (error) => {
      if (!this.#isClosed) whenLoaded(error);
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#source.looseChunks.release(this.#pieces);
  }
}
