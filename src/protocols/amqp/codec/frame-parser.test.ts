import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeMethod, FrameParser, frameTypes, heartbeatFrame, ProtocolViolation } from './index.js';
import { chunksOf, contentHeader, frame, publication, Recorder } from './testing/frames.js';

function parse(chunks: readonly Buffer[], frameMax = 4096): Recorder {
  const recorder = new Recorder();
  const parser = new FrameParser(recorder, frameMax, false);
  for (const chunk of chunks) {
    const copy = Buffer.from(chunk);
    parser.push(copy);
    // The chunk is the socket's again: what the parser keeps must be its own.
    copy.fill(0xee);
  }
  expect(parser.pendingBytes).toBe(0);
  return recorder;
}

function violation(bytes: Buffer, frameMax = 4096): ProtocolViolation {
  const codes = [Infinity, 1].map((chunkBytes) => {
    try {
      const parser = new FrameParser(new Recorder(), frameMax, false);
      for (const chunk of chunksOf(bytes, chunkBytes)) parser.push(chunk);
    } catch (error) {
      expect(error).toBeInstanceOf(ProtocolViolation);
      return error as ProtocolViolation;
    }
    throw new RangeError('nothing was thrown');
  });
  expect(codes[0]!.message).toBe(codes[1]!.message);
  return codes[0]!;
}

const sample = Buffer.concat([
  heartbeatFrame,
  publication(1, Buffer.from('hello')),
  publication(65535, Buffer.alloc(0)),
  encodeMethod(2, { name: 'tx.select' }),
  publication(3, Buffer.alloc(10_000, 7)),
  heartbeatFrame,
  publication(1, Buffer.alloc(4088, 1)),
]);

