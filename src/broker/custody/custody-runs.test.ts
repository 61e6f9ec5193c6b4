/** What is written of who settled messages is read as it was, and bytes that are anything else tell nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { custodyOf } from './custody-reader.js';
import { CustodyRuns, partiesMax, ReturnCause } from './custody-runs.js';
import { Party } from './party.js';

const parties = Array.from({ length: partiesMax }, (_, index) => {
  const party = new Party({ user: `user ${index}`, connection: 'test' });
  party.offset = 4_096 + index;
  return party;
});

const startMs = 1_700_000_000_000;

const settlement = fc.record({
  party: fc.option(fc.nat(partiesMax - 1), { nil: undefined }),
  stepMs: fc.oneof(fc.constant(0), fc.nat(1_000_000)),
  heldMs: fc.option(fc.oneof(fc.nat(300), fc.nat(2 ** 40)), { nil: undefined }),
});

function written(runs: CustodyRuns): DataView {
  const view = new DataView(new ArrayBuffer(runs.bytes + 7));
  runs.write(view, 3);
  return view;
}

describe('who settled messages', () => {
  it('is read as it was written, for each message', () => {
    fc.assert(
      fc.property(fc.array(settlement, { minLength: 1, maxLength: 200 }), (settlements) => {
        const runs = new CustodyRuns();
        runs.cause = ReturnCause.timeout;
        let nowMs = startMs;
        const expected = settlements.map(({ party, stepMs, heldMs }) => {
          nowMs += stepMs;
          const deliveredMs = heldMs === undefined ? undefined : nowMs - heldMs;
          const by = party === undefined ? undefined : parties[party];
          runs.add(by, deliveredMs ?? 0, nowMs);
          return { settledMs: nowMs, deliveredMs, party: by?.offset ?? 0, cause: ReturnCause.timeout };
        });
        const view = written(runs);
        const end = 3 + runs.bytes;
        const read = expected.map((_, index) => custodyOf(view, 3, end, index));
        expect(read).toEqual(expected);
        expect(custodyOf(view, 3, end, expected.length)).toBeUndefined();
      }),
    );
  });

  it('takes a few bytes for many messages that one party settles together', () => {
    const runs = new CustodyRuns();
    for (let count = 0; count < 1_000; count++) runs.add(parties[0], startMs - 250, startMs);
    expect(runs).toMatchObject({ length: 1, bytes: 18 });
    runs.clear();
    expect(runs).toMatchObject({ length: 0, bytes: 8 });
  });

  it('holds for all messages of a record that are told of together', () => {
    const runs = new CustodyRuns();
    runs.coverAll(parties[3], startMs);
    const view = written(runs);
    const told = { settledMs: startMs, deliveredMs: undefined, party: parties[3]!.offset };
    for (const index of [0, 1, 1_000_000])
      expect(custodyOf(view, 3, 3 + runs.bytes, index)).toMatchObject(told);
  });

  it('is full with so many parties, but not for one of them', () => {
    const runs = new CustodyRuns();
    for (const party of parties) runs.add(party, 0, startMs);
    expect(runs.isFullFor(parties[5])).toBe(false);
    expect(runs.isFullFor(undefined)).toBe(false);
    expect(runs.isFullFor(new Party({ user: 'one more', connection: 'test' }))).toBe(true);
  });

  it('is unknown where the bytes are cut off or are none of it, and nothing beyond them is read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(100), (bytes, index) => {
        // A view that ends with the record: whatever is read beyond throws.
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        const custody = custodyOf(view, 0, bytes.length, index);
        if (bytes.length < 12) expect(custody).toBeUndefined();
        else if (custody !== undefined) expect(custody.settledMs).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 2_000 },
    );
    const runs = new CustodyRuns();
    for (let count = 0; count < 50; count++) runs.add(parties[count % 3], startMs, startMs + 70_000 * count);
    const whole = written(runs);
    for (let end = 3; end < 3 + runs.bytes; end++) expect(custodyOf(whole, 3, end, 49)).toBeUndefined();
    expect(custodyOf(whole, 3, 3 + runs.bytes, 49)).toBeDefined();
  });
});
