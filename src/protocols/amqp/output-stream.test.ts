/** Large bodies in the output: in their place, a little at a time, and never early. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../kernel/index.js';
import { BodyStream } from './body-stream.js';
import { frameHeadBytes, frameOverheadBytes } from './codec/index.js';
import { Output } from './output.js';
import { bodyInPieces, type BodyInPieces } from './testing/body-in-pieces.js';
import { CountingPool, SinkDouble } from './testing/output-doubles.js';

/** The window, the piece that was begun below it, and what it takes to hand over. */
const bufferedBytesMax = 256 * 1024 + 131_072;

function started() {
  const pool = new CountingPool();
  const sink = new SinkDouble();
  const random = seededRandom(2);
  const output = new Output(pool, sink, () => undefined);
  const failures: unknown[] = [];
  const append = (bytes: Buffer, sequence = 0, durable = 0): void => {
    const at = output.reserve(bytes.length);
    bytes.copy(output.buffer, at);
    output.commit(at + bytes.length, sequence, durable);
  };
  const appendBody = (lengths: readonly number[]): BodyInPieces => {
    const made = bodyInPieces(random, lengths);
    output.appendStream(new BodyStream(1, made.body, 131_072, (error) => failures.push(error)));
    return made;
  };
  return { pool, sink, output, append, appendBody, failures };
}

/** Each piece in one frame. */
function framesOf({ whole, body }: BodyInPieces): Buffer {
  const frames: Buffer[] = [];
  let from = 0;
  for (const { length } of body.pieces) {
    const frame = Buffer.alloc(length + frameOverheadBytes);
    frame[0] = 3;
    frame.writeUInt16BE(1, 1);
    frame.writeUInt32BE(length, 3);
    whole.copy(frame, frameHeadBytes, from, from + length);
    frame[frame.length - 1] = 0xce;
    frames.push(frame);
    from += length;
  }
  return Buffer.concat(frames);
}

describe('a body in the output', () => {
  it('is made no faster than the socket takes it', () => {
    const { pool, sink, output, append, appendBody } = started();
    append(Buffer.from('before'));
    const body = appendBody(Array.from({ length: 64 }, () => 131_064));
    append(Buffer.from('behind'));
    for (let turn = 0; output.unsentBytes > 0; turn++) {
      output.flush(0);
      expect(output.bufferedBytes).toBeLessThanOrEqual(bufferedBytesMax);
      // Flushing again makes nothing more.
      expect(output.flush(0)).toBe(false);
      expect(turn).toBeLessThan(100);
      sink.complete(2);
    }
    const sent = Buffer.concat([Buffer.from('before'), framesOf(body), Buffer.from('behind')]);
    expect(sink.received.equals(sent)).toBe(true);
    expect(output.streaming).toBe(false);
    expect(body.state.isClosed).toBe(true);
    expect(pool.out.size).toBe(0);
  });

  it('waits for its sequence, unread', () => {
    const { sink, output, append, appendBody } = started();
    append(Buffer.from('held'), 5, 0);
    const body = appendBody([100]);
    output.flush(4);
    expect([body.state.taken, sink.writes]).toEqual([0, 0]);
    output.flush(5);
    sink.complete();
    expect(sink.received.length).toBe(4 + 108);
  });

  it('sends a loaded piece at once, and lets heartbeats stand between its frames', () => {
    const { sink, output, appendBody } = started();
    const body = appendBody([10, 20]);
    body.state.atHand = 1;
    output.flush(0);
    output.overtake(Buffer.from('beat'));
    output.flush(0);
    expect(body.state.loads).toBe(1);
    body.state.finishLoad();
    sink.complete();
    const frames = framesOf(body);
    const sent = Buffer.concat([frames.subarray(0, 18), Buffer.from('beat'), frames.subarray(18)]);
    expect(sink.received.equals(sent)).toBe(true);
  });

  it('that breaks off takes all behind it along, and nothing half comes before what follows', () => {
    const { pool, sink, output, append, appendBody, failures } = started();
    const body = appendBody([10, 20]);
    append(Buffer.from('behind'), 9, 0);
    const other = appendBody([30]);
    body.state.atHand = 1;
    output.flush(0);
    body.state.finishLoad(new Error('unreadable'));
    expect(failures).toHaveLength(1);
    output.abandon();
    append(Buffer.from('close'));
    output.flush(0);
    sink.complete();
    expect(sink.received.equals(Buffer.concat([framesOf(body).subarray(0, 18), Buffer.from('close')]))).toBe(
      true,
    );
    expect([body.state.isClosed, other.state.isClosed, output.unsentBytes]).toEqual([true, true, 0]);
    expect(pool.out.size).toBe(0);
  });

  it('is given up with its connection, also while a piece is being read', () => {
    const { pool, sink, output, appendBody } = started();
    const body = appendBody([200_000, 20]);
    body.state.atHand = 1;
    output.flush(0);
    expect(body.state.isLoading).toBe(true);
    output.drop();
    expect(body.state.isClosed).toBe(true);
    body.state.finishLoad();
    sink.complete();
    expect([pool.out.size, output.unsentBytes]).toEqual([0, 0]);
  });
});

