/**
 * Reads what `CustodyRuns` wrote. Invariant: bytes that are not understood tell nothing, and nothing is read beyond the
 * record.
 */
import type { ReturnCause } from './custody-runs.js';
import { VarintReader } from './varint.js';

const headBytes = 8;
const referenceBytes = 4;

/** What is told of one message. */
export interface Custody {
  /** Unix ms: when it was settled. */
  readonly settledMs: number;
  /** Unix ms: when it was handed over; undefined: nobody had it. */
  readonly deliveredMs: number | undefined;
  /** Where the party is described in the record's segment; 0: nobody's doing but the broker's. */
  readonly party: number;
  /** Of messages that came back. */
  readonly cause: ReturnCause;
}

/** Of the message at `index` of the record's positions; undefined: the record does not tell, as those of older versions. */
export function custodyOf(view: DataView, at: number, end: number, index: number): Custody | undefined {
  if (end - at < headBytes) return undefined;
  const parties = view.getUint8(at + 7);
  const runs = new VarintReader(view, at + headBytes + parties * referenceBytes, end);
  let settledMs = view.getUint32(at, true) + view.getUint16(at + 4, true) * 2 ** 32;
  for (let seen = 0; runs.hasMore;) {
    const count = runs.next();
    const party = runs.next();
    settledMs += runs.next();
    const hold = runs.next();
    if (runs.isBroken || party > parties) return undefined;
    seen += count;
    if (count !== 0 && index >= seen) continue;
    return {
      settledMs,
      deliveredMs: hold === 0 ? undefined : settledMs - (hold - 1),
      party: party === 0 ? 0 : view.getUint32(at + headBytes + (party - 1) * referenceBytes, true),
      cause: view.getUint8(at + 6) as ReturnCause,
    };
  }
  return undefined;
}
