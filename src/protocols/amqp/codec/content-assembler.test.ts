import { describe, expect, it } from 'vitest';
import { encodeProperties } from '../../../broker/content/index.js';
import {
  ContentAssembler,
  encodeMethod,
  frameHeadBytes,
  ProtocolViolation,
  PublishView,
  type ContentStep,
} from './index.js';

const limits = { streamAboveBytes: 100, messageBytesMax: 1000 };
const properties = encodeProperties({ contentType: 'text/plain', deliveryMode: 2 });

/** An assembler fed from scratch buffers that are overwritten after each call, as a socket's are. */
class Feed {
  readonly view = new PublishView();
  readonly assembler = new ContentAssembler(limits, this.view);

  method(routingKey = 'key'): void {
    const frame = encodeMethod(1, {
      name: 'basic.publish',
      exchange: 'orders',
      routingKey,
      mandatory: true,
      immediate: false,
    });
    this.assembler.publish(frame, frameHeadBytes, frame.length - 1);
    frame.fill(0xee);
  }

  header(bodyBytes: number, classId = 60, weight = 0): ContentStep {
    const head = Buffer.alloc(12);
    head.writeUInt16BE(classId, 0);
    head.writeUInt16BE(weight, 2);
    head.writeBigUInt64BE(BigInt(bodyBytes), 4);
    const payload = Buffer.concat([Buffer.alloc(3), head, properties]);
    const step = this.assembler.header(payload, 3, payload.length);
    payload.fill(0xee);
    return step;
  }

  body(text: string): ContentStep {
    const payload = Buffer.from(`..${text}..`);
    return this.assembler.body(payload, 2, payload.length - 2);
  }

  /** What the view shows. */
  seen(): Record<string, unknown> {
    const { buffer, bodyBuffer } = this.view;
    return {
      exchange: buffer.toString('utf8', this.view.exchangeStart, this.view.exchangeEnd),
      routingKey: buffer.toString('utf8', this.view.routingKeyStart, this.view.routingKeyEnd),
      mandatory: this.view.mandatory,
      properties: buffer.subarray(this.view.propertiesStart, this.view.propertiesEnd),
      bodyBytes: this.view.bodyBytes,
      body: bodyBuffer.toString('utf8', this.view.bodyStart, this.view.bodyEnd),
    };
  }
}

const expected = { exchange: 'orders', routingKey: 'key', mandatory: true, properties };

function violation(act: () => unknown): number {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolViolation);
    return (error as ProtocolViolation).replyCode;
  }
  throw new RangeError('nothing was thrown');
}

describe('the content assembler', () => {
  it('puts one body frame together with what came before', () => {
    const feed = new Feed();
    feed.method();
    expect(feed.header(5)).toBe('more');
    expect(feed.assembler.isIdle).toBe(false);
    expect(feed.body('hello')).toBe('message');
    expect(feed.seen()).toEqual({ ...expected, bodyBytes: 5, body: 'hello' });
    expect(feed.assembler.isIdle).toBe(true);
  });

  it('needs no body frame for an empty body', () => {
    const feed = new Feed();
    feed.method();
    expect(feed.header(0)).toBe('message');
    expect(feed.seen()).toEqual({ ...expected, bodyBytes: 0, body: '' });
  });

  it('gathers several body frames, empty ones too', () => {
    const feed = new Feed();
    feed.method();
    feed.header(11);
    expect(['hel', '', 'lo ', 'wor'].map((part) => feed.body(part))).toEqual([
      'more',
      'more',
      'more',
      'more',
    ]);
    expect(feed.body('ld')).toBe('message');
    expect(feed.seen()).toEqual({ ...expected, bodyBytes: 11, body: 'hello world' });
  });

  it('keeps the contents of two channels apart that share a view', () => {
    const first = new Feed();
    const second = new ContentAssembler(limits, first.view);
    first.method('first');
    first.header(10);
    first.body('01234');
    const frame = encodeMethod(2, {
      name: 'basic.publish',
      exchange: '',
      routingKey: 'second',
      mandatory: false,
      immediate: false,
    });
    second.publish(frame, frameHeadBytes, frame.length - 1);
    expect(first.body('56789')).toBe('message');
    expect(first.seen()).toMatchObject({ routingKey: 'first', body: '0123456789' });
  });

  it('streams a large body and keeps none of it', () => {
    const feed = new Feed();
    feed.method();
    expect(feed.header(101)).toBe('stream');
    expect(feed.seen()).toEqual({ ...expected, bodyBytes: 101, body: '' });
    expect(feed.body('x'.repeat(60))).toBe('part');
    expect(feed.body('x'.repeat(41))).toBe('end');
    expect(feed.assembler.isIdle).toBe(true);
    expect((feed.assembler as unknown as { gathered: Buffer }).gathered.length).toBe(0);
  });

  it('allocates for a body what arrived, not what was declared', () => {
    const feed = new Feed();
    feed.method();
    feed.header(100);
    feed.body('abc');
    expect((feed.assembler as unknown as { gathered: Buffer }).gathered.length).toBe(6);
  });

  it('refuses a body over the limit, and is ready again', () => {
    const feed = new Feed();
    feed.method();
    expect(feed.header(1001)).toBe('too-large');
    feed.method();
    expect(feed.header(2 ** 63)).toBe('too-large');
    feed.method();
    expect(feed.header(1000)).toBe('stream');
  });

  it('forgets a content that is discarded', () => {
    const feed = new Feed();
    feed.method();
    feed.header(10);
    feed.assembler.discard();
    expect(violation(() => feed.body('x'))).toBe(505);
    feed.method();
    expect(feed.header(0)).toBe('message');
  });
});

describe('contents that break the protocol', () => {
  it('a header without a method is a 505', () => {
    expect(violation(() => new Feed().header(1))).toBe(505);
  });

  it('a body without a method, or without a header, is a 505', () => {
    const feed = new Feed();
    expect(violation(() => feed.body('x'))).toBe(505);
    feed.method();
    expect(violation(() => feed.body('x'))).toBe(505);
  });

  it('a method in the middle of a content is a 505', () => {
    const feed = new Feed();
    feed.method();
    expect(
      violation(() => {
        feed.method();
      }),
    ).toBe(505);
    feed.header(5);
    expect(
      violation(() => {
        feed.assembler.requireIdle();
      }),
    ).toBe(505);
  });

  it('a second header is a 505', () => {
    const feed = new Feed();
    feed.method();
    feed.header(5);
    expect(violation(() => feed.header(5))).toBe(505);
  });

  it('a header of another class, or with a weight, is a 505', () => {
    for (const [classId, weight] of [
      [50, 0],
      [60, 1],
    ]) {
      const feed = new Feed();
      feed.method();
      expect(violation(() => feed.header(1, classId, weight))).toBe(505);
    }
  });

  it('a truncated header is a 502', () => {
    const feed = new Feed();
    feed.method();
    expect(violation(() => feed.assembler.header(Buffer.alloc(13), 0, 13))).toBe(502);
  });

  it.each([5, 200])('a body that exceeds its declared %d bytes is a 501', (declared) => {
    const feed = new Feed();
    feed.method();
    feed.header(declared);
    expect(violation(() => feed.body('x'.repeat(declared + 1)))).toBe(501);
    const parts = new Feed();
    parts.method();
    parts.header(declared);
    parts.body('x'.repeat(declared - 1));
    expect(violation(() => parts.body('xx'))).toBe(501);
  });

  it('a malformed method is a 502', () => {
    expect(
      violation(() => {
        new Feed().assembler.publish(Buffer.alloc(8), 0, 8);
      }),
    ).toBe(502);
  });
});