describe('the frame parser', () => {
  it('hands over whole publications, and every other frame', () => {
    const seen = parse([sample]);
    expect(seen.shortcuts).toBe(3);
    expect(seen.frames.map(([type, channel]) => [type, channel])).toEqual([
      [8, 0],
      [1, 1],
      [2, 1],
      [3, 1],
      [1, 65535],
      [2, 65535],
      [1, 2],
      [1, 3],
      [2, 3],
      [3, 3],
      [3, 3],
      [3, 3],
      [8, 0],
      [1, 1],
      [2, 1],
      [3, 1],
    ]);
  });

  it('sees the same frames byte by byte, without the shortcut', () => {
    const seen = parse(chunksOf(sample, 1));
    expect(seen.shortcuts).toBe(0);
    expect(seen.frames).toEqual(parse([sample]).frames);
  });

  it('sees the same frames however the stream is cut', () => {
    const expected = parse([sample]).frames;
    fc.assert(
      fc.property(fc.array(fc.nat(sample.length), { maxLength: 40 }), (cuts) => {
        const offsets = [0, ...cuts.toSorted((a, b) => a - b), sample.length];
        const chunks = offsets.slice(1).map((end, index) => sample.subarray(offsets[index], end));
        expect(parse(chunks).frames).toEqual(expected);
      }),
    );
    for (let cut = 0; cut <= 200; cut++) {
      expect(parse([sample.subarray(0, cut), sample.subarray(cut)]).frames).toEqual(expected);
    }
  });

  it('does not take the shortcut for what is not one whole message', () => {
    const method = publication(1, Buffer.alloc(0)).subarray(0, -23);
    const body = frame(frameTypes.body, 1, Buffer.from('hello'));
    for (const stream of [
      [method, contentHeader(2, 5), body],
      [method, contentHeader(1, 5, 50), body],
      [method, contentHeader(1, 5, 60, 1), body],
      [method, contentHeader(1, 6), body, frame(frameTypes.body, 1, Buffer.from('!'))],
      [method, contentHeader(1, 4), body],
      [method, contentHeader(1, 2 ** 53), body],
      [method, contentHeader(1, 5), frame(frameTypes.body, 2, Buffer.from('hello'))],
      [method, heartbeatFrame, contentHeader(1, 5), body],
      [method, method, contentHeader(1, 0)],
    ]) {
      const seen = parse([Buffer.concat(stream)]);
      expect(seen.frames).toHaveLength(stream.length);
      expect(seen.frames[0]![0]).toBe(1);
    }
    expect(parse([Buffer.concat([method, contentHeader(1, 5), body])]).shortcuts).toBe(1);
  });

  it('hands over bodies above its limit frame by frame', () => {
    const recorder = new Recorder();
    const parser = new FrameParser(recorder, 131_072, false);
    parser.push(publication(1, Buffer.alloc(65_536), 131_072));
    expect(recorder.shortcuts).toBe(1);
    parser.push(publication(1, Buffer.alloc(65_537), 131_072));
    expect(recorder.shortcuts).toBe(1);
    expect(recorder.frames).toHaveLength(6);
  });

  it('holds no more than twice what arrived, whatever a peer announces', () => {
    const parser = new FrameParser(new Recorder(), 2 ** 31, false);
    parser.push(Buffer.from([1, 0, 1, 0x7f, 0xff, 0xff, 0xff, 1, 2, 3]));
    expect(parser.pendingBytes).toBe(10);
    const { held } = parser as unknown as { held: { buffer: Buffer } };
    expect(held.buffer.length).toBeLessThanOrEqual(256);
  });

  it('hands large body frames over in pieces however they arrive, and holds nothing of them', () => {
    const frameMax = 200_000;
    const sizes = fc.integer({ min: 65_500, max: 200_000 });
    const chunkBytes = fc.oneof(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1_000, max: 70_000 }),
      fc.constant(65_536),
    );
    const chunks = fc.array(chunkBytes, { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(sizes, { minLength: 1, maxLength: 3 }), chunks, (bodies, cuts) => {
        const bodyFrames = bodies.map((bytes, index) => frame(3, 5, Buffer.alloc(bytes, index + 1)));
        const stream = Buffer.concat(bodyFrames.flatMap((bytes) => [bytes, heartbeatFrame]));
        const spans: [number, number][] = [];
        let held = 0;
        let index = 0;
        const parser = new FrameParser(
          {
            protocolHeader: () => undefined,
            publish: () => undefined,
            frame: (type, channel, buffer, start, end) => {
              if (type === frameTypes.heartbeat) {
                index++;
                return;
              }
              const span = buffer.subarray(start, end);
              expect([type, channel, span.every((byte) => byte === index + 1)]).toEqual([3, 5, true]);
              spans.push([index, span.length]);
            },
          },
          frameMax,
          false,
        );
        let at = 0;
        for (let turn = 0; at < stream.length; turn++) {
          const bytes = turn < cuts.length ? cuts[turn]! : stream.length;
          parser.push(Buffer.from(stream.subarray(at, at + bytes)));
          at += bytes;
          held = Math.max(held, parser.pendingBytes);
        }
        const totals = bodies.map(() => 0);
        for (const [of, bytes] of spans) totals[of] = totals[of]! + bytes;
        expect(totals).toEqual(bodies);
        expect(spans.every(([, bytes]) => bytes > 0)).toBe(true);
        // Of those just above the limit for holding, the head at most.
        if (bodies.every((bytes) => bytes > 65_528)) expect(held).toBeLessThan(8);
      }),
      { numRuns: 60 },
    );
  });

  it('finds a wrong end octet of a body frame that came in pieces', () => {
    const bytes = frame(3, 1, Buffer.alloc(100_000), 0xcd);
    for (const cut of [10, 70_000, bytes.length - 1]) {
      const parser = new FrameParser(new Recorder(), 131_072, false);
      parser.push(bytes.subarray(0, cut));
      expect(() => {
        parser.push(bytes.subarray(cut));
      }).toThrow('a frame ends with 205');
    }
  });

  it('stops in the middle of a body frame that comes in pieces', () => {
    const recorder = new Recorder();
    const parser = new FrameParser(recorder, 131_072, false);
    recorder.onFrame = () => {
      parser.stop();
    };
    const bytes = Buffer.concat([frame(3, 1, Buffer.alloc(100_000)), heartbeatFrame]);
    parser.push(bytes.subarray(0, 70_000));
    parser.push(bytes.subarray(70_000));
    expect(recorder.frames).toHaveLength(1);
  });

  it('gives the room of a straddling frame back, and never while it is looked at', () => {
    const lent = new Set<Buffer>();
    const pool = {
      take(bytes: number) {
        const buffer = Buffer.alloc(bytes);
        lent.add(buffer);
        return buffer;
      },
      give(buffer: Buffer) {
        expect(lent.delete(buffer)).toBe(true);
        buffer.fill(0xee);
      },
    };
    const recorder = new Recorder();
    const parser = new FrameParser(recorder, 131_072, false, pool);
    const bytes = publication(1, Buffer.alloc(60_000, 7), 131_072);
    let borrowed = 0;
    for (const chunk of chunksOf(Buffer.concat(Array<Buffer>(8).fill(bytes)), 9_000)) {
      parser.push(chunk);
      borrowed = Math.max(borrowed, lent.size);
    }
    expect(borrowed).toBe(1);
    expect(lent.size).toBe(0);
    expect(recorder.frames).toHaveLength(24);
    for (const [type, , payload] of recorder.frames) if (type === 3) expect(payload).toMatch(/^(07){60000}$/);
  });

  it('obeys a frame-max that its handler changes while a chunk is read', () => {
    const recorder = new Recorder();
    const parser = new FrameParser(recorder, 100, false);
    recorder.onFrame = () => (parser.frameMax = 4096);
    const big = frame(1, 1, Buffer.alloc(1000));
    parser.push(Buffer.concat([encodeMethod(0, { name: 'tx.select' }), big]));
    expect(recorder.frames).toHaveLength(2);
  });

  it('reads nothing more once it is stopped', () => {
    const recorder = new Recorder();
    const parser = new FrameParser(recorder, 4096, false);
    recorder.onFrame = () => {
      parser.stop();
    };
    parser.push(sample);
    parser.push(sample);
    expect(recorder.frames).toHaveLength(1);
    expect(parser.pendingBytes).toBe(0);
  });

  it('is stopped by an error of its handler', () => {
    const recorder = new Recorder();
    const parser = new FrameParser(recorder, 4096, false);
    recorder.onFrame = () => {
      throw new RangeError('of the handler');
    };
    expect(() => {
      parser.push(sample);
    }).toThrow('of the handler');
    parser.push(sample);
    expect(recorder.frames).toHaveLength(1);
  });
});

