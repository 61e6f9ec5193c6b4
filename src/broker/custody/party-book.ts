/**
 * Describes parties in the journal, once in each segment that names them. Invariant: a description stands before the
 * records that name it, in their segment, so that no segment needs another one to be understood.
 */
import type { Journal } from '../../journal/index.js';
import { RecordType } from '../record-types.js';
import type { Party } from './party.js';

export class PartyBook {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /**
   * Where a party is described in the segment of the record of `payloadBytes` that is written next; 0: they cannot stand
   * in one segment.
   */
  offsetFor(party: Party, payloadBytes: number): number {
    if (this.#journal.gather(1, payloadBytes) === party.segment) return party.offset;
    return this.#describe([party], payloadBytes) ? party.offset : 0;
  }

  /** Describes all of them for the record of `payloadBytes` that is written next. False: they cannot stand in one segment. */
  prepare(parties: readonly Party[], payloadBytes: number): boolean {
    const segment = this.#journal.gather(1, payloadBytes);
    if (segment === 0) return false;
    return parties.every((party) => party.segment === segment) || this.#describe(parties, payloadBytes);
  }

  #describe(parties: readonly Party[], payloadBytes: number): boolean {
    const journal = this.#journal;
    const bytes = parties.reduce((sum, { described }) => sum + described.length, payloadBytes);
    const segment = journal.gather(parties.length + 1, bytes);
    if (segment === 0) return false;
    for (const party of parties) {
      if (party.segment === segment) continue;
      const at = journal.reserve(RecordType.party, party.described.length);
      party.described.copy(journal.buffer, at);
      journal.commit();
      party.segment = segment;
      party.offset = journal.offset;
    }
    return true;
  }
}
