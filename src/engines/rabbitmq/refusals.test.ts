import { IllegalOperationError } from 'amqplib';
import { describe, expect, it } from 'vitest';
import { connectionRefusalOf, isLostConnection, refusalOf } from './refusals.js';

const coded = (message: string, code: number | string): Error => Object.assign(new Error(message), { code });

describe('what a server refuses', () => {
  it.each([
    [403, 'ACCESS_REFUSED - no', 'access-refused'],
    [404, "NOT_FOUND - no queue 'q'", 'not-found'],
    [405, 'RESOURCE_LOCKED - exclusive', 'exclusive'],
    [406, "PRECONDITION_FAILED - inequivalent arg 'durable'", 'precondition-failed'],
    [406, "PRECONDITION_FAILED - queue 'q' in vhost '/' in use", 'in-use'],
    [406, "PRECONDITION_FAILED - queue 'q' in vhost '/' is not empty", 'not-empty'],
    [540, 'NOT_IMPLEMENTED - no', 'not-implemented'],
    [599, 'WHATEVER', 'refused'],
  ])('%d %s is %s, with its text', (replyCode, text, code) => {
    const error = coded(`Channel closed by server: ${replyCode} (X) with message "${text}"`, replyCode);
    expect(refusalOf(error)).toMatchObject({ code, message: text, details: { replyCode } });
    expect(isLostConnection(error)).toBe(false);
  });

  it('is told from a lost connection, which may be tried again', () => {
    const lost = [
      coded('Connection closed: 320 (CONNECTION-FORCED) with message "CONNECTION_FORCED - bye"', 320),
      new IllegalOperationError('Connection closed (Error: Connection closed: 320 (CONNECTION-FORCED))'),
      new Error('Channel ended, no reply will be forthcoming'),
      new Error('channel closed'),
      new Error('Unexpected close'),
      new Error('Heartbeat timeout'),
    ];
    for (const error of lost) expect(isLostConnection(error), error.message).toBe(true);
    expect(refusalOf(new Error('Unexpected close'))).toMatchObject({
      code: 'connection-failed',
      retryable: true,
    });
  });

  it('is bad input where it could not be encoded', () => {
    expect(refusalOf(new RangeError('too long'))).toMatchObject({ code: 'bad-input', retryable: false });
  });
});

describe('a connection that cannot be opened', () => {
  it('says why without the address, which may hold a password', () => {
    const refused = connectionRefusalOf(coded('connect ECONNREFUSED amqp://u:secret@h', 'ECONNREFUSED'));
    expect(refused).toMatchObject({
      code: 'connection-failed',
      retryable: true,
      details: { code: 'ECONNREFUSED' },
    });
    expect(refused.message).not.toContain('secret');
  });

  it('says what the server refused', () => {
    const text = 'ACCESS_REFUSED - Login was refused';
    const error = new Error(`Handshake terminated by server: 403 (ACCESS-REFUSED) with message "${text}"`);
    expect(connectionRefusalOf(error)).toMatchObject({ code: 'access-refused', message: text });
    const noHost =
      'Handshake terminated by server: 530 (NOT-ALLOWED) with message "NOT_ALLOWED - vhost x not found"';
    expect(connectionRefusalOf(new Error(noHost))).toMatchObject({ code: 'not-found' });
  });
});
