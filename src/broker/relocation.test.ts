/** Reading through a queue, and moving single messages of it elsewhere, through a whole broker. */
import { describe, expect, it } from 'vitest';
import { settle, SimulatedBroker, type Client } from '../../tests/simulation/simulated-broker.js';
import { decodeProperties, toPlain } from './content/index.js';
import type { MessageScan, ScannedMessage, ScanOutcome } from './scan-face.js';

interface Setting {
  readonly at: SimulatedBroker;
  readonly client: Client;
}

async function opened(target: Readonly<Record<string, unknown>> = {}): Promise<Setting> {
  const at = await SimulatedBroker.open();
  const client = at.client();
  client.declare('from');
  client.declare('to', target);
  return { at, client };
}

function publish(client: Client, body: string, headers: Record<string, unknown> = {}): void {
  client.publish({
    routingKey: 'from',
    body,
    headers,
    properties: { messageId: body.slice(0, 20), deliveryMode: 2 },
  });
}

const move = ({ at }: Pick<Setting, 'at'>, position: number, to = 'to') =>
  at.broker.administration.queues.moveTo('/', 'from', position, to, { user: 'ann', source: 'test' });

async function scanned(
  { at }: Pick<Setting, 'at'>,
  scan: Partial<MessageScan> = {},
): Promise<ScanOutcome & { readonly positions: number[] }> {
  const positions: number[] = [];
  const see = (message: ScannedMessage): boolean => {
    positions.push(message.position);
    return true;
  };
  const whole = { from: 0, messagesMax: 1_000_000, elapsedMsMax: 1_000_000, see, ...scan };
  return { ...(await at.broker.administration.scan('/', 'from', whole)), positions };
}

async function bodies(client: Client, queue: string): Promise<string[]> {
  const all: string[] = [];
  for (;;) {
    const body = await client.get(queue);
    if (body === undefined) return all;
    all.push(body);
  }
}

