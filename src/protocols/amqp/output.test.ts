/** The held output against a plain model: what leaves, when, in what order, and that buffers come back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largeChunkBytes, smallChunkBytes } from './chunk-pool.js';
import { Output } from './output.js';
import { CountingPool, SinkDouble } from './testing/output-doubles.js';

function started() {
  const pool = new CountingPool();
  const sink = new SinkDouble();
  const output = new Output(pool, sink, () => undefined);
  const append = (bytes: Buffer, sequence = 0, durable = 0): void => {
    const at = output.reserve(bytes.length);
    bytes.copy(output.buffer, at);
    output.commit(at + bytes.length, sequence, durable);
  };
  return { pool, sink, output, append };
}

describe('the watermark', () => {
  it('holds what waits for a sequence, and all behind it', () => {
    const { sink, output, append } = started();
    append(Buffer.from('a'));
    append(Buffer.from('b'), 5, 3);
    append(Buffer.from('c'));
    output.flush(3);
    sink.complete();
    expect(sink.received.toString()).toBe('a');
    expect(output.holding).toBe(true);
    expect(output.heldSequence).toBe(5);
    output.flush(4);
    expect(sink.writes).toBe(0);
    expect(output.flush(5)).toBe(true);
    sink.complete();
    expect(sink.received.toString()).toBe('abc');
    expect(output.holding).toBe(false);
    expect(output.heldSequence).toBe(0);
  });

  it('holds nothing for a sequence that is durable', () => {
    const { sink, output, append } = started();
    append(Buffer.from('a'), 7, 7);
    output.flush(0);
    sink.complete();
    expect(sink.received.toString()).toBe('a');
  });

  it('lets what overtakes stand between frames', () => {
    const { sink, output, append } = started();
    append(Buffer.from('first'));
    append(Buffer.from('held'), 9, 0);
    output.flush(0);
    output.overtake(Buffer.from('|beat|'));
    output.flush(9);
    sink.complete();
    expect(sink.received.toString()).toBe('first|beat|held');
  });
});

describe('memory', () => {
  it('keeps no buffer while there is nothing to send', () => {
    const { pool, sink, output, append } = started();
    append(Buffer.from('small'));
    expect([...pool.out].map(({ length }) => length)).toEqual([smallChunkBytes]);
    output.flush(0);
    sink.complete();
    expect(pool.out.size).toBe(0);
  });

  it('makes a buffer to measure for what is larger than any, and does not keep it', () => {
    const { pool, sink, output, append } = started();
    append(Buffer.alloc(3 * largeChunkBytes, 1));
    output.flush(0);
    sink.complete();
    expect(pool.out.size).toBe(0);
    expect(pool.take(3 * largeChunkBytes)).not.toBe(undefined);
    expect(sink.received.length).toBe(3 * largeChunkBytes);
  });

  it('gives back what it held when the connection is gone, and survives late completions', () => {
    const { pool, sink, output, append } = started();
    append(Buffer.alloc(100_000, 1));
    output.flush(0);
    append(Buffer.from('held'), 5, 0);
    output.drop();
    expect(output.unsentBytes).toBe(0);
    sink.complete();
    expect(pool.out.size).toBe(0);
  });

  it('gives back a chunk that was reserved and not written', () => {
    const { pool, sink, output, append } = started();
    output.reserve(10);
    append(Buffer.alloc(10_000, 1));
    expect(pool.out.size).toBe(1);
    output.flush(0);
    sink.complete();
    expect(pool.out.size).toBe(0);
  });
});

type Step =
  | { readonly kind: 'append'; readonly bytes: number; readonly ahead: number }
  | { readonly kind: 'durable'; readonly by: number }
  | { readonly kind: 'flush' }
  | { readonly kind: 'complete'; readonly count: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('append' as const),
    bytes: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 150_000 })),
    // How far beyond the last record the release lies; 0: nothing to wait for.
    ahead: fc.integer({ min: 0, max: 3 }),
  }),
  fc.record({ kind: fc.constant('durable' as const), by: fc.integer({ min: 0, max: 4 }) }),
  fc.record({ kind: fc.constant('flush' as const) }),
  fc.record({ kind: fc.constant('complete' as const), count: fc.integer({ min: 1, max: 3 }) }),
);

describe('any life', () => {
  it('sends every byte in order, none early, and none late', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { pool, sink, output, append } = started();
        let durable = 0;
        let value = 0;
        let total = 0;
        // The model: all bytes so far, and for each append where it starts and what it waits for.
        const model: Buffer[] = [];
        const waits: { readonly start: number; readonly sequence: number }[] = [];
        const released = (): number =>
          Math.min(total, ...waits.filter(({ sequence }) => sequence > durable).map(({ start }) => start));
        let flushed = 0;
        for (const now of steps) {
          if (now.kind === 'append') {
            const bytes = Buffer.alloc(now.bytes, value++ & 0x7f);
            const sequence = now.ahead === 0 ? 0 : durable + now.ahead - 1;
            waits.push({ start: total, sequence });
            append(bytes, sequence, durable);
            model.push(bytes);
            total += bytes.length;
          } else if (now.kind === 'durable') {
            durable += now.by;
          } else if (now.kind === 'flush') {
            output.flush(durable);
            flushed = released();
          } else {
            sink.complete(now.count);
          }
          expect(sink.received.length).toBeLessThanOrEqual(flushed);
          expect(output.unsentBytes).toBe(total - sink.received.length);
          expect(sink.corks).toBe(0);
        }
        durable += 10;
        output.flush(durable);
        sink.complete();
        expect(sink.received.equals(Buffer.concat(model))).toBe(true);
        expect(pool.out.size).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
