/**
 * Messages of a real RabbitMQ and of a second Sluice server beside a server, searched by header, property, key and body:
 * what is found is shown, what was taken is back in its order, and what was not looked at is said.
 */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorkplace, type Workplace } from '../cli/sluice.js';
import type { BrokerServer } from '../support/server.mjs';
import { besideAddress, upBeside, type Asked, type BesideServer, besideKinds, portsOf } from './beside.js';

const waiting = { timeout: 30_000, interval: 200 };
const manyMessages = 1_010;

describe.each(besideKinds)('%s beside a server', (_, isSkipped, start) => {
  describe.skipIf(isSkipped)('has its messages searched', () => {
    let place: Workplace;
    let other: BrokerServer;
    let server: BesideServer;
    const base = '/v1/engines/other/queues/%2F';
    const search = (query: Readonly<Record<string, string>>, queue = 'orders'): Promise<Asked> =>
      server.ask('GET', `${base}/${queue}/messages/search?${new URLSearchParams(query).toString()}`);
    const keys = async (query: Readonly<Record<string, string>>): Promise<unknown[]> =>
      (await search(query)).json.items.map(({ position }) => position);

    beforeAll(async () => {
      place = await makeWorkplace();
      other = await start();
      ({ server } = await upBeside(place, { other: besideAddress(portsOf(other)) }));
      const { connect } = await import('amqplib');
      const connection = await connect(other.url);
      const channel = await connection.createConfirmChannel();
      await channel.assertQueue('orders', { arguments: { 'x-max-length': 100_000 } });
      await channel.assertQueue('many');
      await channel.bindQueue('orders', 'amq.topic', 'order.#');
      const headers = { customer: 'ann', tries: 3, constructor: 'own' };
      channel.publish('amq.topic', 'order.new', Buffer.from('{"total":12}'), {
        ...{ headers, messageId: 'm0', contentType: 'application/json', timestamp: 1_700_000_000 },
      });
      const packed = gzipSync('needle in a packed body');
      channel.publish('amq.topic', 'order.packed', packed, { contentEncoding: 'gzip', messageId: 'm1' });
      channel.sendToQueue('orders', Buffer.alloc(60_000, 'x'), {
        headers: { customer: 'bob' },
        messageId: 'm2',
      });
      for (let index = 0; index < manyMessages; index++)
        channel.sendToQueue('many', Buffer.from(`n${index}`));
      await channel.waitForConfirms();
      await connection.close();
    }, 180_000);

    afterAll(async () => {
      await place.close();
      await other.stop();
    }, 60_000);

    it('by header, property, key, exchange and text, in bodies as their encoding says', async () => {
      expect(await keys({ header: 'customer=ann' })).toEqual([0]);
      expect(await keys({ header: 'tries=3' })).toEqual([0]);
      expect(await keys({ header: 'customer=*' })).toEqual([0, 2]);
      expect(await keys({ header: 'constructor' })).toEqual([0]);
      expect(await keys({ header: 'toString' })).toEqual([]);
      expect(await keys({ property: 'message-id=m1' })).toEqual([1]);
      expect(await keys({ property: 'timestamp=1700000000' })).toEqual([0]);
      expect(await keys({ key: 'order.*' })).toEqual([0, 1]);
      expect(await keys({ exchange: 'amq.topic', body: 'NEEDLE', ignoreCase: 'true' })).toEqual([1]);
      expect(await keys({ body: '"total":12', state: 'ready' })).toEqual([0]);
    });

    it('and shows what it found, of a long body the beginning', async () => {
      // RabbitMQ tells of a new queue how long it is only after some seconds.
      await expect
        .poll(async () => (await search({ property: 'message-id' })).json['total'])
        .toBeGreaterThan(0);
      const { json } = await search({ property: 'message-id' });
      expect(json).toMatchObject({ lookedAt: 3, total: 3, partly: 0, undecodable: 0, unreadable: 0 });
      expect(json).not.toHaveProperty('stoppedBy');
      expect(json).not.toHaveProperty('next');
      const [first, , last] = json.items;
      expect(first).toMatchObject({
        ...{ position: 0, state: 'ready', exchange: 'amq.topic', routingKey: 'order.new', bodyBytes: 12 },
        body: Buffer.from('{"total":12}').toString('base64'),
        properties: { contentType: 'application/json', headers: { customer: 'ann', tries: 3 } },
      });
      expect(first).not.toHaveProperty('arrivalMs');
      expect(last).toMatchObject({ bodyBytes: 60_000 });
      expect(Buffer.from(String(last!['body']), 'base64')).toHaveLength(50_000);
    });

    it('to a bound, which it tells, and everything is back in its order', async () => {
      const { json } = await search({ body: 'n1009' }, 'many');
      expect(json).toMatchObject({ items: [], lookedAt: 1_000, stoppedBy: 'messages' });
      const found = (await search({ body: 'n', limit: '3' }, 'many')).json;
      expect(found).toMatchObject({ lookedAt: 3, stoppedBy: 'found' });
      const { connect } = await import('amqplib');
      const connection = await connect(other.url);
      const channel = await connection.createChannel();
      for (let index = 0; index < manyMessages; index++) {
        const message = await channel.get('many', { noAck: true });
        expect(message && message.content.toString()).toBe(`n${index}`);
        if (index < 1_000) expect(message && message.fields.redelivered, `n${index}`).toBe(true);
      }
      await connection.close();
    });

    it('not by what it does not tell, nor where there is nothing', async () => {
      for (const query of [
        { from: '5' },
        { arrivedFromMs: '1' },
        { state: 'delayed' },
        { property: 'deliveryMode=2' },
      ])
        expect(
          (await search(query as Readonly<Record<string, string>>)).json,
          JSON.stringify(query),
        ).toMatchObject({
          ...{ status: 501, code: 'unsupported' },
        });
      expect((await search({ property: 'nonsense' })).json).toMatchObject({ code: 'bad-input' });
      expect((await search({ body: 'x' }, 'nothing')).json).toMatchObject({ code: 'not-found' });
      // What it can do is known once it was read.
      const limited = { kind: 'emulated', limit: expect.stringContaining('1,000') as string };
      await expect
        .poll(async () => (await server.do('GET', `${base}/orders`))['acts'], waiting)
        .toMatchObject({ search: limited });
    });

    it('is forecast by what it was declared with', async () => {
      await expect
        .poll(async () => (await server.do('GET', `${base}/orders/forecast?over=60`))['lines'], waiting)
        .toMatchObject([
          { what: 'messages', level: 3, limit: { name: 'x-max-length', value: 100_000 } },
          { what: 'bytes' },
        ]);
      expect((await server.ask('GET', `${base}/nothing/forecast`)).json).toMatchObject({ code: 'not-found' });
    });

    it('from the command line, and in the audit log', async () => {
      const here = ['--data', place.data];
      const found = await place.sluice([
        'engine',
        'search',
        'other',
        'orders',
        '--header',
        'customer=bob',
        ...here,
      ]);
      expect(found.stdout).toMatch(/#2 {2}ready.*\nx+…\nFound 1; looked at 3 of 3 messages\./);
      const forecast = await place.sluice([
        'engine',
        'forecast',
        'other',
        'orders',
        '--over',
        '60s',
        ...here,
      ]);
      expect(forecast.stdout).toContain('ready messages: 3');
      const audit = await place.sluice(['audit', 'tail', '--json', ...here]);
      expect(audit.stdout).toContain(`search queue 'orders' in vhost '/' of engine 'other'`);
    });
  });
});
