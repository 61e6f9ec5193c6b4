/**
 * A real RabbitMQ and a second Sluice server beside a server, as operators see and work on them: by the API and the
 * command line. What an engine cannot do is refused with the reason; one that is away hangs nobody.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorkplace, type Workplace } from '../cli/sluice.js';
import type { BrokerServer } from '../support/server.mjs';
import { besideAddress, upBeside, type BesideServer, besideKinds, portsOf } from './beside.js';

const hostile = `<img src=x onerror="alert(1)"> ' " & %2F \u202e`;
const waiting = { timeout: 30_000, interval: 200 };

describe.each(besideKinds)('%s beside a server', (kind, isSkipped, start) => {
  describe.skipIf(isSkipped)('is seen and worked on', () => {
    let place: Workplace;
    let other: BrokerServer;
    let server: BesideServer;
    const queue = `/v1/engines/other/queues/%2F/${encodeURIComponent(hostile)}`;

    beforeAll(async () => {
      place = await makeWorkplace();
      other = await start();
      const ports = portsOf(other);
      ({ server } = await upBeside(place, {
        other: besideAddress(ports),
        locked: besideAddress(ports, 'guest:wrong'),
        absent: besideAddress({ amqp: 1, http: 1 }),
      }));
      const { connect } = await import('amqplib');
      const connection = await connect(other.url);
      const channel = await connection.createConfirmChannel();
      await channel.assertQueue(hostile);
      await channel.assertQueue('aside');
      await channel.bindQueue(hostile, 'amq.topic', 'order.#');
      await channel.assertQueue('ledger', { arguments: { 'x-queue-type': 'quorum' } });
      for (let index = 0; index < 5; index++)
        channel.sendToQueue(hostile, Buffer.from(`message ${index}`), {
          headers: { index },
          messageId: `m${index}`,
          expiration: '600000',
        });
      await channel.waitForConfirms();
      await connection.close();
    }, 180_000);

    afterAll(async () => {
      await place.close();
      await other.stop();
    }, 60_000);

    it('is listed with its health, without secrets; the others say why they are not', async () => {
      await expect
        .poll(async () => (await server.do('GET', '/v1/engines/other'))['nodeList'], waiting)
        .toHaveLength(1);
      const { items, ...page } = await server.do('GET', '/v1/engines');
      expect(JSON.stringify({ items, page })).not.toMatch(/wrong|guest/);
      const rows = Object.fromEntries(items.map((row) => [row['engine'] as string, row] as const));
      expect(Object.keys(rows)).toEqual(['absent', 'embedded', 'locked', 'other']);
      expect(rows['embedded']).toMatchObject({ kind: 'embedded', isUp: true, nodes: 1 });
      expect(rows['other']).toMatchObject({ kind, isUp: true, nodes: 1, nodesRunning: 1, isProbed: true });
      expect(rows['locked']).toMatchObject({ isUp: false });
      expect(rows['locked']!['problem']).toMatchObject({
        text: expect.stringContaining('refuses') as string,
      });
      expect(rows['absent']).toMatchObject({ isUp: false });
      expect(rows['absent']!['problem']).toMatchObject({
        text: expect.stringContaining('does not answer') as string,
      });
      // What it never told is left out.
      for (const name of ['kind', 'version', 'queues', 'ready', 'nodes', 'alarms'])
        expect(rows['absent']).not.toHaveProperty(name);
    });

    it('tells its nodes, copies of queues, what it can do, and what not', async () => {
      const other = (): Promise<Record<string, unknown>> => server.do('GET', '/v1/engines/other');
      const leader = {
        vhost: '/',
        queue: 'ledger',
        node: expect.anything() as string,
        role: 'leader',
        inSync: true,
      };
      // Each comes with an answer of its own.
      await expect.poll(other, waiting).toMatchObject({
        replicas: kind === 'rabbitmq' ? [leader] : [],
        nodeList: [{ isRunning: true, residentBytes: expect.any(Number) as number }],
        version: expect.stringMatching(/^\d+\./) as string,
      });
      const { nodeList, replicas, capabilities } = await other();
      expect(replicas).toHaveLength(kind === 'rabbitmq' ? 1 : 0);
      const [node] = nodeList as Record<string, unknown>[];
      expect(node).toMatchObject({ isRunning: true, alarms: { memory: false, disk: false }, partitions: [] });
      expect(node!['residentBytes']).toBeGreaterThan(1_000_000);
      const found = Object.fromEntries(
        (capabilities as { name: string; kind: string; limit?: string }[]).map((each) => [each.name, each]),
      );
      expect(found['pause']!.kind).toBe(kind === 'sluice' ? 'native' : 'none');
      expect(found['observe']).toMatchObject({
        kind: 'emulated',
        limit: expect.stringContaining('5 s') as string,
      });
      for (const each of Object.values(found))
        expect(each.kind === 'native', each.name).toBe(each.limit === undefined);
    });

    it('lists queues, and shows one with what leads to it', async () => {
      await expect
        .poll(
          async () => (await server.do('GET', '/v1/engines/other/queues?sort=-ready&contains=onerror')).items,
          waiting,
        )
        .toMatchObject([{ vhost: '/', name: hostile, type: 'classic', ready: 5, copies: 1 }]);
      const shown = await server.do('GET', queue);
      expect(shown).toMatchObject({ engine: 'other', name: hostile, durable: true, ready: 5 });
      expect(shown['bindings']).toContainEqual({ source: 'amq.topic', routingKey: 'order.#', arguments: {} });
      expect(shown['acts']).toMatchObject({ purge: { kind: 'native' }, move: { kind: 'emulated' } });
      expect((await server.ask('GET', '/v1/engines/other/queues/%2F/nothing')).json).toMatchObject({
        status: 404,
        code: 'not-found',
      });
    });

    it('gives messages to look at, takes one, moves some, and is purged', async () => {
      const { items } = await server.do('GET', `${queue}/messages?count=2`);
      expect(items).toMatchObject([
        { routingKey: hostile, body: Buffer.from('message 0').toString('base64'), bodyBytes: 9 },
        { properties: { headers: { index: 1 }, messageId: 'm1', expiration: '600000' } },
      ]);
      await server.do('POST', `${queue}/messages`, { text: 'one more', contentType: 'text/plain' });
      expect(await server.do('POST', `${queue}/move`, { to: 'aside', count: 4 })).toEqual({
        moved: 4,
        isDone: true,
      });
      const moved = await server.do('GET', '/v1/engines/other/queues/%2F/aside/messages?count=10');
      expect(moved.items).toHaveLength(4);
      expect(moved.items[3]).toMatchObject({
        body: Buffer.from('message 3').toString('base64'),
        properties: { headers: { index: 3 }, messageId: 'm3', expiration: '600000' },
      });
      expect(await server.do('POST', `${queue}/purge`)).toEqual({ messages: 2 });
      expect((await server.ask('POST', `${queue}/move`, { to: 'nowhere' })).json).toMatchObject({
        code: 'not-found',
      });
      expect((await server.ask('POST', '/v1/engines/other/queues/%2F/nothing/purge')).json).toMatchObject({
        code: 'not-found',
        detail: expect.stringContaining(`engine 'other'`) as string,
      });
    });

    it('is paused where it can be, and else says why not', async () => {
      const paused = await server.ask('POST', `${queue}/pause`);
      if (kind === 'sluice') expect(paused.json).toEqual({ changed: true });
      else
        expect(paused.json).toMatchObject({ status: 501, detail: expect.stringContaining('hold') as string });
    });

    it('is worked on from the command line, and the audit log tells of it', async () => {
      const here = ['--data', place.data];
      const list = await place.sluice(['engine', 'list', ...here]);
      expect(list.stdout).toMatch(/other +(rabbitmq|sluice) /);
      const shown = await place.sluice(['engine', 'show', 'other', ...here]);
      expect(shown.stdout).toContain('CAPABILITY');
      const queues = await place.sluice(['engine', 'queues', 'other', '--json', ...here]);
      expect((JSON.parse(queues.stdout) as { name: string }[]).map(({ name }) => name)).toContain('aside');
      const peeked = await place.sluice(['engine', 'peek', 'other', 'aside', '--json', ...here]);
      expect(peeked.stdout.trim().split('\n')).toHaveLength(4);
      const purged = await place.sluice(['engine', 'purge', 'other', 'aside', ...here]);
      expect(purged.stdout).toContain('Removed 4 from aside.');
      const audit = await place.sluice(['audit', 'tail', '--json', ...here]);
      expect(audit.stdout).toContain(`purge queue 'aside' in vhost '/' of engine 'other'`);
    });

    it('refuses in words where the engine refuses its user, or is not there', async () => {
      for (const name of ['locked', 'absent']) {
        const at = `/v1/engines/${name}/queues/%2F/aside`;
        const code = name === 'locked' ? 'refused' : 'connection-failed';
        expect((await server.ask('GET', at)).json, name).toMatchObject({ code });
        expect((await server.ask('GET', `/v1/engines/${name}/queues`)).json).toMatchObject({
          code: 'connection-failed',
        });
        const purge = await server.ask('POST', `${at}/purge`);
        expect(purge.json['code'], JSON.stringify(purge.json)).toBe(code);
        expect(JSON.stringify(purge.json)).not.toContain('wrong');
      }
      expect((await server.ask('GET', '/v1/engines/nobody')).status).toBe(404);
    });

    it('is told to be away when it went, and back when it came', { timeout: 120_000 }, async () => {
      await other.terminate();
      const isUp = async (): Promise<unknown> => (await server.do('GET', '/v1/engines/other'))['isUp'];
      await expect.poll(isUp, waiting).toBe(false);
      const away = await server.do('GET', '/v1/engines/other');
      expect(away['kind']).toBe(kind);
      expect((away['problem'] as { atMs: number }).atMs).toBeGreaterThanOrEqual(away['sinceMs'] as number);
      await expect
        .poll(async () => (await server.ask('GET', '/v1/engines/other/queues')).status, waiting)
        .toBe(502);
      expect((await server.ask('POST', '/v1/engines/other/queues/%2F/aside/purge')).json).toMatchObject({
        code: 'connection-failed',
      });
      await other.restart();
      // A Sluice server comes back on another port of its management API.
      if (kind === 'rabbitmq') await expect.poll(isUp, { ...waiting, timeout: 60_000 }).toBe(true);
    });
  });
});
