/** Large bodies in pieces: whatever the frames, the pieces are few and hold the same bytes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChunkReference } from '../../broker/index.js';
import { ChunkPool } from './chunk-pool.js';
import { PublishView } from './codec/index.js';
import { StreamedBody } from './streamed-body.js';

function started(mandatory = false) {
  const pieces: Buffer[] = [];
  const released: ChunkReference[] = [];
  const store = {
    appendChunk(buffer: Buffer, start: number, end: number): ChunkReference {
      pieces.push(Buffer.from(buffer.subarray(start, end)));
      return { segment: 0, offset: pieces.length, length: end - start };
    },
    releaseChunks: (chunks: readonly ChunkReference[]) => released.push(...chunks),
  };
  const view = new PublishView();
  view.mandatory = mandatory;
  return { pieces, released, body: new StreamedBody(view, store, new ChunkPool()) };
}

describe('a streamed body', () => {
  it('keeps its bytes and makes few pieces of any frames', () => {
    const frame = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 131_064 }));
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 30 }), fc.boolean(), (frames, mandatory) => {
        const { pieces, body } = started(mandatory);
        const sent = frames.map((bytes, index) => Buffer.alloc(bytes, index));
        for (const bytes of sent) body.add(bytes, 0, bytes.length);
        const chunks = body.finish();
        const whole = Buffer.concat(sent);
        expect(Buffer.concat(pieces).equals(whole)).toBe(true);
        expect(chunks.reduce((sum, { length }) => sum + length, 0)).toBe(whole.length);
        expect(chunks.length).toBeLessThanOrEqual(1 + whole.length / 32_768);
        if (mandatory) expect(body.keptBody.equals(whole)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('in frames of one byte makes no record of each', () => {
    const { pieces, body } = started();
    const one = Buffer.from('x');
    for (let count = 0; count < 200_000; count++) body.add(one, 0, 1);
    body.finish();
    expect(pieces).toHaveLength(4);
  });

  it('gives its pieces up when it is abandoned', () => {
    const { pieces, released, body } = started();
    const bytes = Buffer.alloc(100_000);
    body.add(bytes, 0, bytes.length);
    body.add(bytes, 0, bytes.length);
    body.discard();
    expect(released).toHaveLength(pieces.length);
    body.discard();
    expect(released).toHaveLength(pieces.length);
  });
});