describe('frames that break the protocol', () => {
  it.each([
    ['a wrong end octet', frame(1, 1, Buffer.from('abcd'), 0xcd), 501],
    [
      'a wrong end octet of a body',
      Buffer.concat([sample.subarray(0, 8), frame(3, 1, Buffer.from('a'), 0)]),
      501,
    ],
    ['an unknown type', frame(4, 1, Buffer.from('abcd')), 501],
    ['type 0', frame(0, 0, Buffer.alloc(0)), 501],
    ['a payload over the maximum', frame(1, 1, Buffer.alloc(4097)), 501],
    ['a size with its high bit set', Buffer.from([1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0]), 501],
    ['a heartbeat on a channel', frame(8, 1, Buffer.alloc(0)), 501],
    ['a heartbeat with a payload', frame(8, 0, Buffer.alloc(1)), 501],
    ['a header on channel 0', frame(2, 0, Buffer.alloc(14)), 504],
    ['a body on channel 0', frame(3, 0, Buffer.alloc(1)), 504],
  ])('%s', (_what, bytes, code) => {
    const thrown = violation(bytes);
    expect([thrown.replyCode, thrown.scope]).toEqual([code, 'connection']);
  });

  it('a malformed basic.publish in the shortcut is a 502 of its method', () => {
    const bytes = publication(1, Buffer.from('hello'));
    bytes[13] = 200;
    let thrown: unknown;
    try {
      parse([bytes]);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ replyCode: 502, classId: 60, methodId: 40 });
  });

  it('an oversized frame is refused as soon as its head has arrived', () => {
    const parser = new FrameParser(new Recorder(), 8192, false);
    parser.push(Buffer.from([1, 0, 0, 0, 0, 0x20]));
    expect(() => {
      parser.push(Buffer.from([1]));
    }).toThrow(ProtocolViolation);
  });
});