describe('a message that moves', () => {
  it('keeps its names, its properties, its body and its order', async () => {
    const setting = await opened();
    const { at, client } = setting;
    client.declareExchange('shop', 'topic');
    client.bind('shop', 'from', '#');
    for (const body of ['a', 'b', 'c'])
      client.publish({
        exchange: 'shop',
        routingKey: 'orders.new',
        body,
        headers: { 'x-tag': body, 'x-death': 'kept' },
        properties: { messageId: body, deliveryMode: 2, contentType: 'text/plain', priority: 3 },
      });
    for (const position of [0, 1, 2]) expect(await move(setting, position)).toBe('moved');
    expect(at.queue('from').ready).toBe(0);
    const messages = await at.broker.administration.peek('/', 'to', 10);
    expect(messages.map(({ body }) => body.toString())).toEqual(['a', 'b', 'c']);
    expect(messages[0]).toMatchObject({ exchange: 'shop', routingKey: 'orders.new', redelivered: false });
    const { headers, ...properties } = decodeProperties(messages[0]!.properties);
    expect(properties).toMatchObject({ messageId: 'a', contentType: 'text/plain', priority: 3 });
    expect(toPlain(headers!)).toEqual({ 'x-tag': 'a', 'x-death': 'kept' });
    expect(at.queue('from').deadLettered).toBe(0);
  });

  it('is in one queue or the other after a power loss, whenever it comes', async () => {
    for (let survival = 0; survival <= 1; survival += 0.125) {
      const { at, client } = await opened();
      for (let n = 0; n < 40; n++) publish(client, `m${n}`);
      await at.broker.administration.durable();
      for (let n = 0; n < 40; n++) {
        expect(await move({ at }, n)).toBe('moved');
        if (n === 19) await at.broker.administration.durable();
      }
      const next = await at.crash(survival);
      const reader = next.client();
      const [kept, moved] = [await bodies(reader, 'from'), await bodies(reader, 'to')];
      expect([...moved, ...kept], `survival ${survival}`).toEqual(
        Array.from({ length: 40 }, (_, n) => `m${n}`),
      );
      expect(moved.length, `survival ${survival}`).toBeGreaterThanOrEqual(20);
      await next.broker.close();
    }
  });

  it('stays where it is when the target is full, whatever the target does with what is too much', async () => {
    for (const overflow of ['drop-head', 'reject-publish', 'reject-publish-dlx']) {
      const setting = await opened({ 'x-max-length': 1, 'x-overflow': overflow });
      publish(setting.client, 'a');
      publish(setting.client, 'b');
      expect(await move(setting, 0)).toBe('moved');
      expect(await move(setting, 1), overflow).toBe('full');
      expect([setting.at.queue('from').ready, setting.at.queue('to').ready]).toEqual([1, 1]);
      expect(await setting.client.get('from')).toBe('b');
    }
  });

  it('is not taken from whoever has it, and not found when it is gone', async () => {
    const setting = await opened();
    publish(setting.client, 'a');
    await setting.client.get('from', false);
    expect(await move(setting, 0)).toBe('active');
    setting.client.channel.acknowledge(1, false);
    await settle();
    expect(await move(setting, 0)).toBe('absent');
  });

  it('keeps what is left of its delay, and lets the next of its key come forward', async () => {
    const setting = await opened();
    const { at, client } = setting;
    publish(client, 'later', { 'x-delay': 1_000 });
    publish(client, 'first', { 'x-key': 'k' });
    publish(client, 'second', { 'x-key': 'k' });
    at.clock.advance(400);
    expect([await move(setting, 0), await move(setting, 1)]).toEqual(['moved', 'moved']);
    expect(at.queue('to')).toMatchObject({ delayed: 1, ready: 1 });
    expect(at.queue('from')).toMatchObject({ gated: 0, ready: 1 });
    const [delayed] = await at.broker.administration.listDelayed('/', 'to', 1);
    expect(delayed!.dueMs).toBe(at.clock.now() + 600);
  });

  it('takes a large body with it', async () => {
    const setting = await opened();
    const { at, client } = setting;
    const body = 'x'.repeat(200_000);
    publish(client, body.slice(0, 200));
    const pieces = [0, 1].map(() => at.broker.appendChunk(Buffer.from(body), 0, 100_000));
    client.publish({ routingKey: 'from', chunks: pieces, properties: { deliveryMode: 2 } });
    expect(await move(setting, 1)).toBe('moved');
    await at.broker.administration.durable();
    const next = await at.crash(0);
    expect((await bodies(next.client(), 'to')).map(({ length }) => length)).toEqual([200_000]);
  });

  it('does not go to the same queue, to none, or from a durable queue to one that is not', async () => {
    const { at, client } = await opened();
    client.declare('brief', {}, false);
    publish(client, 'a');
    await expect(move({ at }, 0, 'from')).rejects.toMatchObject({ code: 'bad-input' });
    await expect(move({ at }, 0, 'nowhere')).rejects.toMatchObject({ code: 'not-found' });
    await expect(move({ at }, 0, 'brief')).rejects.toMatchObject({ code: 'precondition-failed' });
    expect(at.queue('from').ready).toBe(1);
  });
});

describe('a scan', () => {
  it('comes by each message once, over calls that go on where the last stopped, from memory and from disk', async () => {
    const { at, client } = await opened();
    for (let n = 0; n < 3_000; n++) publish(client, `${n} ${'.'.repeat(300)}`);
    for (const isAfterRestart of [false, true]) {
      const each = isAfterRestart ? await at.restart() : at;
      const all: number[] = [];
      let from: number | undefined = 0;
      for (let calls = 0; from !== undefined; calls++) {
        const { positions, next, seen, until } = await scanned({ at: each }, { from, messagesMax: 700 });
        expect(seen).toBe(positions.length);
        expect(until).toBe(3_000);
        all.push(...positions);
        from = next;
        expect(calls).toBeLessThan(5);
      }
      expect(all).toEqual(Array.from({ length: 3_000 }, (_, n) => n));
    }
  });

  it('shows only the states that are asked for, and counts the others', async () => {
    const { at, client } = await opened();
    publish(client, 'later', { 'x-delay': 1_000 });
    publish(client, 'now');
    const { positions, seen } = await scanned({ at }, { states: new Set(['delayed']) });
    expect([positions, seen]).toEqual([[0], 2]);
  });

  it('stops when told, and goes on behind that; it does not run after what comes in meanwhile', async () => {
    const { at, client } = await opened();
    for (let n = 0; n < 5; n++) publish(client, `m${n}`);
    const seen: number[] = [];
    const see = async ({ position }: ScannedMessage): Promise<boolean> => {
      seen.push(position);
      publish(client, 'more');
      await settle();
      return seen.length < 2;
    };
    const first = await scanned({ at }, { see });
    expect(first).toMatchObject({ next: 2, until: 5 });
    const rest = await scanned({ at }, { from: 2, until: first.until });
    expect(rest).toMatchObject({ positions: [2, 3, 4], next: undefined });
  });
});
