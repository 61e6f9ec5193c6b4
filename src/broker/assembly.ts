/**
 * A large body on its way from its pieces into one buffer, with everything else that its view shows. Invariant: once
 * begun it needs the message's own record no more, so however often it waits for a piece, it gets on.
 */
import type { ChunkReference, MessageView } from './face.js';

export class Assembly {
  readonly position: number;
  /** Of the message's own record: its sequence and its `PublishFlag`s. */
  readonly sequence: number;
  readonly flags: number;
  readonly body: Buffer;
  readonly #chunks: readonly ChunkReference[];
  /** Copies of names and properties. */
  readonly #names: Buffer;
  readonly #routeBytes: number;
  readonly #arrivalMs: number;
  #next = 0;
  #filled = 0;

  /** `view` shows the message without its body; `body` has room for it. */
  constructor(
    position: number,
    record: { readonly sequence: number; readonly flags: number; readonly view: MessageView },
    chunks: readonly ChunkReference[],
    body: Buffer,
  ) {
    const { view } = record;
    this.position = position;
    this.sequence = record.sequence;
    this.flags = record.flags;
    this.body = body;
    this.#chunks = chunks;
    this.#names = Buffer.from(view.buffer.subarray(view.routeStart, view.propertiesEnd));
    this.#routeBytes = view.routeEnd - view.routeStart;
    this.#arrivalMs = view.arrivalMs;
  }

  /** The piece to add next; undefined once the body is whole. */
  get next(): ChunkReference | undefined {
    return this.#chunks[this.#next];
  }

  /** Bytes of the body so far. */
  get filled(): number {
    return this.#filled;
  }

  add(buffer: Buffer, start: number, end: number): void {
    buffer.copy(this.body, this.#filled, start, end);
    this.#filled += end - start;
    this.#next++;
  }

  /** Points a view at the whole message. */
  show(view: MessageView): void {
    view.buffer = view.propertiesBuffer = this.#names;
    view.routeStart = 0;
    view.routeEnd = view.propertiesStart = this.#routeBytes;
    view.propertiesEnd = this.#names.length;
    view.bodyBuffer = this.body;
    view.bodyStart = 0;
    view.bodyEnd = this.#filled;
    view.arrivalMs = this.#arrivalMs;
    view.large = undefined;
  }
}
