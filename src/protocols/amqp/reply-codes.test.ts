/** What clients are told of failures. */
import { describe, expect, it } from 'vitest';
import { errorCodes, SluiceError } from '../../kernel/index.js';
import { ProtocolViolation, replyCodes } from './codec/index.js';
import { printable, replyFor, replyOf } from './reply-codes.js';

describe('replies', () => {
  it.each([
    ['not-found', "no queue 'x' in vhost '/'", 404, "NOT_FOUND - no queue 'x' in vhost '/'", 'channel'],
    ['access-refused', 'no', 403, 'ACCESS_REFUSED - no', 'channel'],
    ['exclusive', 'no', 405, 'RESOURCE_LOCKED - no', 'channel'],
    ['precondition-failed', 'no', 406, 'PRECONDITION_FAILED - no', 'channel'],
    ['disk-full', 'no', 506, 'RESOURCE_ERROR - no', 'connection'],
    ['protocol', 'no', 502, 'SYNTAX_ERROR - no', 'connection'],
    ['refused', 'no', 530, 'NOT_ALLOWED - no', 'connection'],
    ['not-implemented', 'no', 540, 'NOT_IMPLEMENTED - no', 'connection'],
  ] as const)('%s', (code, message, replyCode, text, scope) => {
    expect(replyFor(new SluiceError(code, message))).toEqual({ code: replyCode, text, scope });
  });

  it('take a violation’s own code', () => {
    const thrown = new ProtocolViolation(replyCodes.unexpectedFrame, 'a body');
    expect(replyFor(thrown)).toEqual({ code: 505, text: 'UNEXPECTED_FRAME - a body', scope: 'connection' });
  });

  it('say nothing of failures of our own', () => {
    const secret = 'the disk under /var/lib/secret failed';
    for (const thrown of [new TypeError(secret), new SluiceError('disk-failed', secret), secret, undefined]) {
      expect(replyFor(thrown)).toEqual({
        code: 541,
        text: 'INTERNAL_ERROR - an internal error occurred',
        scope: 'connection',
      });
    }
  });

  it('exist for every error code', () => {
    for (const code of errorCodes) {
      const { code: replyCode, scope } = replyFor(new SluiceError(code, 'x'));
      expect(scope).toBe(replyCode < 500 && replyCode !== 320 ? 'channel' : 'connection');
    }
  });

  it('fit a short string and carry no control characters, whatever a name holds', () => {
    const { text } = replyOf(replyCodes.notFound, `no queue '${'\n\u0000\u2028€'.repeat(200)}\ud800'`);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(255);
    expect(text).not.toMatch(/[\p{Cc}\p{Cs}\u2028]/u);
  });
});

describe('printable', () => {
  it('cuts and cleans', () => {
    expect(printable('a\r\nb\u001b[31m')).toBe('a??b?[31m');
    expect(printable('x'.repeat(300), 10)).toBe('xxxxxxxxx…');
  });
});
