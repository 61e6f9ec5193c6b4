/**
 * Finds stored messages again: in memory at once, or from disk after a wait. Invariant: a view is handed out only
 * with its whole body, put together from its pieces for one message of each queue at a time, or with a large body
 * that its reader takes in pieces.
 */
import type { Journal, RecordView } from '../journal/index.js';
import type { SluiceError } from '../kernel/index.js';
import { Assembly } from './assembly.js';
import type { ChunkReference, LargeBody, MessageView } from './face.js';
import { StoredBody, type PieceSource } from './large-body.js';
import { pageEntries } from './page.js';
import { newMessageView, viewPublish } from './publish-record.js';
import type { Queue } from './queue.js';

/** Pieces of one body read on this thread before others get their turn: about half a millisecond. */
const readNowBytesMax = 1024 * 1024;

/** A larger buffer for bodies is not kept for the next one. */
const spareBytesMax = 1024 * 1024;

/** A record that stands so close behind the last one was read in order. */
const sequentialBytes = 64 * 1024;

/** What the store is made with. */
export interface StoreParts extends PieceSource {
  /** A piece of the message's body turned out to be unreadable after the message had been handed out. */
  giveUp(queue: Queue, position: number, error: SluiceError): void;
}

export class MessageStore {
  readonly #parts: StoreParts;
  readonly #journal: Journal;
  readonly view: MessageView = newMessageView();
  /** The sequence of the record behind `view`. */
  sequence = 0;
  /** The `PublishFlag`s of that record. */
  flags = 0;
  #buffer: Buffer | undefined = undefined;
  #dataView: DataView = new DataView(new ArrayBuffer(0));
  /** What a failed `find` needs read from disk. */
  #missingSegment = 0;
  #missingOffset = 0;
  #missingSingle = false;
  /**
   * Holds the body that was put together last, and takes the next: a buffer for each made half of the collector's
   * work at 100 KB a message.
   */
  #spare: Buffer | undefined;

  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.#journal = parts.journal;
  }

  /**
   * Points `view` at the message at a live position; `inPieces`: a large body is left where it is. False: part of it
   * must be loaded first, see `load`.
   */
  find(queue: Queue, position: number, inPieces = false): boolean {
    if (queue.assembly?.position === position) {
      if (!inPieces) return this.#goOn(queue, queue.assembly);
      queue.assembly = undefined;
    }
    const page = queue.backlog.pageOf(position)!;
    const slot = position % pageEntries;
    const record = this.#read(queue, page.segment(slot), page.offset(slot));
    if (record === undefined) return false;
    this.sequence = record.sequence;
    this.flags = record.buffer[record.start]!;
    viewPublish(record.buffer, this.#viewOf(record.buffer), record.start, this.view);
    const chunks = queue.largeBodies.size === 0 ? undefined : queue.largeBodies.get(position);
    if (chunks === undefined) return true;
    if (inPieces) {
      this.view.large = new StoredBody(this.#parts, chunks, (error) => {
        this.#parts.giveUp(queue, position, error);
      });
      return true;
    }
    queue.assembly = new Assembly(position, this, chunks, this.#room(page.size(slot)));
    return this.#goOn(queue, queue.assembly);
  }

  /**
   * A record out of order is read by itself. One that follows the last is left to `load`, which reads those after it
   * too.
   */
  #read(queue: Queue, segment: number, offset: number): RecordView | undefined {
    const record = this.#peek(segment, offset);
    if (record !== undefined) return record;
    const ahead = segment === queue.readSegment ? offset - queue.readOffset : -1;
    queue.readSegment = segment;
    queue.readOffset = offset;
    this.#missingSingle = ahead < 0 || ahead >= sequentialBytes;
    return this.#missingSingle ? this.#journal.readNow(segment, offset) : undefined;
  }

  #peek(segment: number, offset: number): RecordView | undefined {
    const record = this.#journal.peek(segment, offset);
    if (record !== undefined) return record;
    this.#missingSegment = segment;
    this.#missingOffset = offset;
    return undefined;
  }

  #viewOf(buffer: Buffer): DataView {
    if (this.#buffer !== buffer) {
      this.#buffer = buffer;
      this.#dataView = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    }
    return this.#dataView;
  }

  /** Reads what the last `find` missed. */
  load(whenLoaded: (error?: SluiceError) => void): void {
    this.#journal.load(this.#missingSegment, this.#missingOffset, whenLoaded, this.#missingSingle);
  }

  /** A body of chunks that no stored message names. */
  looseBody(chunks: readonly ChunkReference[]): LargeBody {
    return new StoredBody(this.#parts, chunks);
  }

  /** The body that chunks make, if all of them are in memory still. */
  peekAll(chunks: readonly ChunkReference[]): Buffer | undefined {
    const pieces: Buffer[] = [];
    return this.#peekRest(chunks, pieces) ? Buffer.concat(pieces) : undefined;
  }

  /** Puts the body that chunks make together, now or after reads from disk; undefined: one cannot be read. */
  collect(
    chunks: readonly ChunkReference[],
    whenCollected: (body: Buffer | undefined) => void,
    pieces: Buffer[] = [],
  ): void {
    if (this.#peekRest(chunks, pieces)) {
      whenCollected(Buffer.concat(pieces));
      return;
    }
    this.load((error) => {
      if (error === undefined) this.collect(chunks, whenCollected, pieces);
      else whenCollected(undefined);
    });
  }

  /** Copies further pieces as far as they are in memory. */
  #peekRest(chunks: readonly ChunkReference[], pieces: Buffer[]): boolean {
    for (const chunk of chunks.slice(pieces.length)) {
      const record = this.#peek(chunk.segment, chunk.offset);
      if (record === undefined) return false;
      pieces.push(Buffer.from(record.buffer.subarray(record.start, record.end)));
    }
    return true;
  }

  /** Adds the pieces that are at hand; true once all are there, with `view` pointing at them. */
  #goOn(queue: Queue, assembly: Assembly): boolean {
    const readEnd = assembly.filled + readNowBytesMax;
    for (let chunk = assembly.next; chunk !== undefined; chunk = assembly.next) {
      const { segment, offset } = chunk;
      const record =
        this.#peek(segment, offset) ??
        (assembly.filled < readEnd ? this.#journal.readNow(segment, offset) : undefined);
      if (record === undefined) {
        // The next pieces are likely to stand behind it.
        this.#missingSingle = false;
        return false;
      }
      assembly.add(record.buffer, record.start, record.end);
    }
    assembly.show(this.view);
    this.sequence = assembly.sequence;
    this.flags = assembly.flags;
    queue.assembly = undefined;
    if (assembly.body.length <= spareBytesMax) this.#spare = assembly.body;
    return true;
  }

  /** A buffer of at least `bytes`. What `view` showed before is no longer looked at. */
  #room(bytes: number): Buffer {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare !== undefined && spare.length >= bytes ? spare : Buffer.allocUnsafeSlow(bytes);
  }
}
