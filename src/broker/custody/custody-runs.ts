/**
 * Who settled messages, when, and how long each was with whom: what stands behind the positions of `settle`, `requeue`
 * and `hold back` records, and behind a put that completes a delivery. Little-endian:
 *
 *   0  u48 when the first of them was settled, Unix ms
 *   6  u8  why they came back, of a requeue (`ReturnCause`)
 *   7  u8  parties
 *   8  for each: u32 where its description stands in this segment
 *   …  runs, each four varints: messages (0: all that are left), party (from 1; 0: nobody), ms since the run before, and
 *      ms that it had them, plus 1 (0: it never had them)
 *
 * Runs follow the order of the record's positions. Invariant: messages of one run differ in nothing that is told.
 */
import type { Party } from './party.js';
import { varintBytes, writeVarint } from './varint.js';

/** Parties of one record; with more of them the record is written and another one begun. */
export const partiesMax = 64;
/** Runs of one record: at most about 200 KiB. */
export const runsMax = 16_384;

const headBytes = 8;
const referenceBytes = 4;

/** Why deliveries came back. The numbers stand in records. */
export const ReturnCause = {
  unknown: 0,
  /** The client gave them back. */
  client: 1,
  channelClosed: 2,
  connectionClosed: 3,
  /** The client kept them for too long. */
  timeout: 4,
  /** An operator ended the consumer. */
  consumerEnded: 5,
  brokerStopped: 6,
  /** They may have been delivered before an unclean stop. */
  restart: 7,
  /** The queue that they were to go to was gone. */
  stranded: 8,
} as const;
export type ReturnCause = (typeof ReturnCause)[keyof typeof ReturnCause];

export class CustodyRuns {
  readonly parties: Party[] = [];
  cause: ReturnCause = ReturnCause.unknown;
  /** Runs held. */
  length = 0;
  #firstMs = 0;
  #lastMs = 0;
  #party: Party | undefined = undefined;
  #counts: number[] = [];
  #parties: number[] = [];
  #steps: number[] = [];
  #holds: number[] = [];

  /** Whether nothing more may be added, or nothing of this party. */
  isFullFor(party: Party | undefined): boolean {
    if (this.length >= runsMax) return true;
    return party !== undefined && this.parties.length >= partiesMax && !this.parties.includes(party);
  }

  /** Adds one message. Times in Unix ms, the latter without a fraction; `deliveredMs` 0: nobody had it. */
  add(party: Party | undefined, deliveredMs: number, settledMs: number): void {
    const hold = deliveredMs === 0 ? 0 : Math.max(0, settledMs - Math.floor(deliveredMs)) + 1;
    const step = this.length === 0 ? 0 : Math.max(0, settledMs - this.#lastMs);
    const last = this.length - 1;
    if (last >= 0 && step === 0 && party === this.#party && hold === this.#holds[last]) {
      this.#counts[last]!++;
      return;
    }
    this.#append(party, step, hold, 1);
    if (last < 0) this.#firstMs = this.#lastMs = settledMs;
    else this.#lastMs += step;
  }

  /** All messages of the record, whichever they are: by one party, which never had them. */
  coverAll(party: Party | undefined, settledMs: number): void {
    this.clear();
    this.#append(party, 0, 0, 0);
    this.#firstMs = this.#lastMs = settledMs;
  }

  #append(party: Party | undefined, step: number, hold: number, count: number): void {
    const at = this.length++;
    this.#counts[at] = count;
    this.#parties[at] = this.#numberOf(party);
    this.#steps[at] = step;
    this.#holds[at] = hold;
    this.#party = party;
  }

  #numberOf(party: Party | undefined): number {
    if (party === undefined) return 0;
    const known = this.parties.indexOf(party);
    return known < 0 ? this.parties.push(party) : known + 1;
  }

  clear(): void {
    this.length = 0;
    this.parties.length = 0;
    this.cause = ReturnCause.unknown;
    this.#party = undefined;
    if (this.#counts.length <= partiesMax) return;
    this.#counts = [];
    this.#parties = [];
    this.#steps = [];
    this.#holds = [];
  }

  /** What `write` takes. */
  get bytes(): number {
    let bytes = headBytes + this.parties.length * referenceBytes;
    for (let run = 0; run < this.length; run++)
      bytes +=
        varintBytes(this.#counts[run]!) +
        varintBytes(this.#parties[run]!) +
        varintBytes(this.#steps[run]!) +
        varintBytes(this.#holds[run]!);
    return bytes;
  }

  /** Writes what was added; the parties are described in the segment. */
  write(view: DataView, at: number): void {
    view.setUint32(at, this.#firstMs % 2 ** 32, true);
    view.setUint16(at + 4, Math.floor(this.#firstMs / 2 ** 32), true);
    view.setUint8(at + 6, this.cause);
    view.setUint8(at + 7, this.parties.length);
    let next = at + headBytes;
    for (const { offset } of this.parties) {
      view.setUint32(next, offset, true);
      next += referenceBytes;
    }
    for (let run = 0; run < this.length; run++) {
      next = writeVarint(view, next, this.#counts[run]!);
      next = writeVarint(view, next, this.#parties[run]!);
      next = writeVarint(view, next, this.#steps[run]!);
      next = writeVarint(view, next, this.#holds[run]!);
    }
  }
}
