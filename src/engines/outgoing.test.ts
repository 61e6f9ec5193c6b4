import { describe, expect, it } from 'vitest';
import { engineMessage, type Sendable } from './outgoing.js';

const nowMs = 1_000_000;
const made = (given: Sendable): unknown => engineMessage(given, nowMs);

describe('what programs send', () => {
  it('makes bytes, text and JSON of plain values', () => {
    const bytes = Buffer.from('b');
    expect(made(bytes)).toEqual({ body: bytes });
    expect(made(new Uint8Array([1, 2]))).toEqual({ body: Buffer.from([1, 2]) });
    expect(made('t')).toEqual({ body: Buffer.from('t'), contentType: 'text/plain' });
    expect(made([1])).toEqual({ body: Buffer.from('[1]'), contentType: 'application/json' });
    expect(made({ a: 1 })).toEqual({ body: Buffer.from('{"a":1}'), contentType: 'application/json' });
  });

  it('reads an envelope, whose own content type wins', () => {
    expect(made({ body: { body: 1 }, contentType: 'x/y', priority: 0 })).toEqual({
      body: Buffer.from('{"body":1}'),
      contentType: 'x/y',
      priority: 0,
    });
  });

  it('makes moments of durations: a deadline counts from the release', () => {
    expect(
      made({ body: '', delay: '2s', deadline: '500ms', expiration: '1m', period: 10, cost: 3 }),
    ).toMatchObject({
      delayMs: 2_000,
      deadlineMs: nowMs + 2_500,
      expirationMs: 60_000,
      periodMs: 10,
      costMs: 3,
    });
    expect(made({ body: '', delay: new Date(nowMs + 5), deadline: new Date(7) })).toMatchObject({
      delayMs: 5,
      deadlineMs: 7,
    });
  });

  it('leaves out a delay that has passed', () => {
    expect(made({ body: Buffer.alloc(0), delay: 0 })).toEqual({ body: Buffer.alloc(0) });
    expect(made({ body: Buffer.alloc(0), delay: new Date(0) })).toEqual({ body: Buffer.alloc(0) });
  });

  it.each([
    ['a function', () => 1],
    ['nothing', undefined],
    ['a bigint', 1n],
    ['an unknown property', { body: 1, prority: 2 }],
    ['a delay over 49 days', { body: 1, delay: '50d' }],
    ['a negative delay', { body: 1, delay: -1 }],
    ['a half priority', { body: 1, priority: 0.5 }],
    ['a long text', { body: 1, type: 'é'.repeat(128) }],
  ])('refuses %s', (_, given) => {
    expect(() => made(given as Sendable)).toThrow(expect.objectContaining({ code: 'bad-input' }));
  });
});
