/** The frames of large bodies, for any pieces and any frame size: whole, as many bytes as announced, the same body. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../kernel/index.js';
import { BodyStream } from './body-stream.js';
import { ChunkPool, pieceChunkBytes } from './chunk-pool.js';
import { frameHeadBytes, frameOverheadBytes, frameTypes } from './codec/index.js';
import { bodyInPieces } from './testing/body-in-pieces.js';

const random = seededRandom(7);

/** The payloads of a row of frames, each checked. */
function payloadsOf(frames: Buffer, channel: number, frameBytesMax: number): Buffer[] {
  const payloads: Buffer[] = [];
  for (let at = 0; at < frames.length;) {
    const bytes = frames.readUInt32BE(at + 3);
    expect([frames[at], frames.readUInt16BE(at + 1)]).toEqual([frameTypes.body, channel]);
    expect(bytes + frameOverheadBytes).toBeLessThanOrEqual(frameBytesMax);
    payloads.push(frames.subarray(at + frameHeadBytes, at + frameHeadBytes + bytes));
    expect(frames[at + frameHeadBytes + bytes]).toBe(0xce);
    at += bytes + frameOverheadBytes;
  }
  return payloads;
}

describe('the frames of a large body', () => {
  const edges = [1, 4_087, 4_088, 4_089, 65_527, 65_528, 65_529, 65_536, 131_063, 131_064, 131_065, 262_144];
  const pieces = fc.array(fc.oneof(fc.constantFrom(...edges), fc.integer({ min: 1, max: 300_000 })), {
    minLength: 1,
    maxLength: 6,
  });
  const frameMax = fc.oneof(
    fc.constantFrom(4_096, 65_536, 131_072, 16_777_216),
    fc.integer({ min: 4_096, max: 200_000 }),
  );

  it('are those announced, whatever the pieces', () => {
    fc.assert(
      fc.property(pieces, frameMax, (lengths, frameBytesMax) => {
        const { body, whole, state } = bodyInPieces(random, lengths);
        const stream = new BodyStream(9, body, frameBytesMax, () => undefined);
        const made: Buffer[] = [];
        const pool = new ChunkPool();
        while (stream.leftBytes > 0) {
          const before = made.length;
          const took = stream.next(pool, (buffer, bytes) => {
            expect(buffer.length).toBeLessThanOrEqual(pieceChunkBytes);
            // Each buffer stands between frames, so that heartbeats may.
            payloadsOf(buffer.subarray(0, bytes), 9, frameBytesMax);
            made.push(Buffer.from(buffer.subarray(0, bytes)));
          });
          expect(took && made.length > before).toBe(true);
        }
        const frames = Buffer.concat(made);
        expect(frames.length).toBe(stream.bytes);
        expect(Buffer.concat(payloadsOf(frames, 9, frameBytesMax)).equals(whole)).toBe(true);
        stream.close();
        expect(state.isClosed).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('fill a buffer where a piece is as large as a client’s frame, or as gathered from small ones', () => {
    const { body } = bodyInPieces(random, [131_064, 65_528]);
    const stream = new BodyStream(1, body, 131_072, () => undefined);
    const sizes: number[][] = [];
    while (stream.leftBytes > 0)
      stream.next(new ChunkPool(), (buffer, bytes) => sizes.push([bytes, buffer.length]));
    expect(sizes).toEqual([
      [131_072, 131_072],
      [65_536, 65_536],
    ]);
  });

  it('wait for one read at a time, and say when it fails', () => {
    const { body, state } = bodyInPieces(random, [10, 20]);
    const failures: unknown[] = [];
    const stream = new BodyStream(1, body, 4_096, (error) => failures.push(error));
    const pool = new ChunkPool();
    state.atHand = 0;
    expect(stream.next(pool, () => undefined)).toBe(false);
    let loaded = 0;
    stream.load(() => loaded++);
    stream.load(() => loaded++);
    state.atHand = 1;
    // Not until it was told.
    expect(stream.next(pool, () => undefined)).toBe(false);
    expect(state.loads).toBe(1);
    state.finishLoad();
    expect(loaded).toBe(1);
    expect(stream.next(pool, () => undefined)).toBe(true);
    expect(stream.next(pool, () => undefined)).toBe(false);
    stream.load(() => loaded++);
    state.finishLoad(new Error('gone'));
    expect([loaded, failures.length]).toEqual([1, 1]);
  });
});
