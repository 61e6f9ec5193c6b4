/**
 * The parties that the records of one segment may name. Invariant: a description holds in its segment alone, for another
 * one may have something else at the same place.
 */
import type { RecordView } from '../../journal/index.js';
import { decodeParty } from '../custody/party.js';
import type { PartyFacts } from '../custody/party-facts.js';

/** A segment full of descriptions must not fill the memory: the oldest are unknown then. */
const describedMax = 65_536;

export class KnownParties {
  #segment = 0;
  /** Copies of descriptions by where they stand; they are read when somebody asks. */
  readonly #described = new Map<number, Buffer>();

  /** To be called with each record, before it is read. */
  enter(segment: number): void {
    if (segment === this.#segment) return;
    this.#segment = segment;
    this.#described.clear();
  }

  note({ buffer, start, end, offset }: RecordView): void {
    this.#described.set(offset, Buffer.from(buffer.subarray(start, end)));
    if (this.#described.size <= describedMax) return;
    const [oldest = 0] = this.#described.keys();
    this.#described.delete(oldest);
  }

  /** Undefined: nothing that is known stands there. */
  at(offset: number): PartyFacts | undefined {
    const bytes = this.#described.get(offset);
    return bytes === undefined ? undefined : decodeParty(bytes);
  }
}
