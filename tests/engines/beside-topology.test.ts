/**
 * Exchanges, bindings, policies and figures of a real RabbitMQ and of a second Sluice server beside a server: each as the
 * own engine tells them, and what is not told left out.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorkplace, type Workplace } from '../cli/sluice.js';
import type { BrokerServer } from '../support/server.mjs';
import { besideAddress, upBeside, type BesideServer, besideKinds, portsOf, type Ports } from './beside.js';

const hostile = `<img src=x onerror="alert(1)"> ' " & %2F \u202e`;
const waiting = { timeout: 30_000, interval: 200 };

/** Sets something through the engine's own management API. */
async function put(ports: Ports, path: string, body: unknown): Promise<void> {
  const authorization = `Basic ${Buffer.from('guest:guest').toString('base64')}`;
  const response = await fetch(`http://127.0.0.1:${ports.http}/api/${path}`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status, path).toBeLessThan(300);
  await response.body?.cancel();
}

describe.each(besideKinds)('%s beside a server', (kind, isSkipped, start) => {
  describe.skipIf(isSkipped)('tells its topology as the own engine does', () => {
    let place: Workplace;
    let other: BrokerServer;
    let server: BesideServer;
    const base = '/v1/engines/other';
    const exchange = `${base}/exchanges/%2F/${encodeURIComponent(hostile)}`;
    const queue = `${base}/queues/%2F/limited`;

    beforeAll(async () => {
      place = await makeWorkplace();
      other = await start();
      const ports = portsOf(other);
      const absent = besideAddress({ amqp: 1, http: 1 });
      ({ server } = await upBeside(place, { other: besideAddress(ports), absent }));
      const { connect } = await import('amqplib');
      const connection = await connect(other.url);
      const channel = await connection.createConfirmChannel();
      await channel.assertExchange(hostile, 'topic', { alternateExchange: 'amq.fanout' });
      await channel.assertExchange('inner', 'direct', { internal: true, durable: false });
      await channel.assertQueue('limited', { arguments: { 'x-max-length': 100 } });
      await channel.assertQueue('limitless');
      await channel.bindQueue('limited', hostile, 'order.#');
      await channel.bindExchange('inner', hostile, 'to.inner');
      for (let index = 0; index < 3; index++) channel.sendToQueue('limited', Buffer.from(`${index}`));
      await channel.waitForConfirms();
      await connection.close();
      await put(ports, 'policies/%2F/short', {
        ...{ pattern: '^limited$', 'apply-to': 'queues', priority: 7 },
        definition: { 'max-length': 50, 'dead-letter-exchange': 'amq.fanout' },
      });
      await put(ports, 'operator-policies/%2F/shorter', {
        ...{ pattern: '^limited$', 'apply-to': 'queues', priority: 1, definition: { 'max-length': 40 } },
      });
    }, 180_000);

    afterAll(async () => {
      await place.close();
      await other.stop();
    }, 60_000);

    it('lists exchanges, and shows one, whatever its name', async () => {
      const { items } = await server.do('GET', `${base}/exchanges?sort=type&contains=onerror`);
      const row = { vhost: '/', name: hostile, type: 'topic', durable: true, internal: false };
      expect(items).toMatchObject([{ ...row, arguments: { 'alternate-exchange': 'amq.fanout' } }]);
      expect(await server.do('GET', exchange)).toMatchObject(row);
      expect(await server.do('GET', `${base}/exchanges/%2F/inner`)).toMatchObject({
        ...{ internal: true, durable: false },
      });
      expect((await server.ask('GET', `${base}/exchanges/%2F/nothing`)).json).toMatchObject({
        ...{ status: 404, code: 'not-found' },
      });
      expect((await server.ask('GET', `${base}/exchanges?vhost=nowhere`)).status).toBe(404);
      expect((await server.ask('GET', '/v1/engines/absent/exchanges')).json).toMatchObject({
        ...{ status: 502, code: 'connection-failed', retryable: true },
      });
    });

    it('lists bindings by what they lead from and to, without those of every queue', async () => {
      const source = `source=${encodeURIComponent(hostile)}`;
      const binding = { vhost: '/', source: hostile, routingKey: 'order.#', arguments: {} };
      const toQueue = { ...binding, destination: 'limited', destinationKind: 'queue' };
      const toInner = {
        ...binding,
        routingKey: 'to.inner',
        destination: 'inner',
        destinationKind: 'exchange',
      };
      const listed = async (query: string): Promise<unknown> =>
        (await server.do('GET', `${base}/bindings?sort=destination&${query}`)).items;
      expect(await listed('')).toEqual([toInner, toQueue]);
      expect(await listed(`vhost=/&${source}`)).toEqual([toInner, toQueue]);
      expect(await listed(`vhost=/&destination=limited&destinationKind=queue`)).toEqual([toQueue]);
      expect(await listed(`vhost=/&destination=inner`)).toEqual([toInner]);
      expect(await listed(`vhost=/&source=nothing`)).toEqual([]);
    });

    it('tells policies, and what of them is in effect for a queue and for an exchange', async () => {
      const policy = { kind: 'policy', vhost: '/', name: 'short', pattern: '^limited$', applyTo: 'queues' };
      expect((await server.do('GET', `${base}/policies`)).items).toEqual([
        { ...policy, priority: 7, definition: { 'max-length': 50, 'dead-letter-exchange': 'amq.fanout' } },
      ]);
      expect((await server.do('GET', `${base}/operator-policies?vhost=/`)).items).toMatchObject([
        { kind: 'operator-policy', name: 'shorter', definition: { 'max-length': 40 } },
      ]);
      // RabbitMQ puts a policy in effect some time after it is set.
      await expect
        .poll(() => server.do('GET', `${base}/effective-policies/%2F/queue/limited`), waiting)
        .toMatchObject({
          ...{ policy: 'short', operatorPolicy: 'shorter' },
          definition: { 'max-length': 40, 'dead-letter-exchange': 'amq.fanout' },
          arguments: { 'x-max-length': 40, 'x-dead-letter-exchange': 'amq.fanout' },
        });
      const effect = await server.do(
        'GET',
        exchange.replace('/exchanges/%2F', '/effective-policies/%2F/exchange'),
      );
      expect(effect).toMatchObject({ definition: {}, arguments: { 'alternate-exchange': 'amq.fanout' } });
      expect(effect).not.toHaveProperty('policy');
      expect((await server.ask('GET', `${base}/effective-policies/%2F/queue/nothing`)).status).toBe(404);
    });

    it('lists queues with figures, sorted by them, what is unknown last both ways', async () => {
      const figures = 'figures=messages_ready,seconds_to_drain';
      const names = async (sort: string): Promise<unknown[]> =>
        (await server.do('GET', `${base}/queues?${figures}&contains=limit&sort=${sort}`)).items.map(
          ({ name }) => name,
        );
      await expect
        .poll(
          async () => (await server.do('GET', `${base}/queues?${figures}&contains=limited`)).items,
          waiting,
        )
        .toMatchObject([
          { name: 'limited', durable: true, exclusive: false, arguments: { 'x-max-length': 100 } },
        ]);
      const known = async (): Promise<unknown[]> =>
        (await server.do('GET', `${base}/queues?${figures}&contains=limit`)).items.map(
          (row) => (row['figures'] as Record<string, unknown>)['messages_ready'],
        );
      await expect.poll(known, waiting).toEqual([3, 0]);
      expect(await names('-messages_ready')).toEqual(['limited', 'limitless']);
      expect(await names('messages_ready')).toEqual(['limitless', 'limited']);
      expect((await server.ask('GET', `${base}/queues?figures=nonsense`)).json).toMatchObject({
        ...{ status: 400, code: 'bad-input' },
      });
    });

    it('takes a message to an exchange, and says whether a queue took it', async () => {
      const message = { text: 'by hand', properties: { headers: { origin: 'desk' }, type: 'note' } };
      expect(await server.do('POST', `${exchange}/messages`, { ...message, routingKey: 'order.1' })).toEqual({
        routed: true,
      });
      const inner = await server.ask('POST', `${base}/exchanges/%2F/inner/messages`, { text: 'x' });
      expect(inner.json).toMatchObject({ code: 'refused' });
      expect(
        await server.do('POST', `${exchange}/messages`, { text: 'lost', routingKey: 'nowhere' }),
      ).toEqual({
        routed: false,
      });
      const { items } = await server.do('GET', `${queue}/messages?count=10`);
      expect(items.at(-1)).toMatchObject({
        exchange: hostile,
        routingKey: 'order.1',
        properties: { headers: { origin: 'desk' }, type: 'note' },
      });
      const refused = await server.ask('POST', `${exchange}/messages`, {
        ...{ text: 'x', properties: { userId: 'somebody' } },
      });
      expect(refused.json).toMatchObject({ status: 501, code: 'unsupported' });
      expect((await server.ask('POST', `${base}/exchanges/%2F/nothing/messages`, { text: 'x' })).status).toBe(
        404,
      );
    });

    it('is told on the command line as the own engine is', async () => {
      const engine = async (...args: readonly string[]): Promise<string> =>
        (await place.sluice(['engine', ...args, '--data', place.data])).stdout;
      const exchanges = JSON.parse(await engine('exchanges', 'other', '--json')) as { name: string }[];
      expect(exchanges.map(({ name }) => name)).toContain(hostile);
      expect(await engine('exchange', 'other', 'inner')).toMatch(/internal +true/);
      expect(await engine('bindings', 'other', '--destination', 'limited')).toContain('order.#');
      expect(await engine('policies', 'other', '--operator')).toContain('shorter');
      expect(await engine('effective', 'other', 'queue', 'limited')).toMatch(
        /in effect +.*"x-max-length":40/,
      );
      const queues = await engine(
        'queues',
        'other',
        '--sort=-messages_ready',
        '--columns',
        'name,messages_ready',
      );
      expect(queues).toMatch(/^NAME +MESSAGES_READY\nlimited/);
      const audit = await place.sluice(['audit', 'tail', '--json', '--data', place.data]);
      expect(audit.stdout).toContain('publish to exchange');
      if (kind === 'rabbitmq') expect(audit.stdout).toContain(`in vhost '/' of engine 'other'`);
    });
  });
});
