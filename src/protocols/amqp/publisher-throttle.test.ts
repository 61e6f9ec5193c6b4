import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../kernel/index.js';
import { ThrottleBook } from './publisher-throttle.js';
import { publishBytes } from './testing/test-client.js';
import { startTestServer } from './testing/test-server.js';

const origin = { connection: 'c1', user: 'ana', vhost: '/', exchange: 'orders' };

describe('limits on publishers', () => {
  it('let so many through a second, whoever of those concerned sends them', () => {
    const clock = new FakeClock();
    const book = new ThrottleBook(clock);
    book.set({ name: 'one', target: { user: 'ana' }, perSecond: 10 });
    expect(book.take(origin)).toBe(100);
    expect(book.take({ ...origin, connection: 'c2' })).toBe(200);
    clock.advance(1_000);
    expect(book.take(origin)).toBe(0);
    expect(book.take(origin)).toBe(100);
  });

  it('concern those alone who agree in all that is given', () => {
    const book = new ThrottleBook(new FakeClock());
    book.set({ name: 'one', target: { user: 'ana', exchange: 'orders', vhost: '/' }, perSecond: 1 });
    expect(book.take({ ...origin, user: 'ben' })).toBe(0);
    expect(book.take({ ...origin, exchange: '' })).toBe(0);
    expect(book.take({ ...origin, vhost: 'other' })).toBe(0);
    expect(book.take(origin)).toBe(1_000);
  });

  it('are refused where they concern everybody or nothing can pass', () => {
    const book = new ThrottleBook(new FakeClock());
    expect(() => {
      book.set({ name: 'one', target: {}, perSecond: 1 });
    }).toThrow('names a connection');
    for (const perSecond of [0, -1, Number.NaN, Infinity])
      expect(() => {
        book.set({ name: 'one', target: { user: 'ana' }, perSecond });
      }).toThrow('a rate is');
  });

  it('stop the reading of a connection, which shows it, until they are lifted', async () => {
    const test = await startTestServer();
    const client = await test.open();
    await client.channel();
    await client.queue('q');
    client.send(1, { name: 'confirm.select', noWait: false });
    await client.next('confirm.select-ok');
    const limit = { name: 'one', target: { user: 'guest' }, perSecond: 0.001 };
    test.server.throttles.set(limit);
    expect(test.server.throttles.list()).toEqual([limit]);
    const message = publishBytes({ exchange: '', routingKey: 'q', body: Buffer.from('a') });
    client.socket.write(message);
    await client.next('basic.ack');
    expect(test.server.connections()[0]!.state).toBe('throttled');
    client.socket.write(message);
    expect(test.server.throttles.lift('one')).toBe(true);
    await client.next('basic.ack');
    expect(test.server.connections()[0]!.state).toBe('running');
    expect(test.server.throttles.lift('one')).toBe(false);
    await test.stop();
  });
});
