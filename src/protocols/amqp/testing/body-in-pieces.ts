/** A large body of random bytes in pieces of given lengths, whose reads happen when a test says. */
import type { BodyReader, LargeBody } from '../../../broker/index.js';
import type { Random, SluiceError } from '../../../kernel/index.js';

/** What a test sees and decides. */
export class PiecesState {
  /** Pieces at hand, from the first; the others must be loaded. */
  atHand = Infinity;
  taken = 0;
  loads = 0;
  isClosed = false;
  #whenLoaded: ((error?: SluiceError) => void) | undefined;

  get isLoading(): boolean {
    return this.#whenLoaded !== undefined;
  }

  load(whenLoaded: (error?: SluiceError) => void): void {
    this.loads++;
    this.#whenLoaded = whenLoaded;
  }

  /** Brings the piece that was asked for, or fails to. */
  finishLoad(error?: unknown): void {
    const whenLoaded = this.#whenLoaded;
    this.#whenLoaded = undefined;
    if (error === undefined) this.atHand = Math.max(this.atHand, this.taken + 1);
    if (!this.isClosed) whenLoaded?.(error as SluiceError | undefined);
  }
}

export interface BodyInPieces {
  readonly body: LargeBody;
  readonly whole: Buffer;
  readonly state: PiecesState;
}

/** Makes one. */
export function bodyInPieces(random: Random, lengths: readonly number[]): BodyInPieces {
  const pieces = lengths.map((length) => random.bytes(length));
  const whole = Buffer.concat(pieces);
  const state = new PiecesState();
  const reader: BodyReader = {
    take() {
      if (state.taken >= state.atHand) return undefined;
      const buffer = pieces[state.taken++]!;
      return { buffer, start: 0, end: buffer.length };
    },
    load: (whenLoaded) => {
      state.load(whenLoaded);
    },
    giveUp: () => undefined,
    close: () => {
      state.isClosed = true;
    },
  };
  return { body: { bytes: whole.length, pieces, open: () => reader }, whole, state };
}
