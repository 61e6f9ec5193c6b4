/** The sender against a double of a Zabbix server: what is sent, when it is lost, and what it costs while nobody listens. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  measuredWorld,
  queue,
  queueSource,
  startSecond,
  type MeasuredWorld,
} from '../../testing/measured-world.js';
import type { QueueFigures } from '../../index.js';
import { zabbixSettings, type ZabbixSettings } from '../settings.js';
import { ZabbixDouble, type SentValue } from '../testing/zabbix-double.js';
import { ZabbixPusher, type PushChange } from './zabbix-pusher.js';
import { z } from 'zod';

const amount = z.union([z.number(), z.string().transform((text) => parseInt(text, 10) * 1_000)]);
const schema = zabbixSettings({ bytes: amount, duration: amount });

interface Scene extends MeasuredWorld {
  readonly double: ZabbixDouble;
  readonly pusher: ZabbixPusher;
  readonly changes: PushChange[];
  readonly queues: QueueFigures[];
}

const doubles: ZabbixDouble[] = [];

afterEach(async () => {
  for (const double of doubles.splice(0)) await double.stop();
});

async function scene(more: Partial<ZabbixSettings> = {}): Promise<Scene> {
  const double = await ZabbixDouble.start();
  doubles.push(double);
  const queues = [queue('orders', { ready: 7, published: 12 })];
  const world = await measuredWorld([queueSource(queues)]);
  const changes: PushChange[] = [];
  const server = `127.0.0.1:${double.port}`;
  const pusher = new ZabbixPusher({
    settings: { ...schema.parse({ server, host: 'broker "1"' }), buffer: 1_000_000, ...more },
    measured: world.monitor,
    clock: world.clock,
    onChange: (change) => changes.push(change),
  });
  return { ...world, double, pusher, changes, queues };
}

function figures({ double }: Scene): SentValue[] {
  return double.values.filter(({ key }) => !key.startsWith('sluice.discovery'));
}

function discovered({ double }: Scene): unknown[][] {
  return double.values
    .filter(({ key }) => key === 'sluice.discovery[queue]')
    .map(({ value }) => JSON.parse(value) as unknown[]);
}

describe('the sender', () => {
  it('sends what is known, and nothing for what is not', async () => {
    const sent = await scene();
    await sent.tick();
    await sent.pusher.runOnce();
    const own = { host: 'broker "1"', clock: startSecond, ns: 0 };
    const of = (key: string, value: string): SentValue => ({ ...own, key, value });
    const ofQueues = figures(sent).filter(({ key }) => key.startsWith('sluice.messages_'));
    expect(ofQueues).toEqual([
      of('sluice.messages_published_total[embedded:/:orders]', '12'),
      of('sluice.messages_ready[embedded:/:orders]', '7'),
    ]);
    expect(figures(sent).at(-1)).toEqual(of('sluice.measured', String(startSecond)));
    expect(sent.pusher.counts).toMatchObject({
      sentValues: sent.double.values.length,
      refusedValues: 0,
      failures: 0,
    });
  });

  it('tells of objects before their values, and again when there are others', async () => {
    const sent = await scene();
    await sent.tick();
    await sent.pusher.runOnce();
    await sent.tick();
    await sent.pusher.runOnce();
    const row = { '{#ID}': 'embedded:/:orders', '{#TITLE}': 'orders' };
    const labels = { '{#ENGINE}': 'embedded', '{#VHOST}': '/', '{#QUEUE}': 'orders' };
    expect(discovered(sent)).toEqual([[{ ...row, ...labels }]]);
    expect(sent.double.values[0]?.key).toMatch(/^sluice\.discovery/);
    sent.queues.push(queue('payments', {}));
    await sent.tick();
    await sent.pusher.runOnce();
    expect(discovered(sent)).toHaveLength(2);
    expect(discovered(sent)[1]).toHaveLength(2);
  });

  it('tells of objects again until the server takes it', async () => {
    const sent = await scene();
    sent.double.behaviour = { kind: 'take', refuses: () => true };
    await sent.tick();
    await sent.pusher.runOnce();
    expect(sent.pusher.counts.sentValues).toBe(0);
    expect(sent.changes).toEqual([{ kind: 'incomplete', taken: 0, refused: figures(sent).length }]);
    sent.double.behaviour = { kind: 'take' };
    await sent.tick();
    await sent.pusher.runOnce();
    expect(discovered(sent)).toHaveLength(2);
    expect(sent.changes.at(-1)).toEqual({ kind: 'working' });
  });

  it('does not send one measurement twice', async () => {
    const sent = await scene();
    await sent.tick();
    await sent.pusher.runOnce();
    const count = figures(sent).length;
    await sent.pusher.runOnce();
    expect(figures(sent)).toHaveLength(count);
  });

  it.each([
    ['hangs up', { kind: 'hang-up' }],
    [
      'answers with another protocol',
      { kind: 'answer', bytes: Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n') },
    ],
    ['answers with half a packet', { kind: 'answer', bytes: Buffer.from('ZBXD\x01') }],
  ] as const)('keeps values with their times while the server %s', async (_, behaviour) => {
    const sent = await scene();
    sent.double.behaviour = behaviour;
    for (let second = 0; second < 3; second++) {
      await sent.tick();
      await sent.pusher.runOnce();
    }
    expect(sent.pusher.counts).toMatchObject({ sentValues: 0, failures: 3 });
    expect(sent.changes.map(({ kind }) => kind)).toEqual(['failing']);
    sent.double.behaviour = { kind: 'take' };
    await sent.pusher.runOnce();
    const times = figures(sent).filter(({ key }) => key === 'sluice.measured');
    expect(times.map(({ clock }) => clock - startSecond)).toEqual([0, 1, 2]);
    expect(sent.pusher.counts.waitingBytes).toBe(0);
    expect(sent.changes.map(({ kind }) => kind)).toEqual(['failing', 'working']);
  });

  it('keeps no more than its buffer, and counts what goes', async () => {
    const sent = await scene({ buffer: 4_000 });
    await sent.double.stop();
    for (let second = 0; second < 50; second++) {
      await sent.tick();
      await sent.pusher.runOnce();
      expect(sent.pusher.counts.waitingBytes).toBeLessThanOrEqual(4_000);
    }
    const { waitingBytes, droppedValues, failures } = sent.pusher.counts;
    expect(waitingBytes).toBeGreaterThan(0);
    expect(droppedValues).toBeGreaterThan(0);
    expect(failures).toBe(50);
  });

  it('sends what waits by other settings, at their pace, and tells another server of its objects anew', async () => {
    const sent = await scene({ every: 3_600_000 });
    await sent.double.stop();
    for (let second = 0; second < 2; second++) {
      await sent.tick();
      await sent.pusher.runOnce();
    }
    const other = await scene();
    sent.pusher.start();
    const settings = schema.parse({ server: `127.0.0.1:${other.double.port}`, host: 'two' });
    sent.pusher.configure({ ...settings, every: 5_000, buffer: 1_000_000 });
    await sent.tick();
    sent.clock.advance(5_000);
    await sent.pusher.stop();
    const times = figures(other).filter(({ key }) => key === 'sluice.measured');
    expect(times.map(({ clock, host }) => `${host} ${clock - startSecond}`)).toEqual([
      'broker "1" 0',
      'broker "1" 1',
      'two 2',
    ]);
    expect(discovered(other)).toHaveLength(1);
    sent.pusher.configure({ ...settings, buffer: 0 });
    expect(sent.pusher.counts).toMatchObject({ failures: 2, droppedValues: 0, waitingBytes: 0 });
  });

  it('keeps to a smaller buffer at once', async () => {
    const sent = await scene();
    await sent.double.stop();
    await sent.tick();
    await sent.pusher.runOnce();
    expect(sent.pusher.counts.waitingBytes).toBeGreaterThan(10);
    sent.pusher.configure(schema.parse({ server: '127.0.0.1:1', host: 'a', buffer: 10 }));
    expect(sent.pusher.counts.waitingBytes).toBe(0);
    expect(sent.pusher.counts.droppedValues).toBeGreaterThan(0);
  });

  it('waits for an answer as long as it was told, and no longer', async () => {
    const sent = await scene({ timeout: 5_000 });
    sent.double.behaviour = { kind: 'silent' };
    await sent.tick();
    const round = sent.pusher.runOnce();
    const isOver = round.then(() => true);
    while (!(await Promise.race([isOver, new Promise((resolve) => setImmediate(resolve, false))]))) {
      sent.clock.advance(100);
    }
    expect(sent.changes).toEqual([{ kind: 'failing', reason: 'no answer within 5000 ms' }]);
  });

  it('sends many values in several requests, in their order', async () => {
    const sent = await scene();
    for (let index = 0; index < 1_500; index++) sent.queues.push(queue(`queue-${index}`, { ready: index }));
    await sent.tick();
    await sent.pusher.runOnce();
    expect(sent.changes).toEqual([]);
    expect(sent.double.bodies.length).toBeGreaterThan(3);
    const ready = figures(sent).filter(({ key }) => key.includes('queue-'));
    expect(ready.map(({ value }) => Number(value))).toEqual(
      Array.from({ length: 1_500 }, (_, index) => index),
    );
  });

  it('loses nothing of a measurement larger than its buffer while the server takes it', async () => {
    const sent = await scene({ buffer: 300_000 });
    for (let index = 0; index < 4_000; index++) sent.queues.push(queue(`queue-${index}`, { ready: index }));
    await sent.tick();
    await sent.pusher.runOnce();
    const ready = figures(sent).filter(({ key }) => key.includes('queue-'));
    expect(ready).toHaveLength(4_000);
    expect(sent.pusher.counts).toMatchObject({ droppedValues: 0, waitingBytes: 0 });
  });

  it('begins after its interval, and stops', async () => {
    const sent = await scene({ every: 10_000 });
    await sent.tick();
    sent.pusher.start();
    sent.pusher.start();
    expect(sent.double.bodies).toHaveLength(0);
    sent.clock.advance(10_000);
    await sent.pusher.stop();
    await sent.pusher.stop();
    expect(figures(sent).length).toBeGreaterThan(0);
    const count = sent.double.bodies.length;
    sent.clock.advance(100_000);
    expect(sent.double.bodies).toHaveLength(count);
  });
});