type Step =
  | { readonly kind: 'append'; readonly bytes: number; readonly ahead: number }
  | { readonly kind: 'body'; readonly lengths: readonly number[]; readonly atHand: number }
  | { readonly kind: 'durable'; readonly by: number }
  | { readonly kind: 'flush' }
  | { readonly kind: 'load' }
  | { readonly kind: 'complete'; readonly count: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('append' as const),
    bytes: fc.integer({ min: 1, max: 5_000 }),
    ahead: fc.integer({ min: 0, max: 3 }),
  }),
  fc.record({
    kind: fc.constant('body' as const),
    lengths: fc.array(fc.integer({ min: 1, max: 131_064 }), { minLength: 1, maxLength: 6 }),
    atHand: fc.integer({ min: 0, max: 8 }),
  }),
  fc.record({ kind: fc.constant('durable' as const), by: fc.integer({ min: 0, max: 4 }) }),
  fc.constant({ kind: 'flush' as const }),
  fc.constant({ kind: 'load' as const }),
  fc.record({ kind: fc.constant('complete' as const), count: fc.integer({ min: 1, max: 4 }) }),
);

describe('any life with bodies', () => {
  it('sends every byte in order, and holds few of them', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const { pool, sink, output, append, appendBody } = started();
        const model: Buffer[] = [];
        const bodies: BodyInPieces[] = [];
        let durable = 0;
        let plainBytes = 0;
        const finishLoad = (): void => bodies.find(({ state }) => state.isLoading)?.state.finishLoad();
        for (const now of steps) {
          if (now.kind === 'append') {
            const bytes = Buffer.alloc(now.bytes, model.length & 0x7f);
            append(bytes, now.ahead === 0 ? 0 : durable + now.ahead - 1, durable);
            model.push(bytes);
            plainBytes += bytes.length;
          } else if (now.kind === 'body') {
            const body = appendBody(now.lengths);
            body.state.atHand = now.atHand;
            bodies.push(body);
            model.push(framesOf(body));
          } else if (now.kind === 'durable') durable += now.by;
          else if (now.kind === 'flush') output.flush(durable);
          else if (now.kind === 'load') finishLoad();
          else sink.complete(now.count);
          expect(output.bufferedBytes).toBeLessThanOrEqual(bufferedBytesMax + plainBytes);
          expect(sink.corks).toBe(0);
        }
        for (let turn = 0; output.unsentBytes > 0 && turn < 1_000; turn++) {
          output.flush(durable + 10);
          finishLoad();
          sink.complete();
        }
        expect(sink.received.equals(Buffer.concat(model))).toBe(true);
        expect(pool.out.size).toBe(0);
        expect(bodies.every(({ state }) => state.isClosed)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
