import { describe, expect, it } from 'vitest';
import { FrameParser, heartbeatFrame, ProtocolHeaderMismatch, protocolHeader } from './index.js';
import { chunksOf, Recorder } from './testing/frames.js';

describe('the protocol header', () => {
  it('is recognised in any chunking, also with frames behind it', () => {
    for (const size of [1, 3, 8, 100]) {
      const recorder = new Recorder();
      const parser = new FrameParser(recorder, 4096);
      for (const chunk of chunksOf(Buffer.concat([protocolHeader, heartbeatFrame]), size)) parser.push(chunk);
      expect([recorder.headers, recorder.frames.length]).toEqual([1, 1]);
    }
  });

  it.each([
    ['AMQP\x01\x01\x08\x00', 'amqp-0-8'],
    ['AMQP\x01\x01\x00\x09', 'amqp-0-9'],
    ['AMQP\x00\x00\x09\x00', 'amqp-0-9'],
    ['AMQP\x01\x01\x00\x0a', 'amqp-0-10'],
    ['AMQP\x00\x01\x00\x00', 'amqp-1-0'],
    ['AMQP\x03\x01\x00\x00', 'amqp-sasl'],
    ['AMQP\x09\x09\x09\x09', 'amqp'],
    ['GET / HTTP/1.1\r\n', 'http'],
    ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc', 'tls'],
    ['hello, world', 'unknown'],
  ])('%j is %s', (text, seen) => {
    const parser = new FrameParser(new Recorder(), 4096);
    let thrown: unknown;
    try {
      parser.push(Buffer.from(text, 'latin1'));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ProtocolHeaderMismatch);
    expect((thrown as ProtocolHeaderMismatch).seen).toBe(seen);
  });

  it('is refused at its first wrong octet', () => {
    const parser = new FrameParser(new Recorder(), 4096);
    parser.push(Buffer.from('AMQP'));
    parser.push(Buffer.from([0]));
    expect(() => {
      parser.push(Buffer.from([1]));
    }).toThrow(ProtocolHeaderMismatch);
    expect(() => {
      parser.push(protocolHeader);
    }).not.toThrow();
  });
});
