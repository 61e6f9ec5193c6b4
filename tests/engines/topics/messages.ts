/** What goes in comes out: bodies, properties, headers, order, refusals of what cannot be sent. */
import { expect } from 'vitest';
import { take, takeOne, takeTexts, type Case } from '../trial.js';

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

export function messages(examine: Case): void {
  examine('bodies arrive byte for byte, in order, whatever they are', async (trial) => {
    const queue = await trial.queue();
    const large = Buffer.alloc(1_500_000, everyByte);
    await queue.send(
      'tëxt',
      everyByte,
      Buffer.alloc(0),
      { json: [1, null, 'a'] },
      [2],
      3,
      false,
      null,
      large,
    );
    const bodies = (await take(queue, 9)).map(({ body }) => body);
    expect(bodies.slice(0, 3)).toEqual([Buffer.from('tëxt'), everyByte, Buffer.alloc(0)]);
    const texts = bodies.slice(3, 8).map(String);
    expect(texts).toEqual(['{"json":[1,null,"a"]}', '[2]', '3', 'false', 'null']);
    expect(bodies[8]!.equals(large)).toBe(true);
  });

  examine('a message says what its body is, and reads it', async (trial) => {
    const queue = await trial.queue();
    await queue.send('text', { a: 1 }, Buffer.from('{'));
    const [text, json, bytes] = await take(queue, 3);
    expect(text!.properties.contentType).toBe('text/plain');
    expect(json!.properties.contentType).toBe('application/json');
    expect(json!.json()).toEqual({ a: 1 });
    expect(bytes!.properties.contentType).toBeUndefined();
    expect(() => bytes!.json()).toThrow(expect.objectContaining({ code: 'bad-input' }));
  });

  examine('every property and every kind of header arrives as it was sent', async (trial) => {
    const queue = await trial.queue();
    const headers = {
      text: 'tëxt',
      integer: -5,
      large: 2 ** 40,
      half: 0.5,
      yes: true,
      nothing: null,
      moment: new Date(1_700_000_000_000),
      bytes: Buffer.from([0, 255]),
      list: ['a', 1, { deep: [true] }],
      table: { a: { b: 'c' } },
    };
    const properties = {
      contentType: 'application/x-test',
      contentEncoding: 'identity',
      priority: 3,
      correlationId: 'correlation',
      replyTo: 'reply',
      messageId: 'message',
      timestamp: new Date(1_700_000_000_000),
      type: 'type',
      appId: 'app',
    };
    await queue.send({ body: Buffer.from('x'), headers, expiration: '1h', ...properties });
    const message = await takeOne(queue);
    expect(message.properties).toMatchObject({ ...properties, expirationMs: 3_600_000 });
    expect(JSON.parse(JSON.stringify(message.headers))).toEqual(JSON.parse(JSON.stringify(headers)));
    expect(message.headers['moment']).toEqual(headers.moment);
    expect(message).toMatchObject({
      redelivered: false,
      attempt: 1,
      routingKey: queue.name,
      queue: queue.name,
    });
  });

  examine('a header named __proto__ is only a header', async (trial) => {
    const queue = await trial.queue();
    const headers = JSON.parse('{"__proto__":{"polluted":"yes"},"a":"b"}') as Record<string, string>;
    await queue.send({ body: 'x', headers });
    const message = await takeOne(queue);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(message.headers['a']).toBe('b');
  });

  examine('sends of one turn keep their order, and so does a batch of thousands', async (trial) => {
    const queue = await trial.queue();
    await queue.declare();
    const numbers = Array.from({ length: 3_000 }, (_, number) => String(number));
    await Promise.all(numbers.slice(0, 50).map((number) => queue.send(number)));
    await queue.sendAll(numbers.slice(50));
    expect(await takeTexts(queue, 3_000)).toEqual(numbers);
  });

  examine('what cannot be sent is refused where it is sent', async (trial) => {
    const queue = await trial.queue();
    const cyclic: Record<string, never> = {};
    cyclic['self'] = cyclic as never;
    const wrong: readonly (() => Promise<void>)[] = [
      () => queue.send(cyclic),
      () => queue.send(undefined as never),
      () => queue.send({ body: 'x', colour: 'red' }),
      () => queue.send({ body: 'x', priority: 256 }),
      () => queue.send({ body: 'x', priority: 1.5 }),
      () => queue.send({ body: 'x', messageId: 'x'.repeat(256) }),
      () => queue.send({ body: 'x', delay: '1 fortnight' as '1d' }),
      () => queue.send({ body: 'x', expiration: -1 }),
      () => queue.send({ body: 'x', headers: { bad: (() => 1) as never } }),
    ];
    for (const send of wrong) await expect(send()).rejects.toMatchObject({ code: 'bad-input' });
    await expect(queue.send(Buffer.alloc(16 * 1024 * 1024 + 1))).rejects.toMatchObject({
      code: 'limit-reached',
    });
    expect((await queue.info())?.ready ?? 0).toBe(0);
  });

  examine('a full queue refuses by name, and keeps what it took', async (trial) => {
    const queue = await trial.queue({ lengthMax: 2, overflow: 'reject-publish' });
    await queue.send('a', 'b');
    const refused = queue.send('c');
    await expect(refused).rejects.toMatchObject({
      code: 'limit-reached',
      retryable: true,
      details: { refused: [0] },
    });
    expect(await takeTexts(queue, 2)).toEqual(['a', 'b']);
  });

  examine('sending to a queue that is gone says so, and the next send makes it again', async (trial) => {
    const app = await trial.open();
    const queue = app.queue(trial.name());
    await queue.send('a');
    await app.engine.topology.deleteQueue(queue.name);
    await expect(queue.send('b')).rejects.toMatchObject({ code: 'not-found' });
    await queue.send('c');
    expect(await takeTexts(queue, 1)).toEqual(['c']);
  });

  examine('a message that expired is dead-lettered, not delivered', async (trial) => {
    const app = await trial.open();
    const dead = trial.name();
    const queue = app.queue(trial.name(), { deadLetter: dead });
    await queue.send({ body: 'late', expiration: 1 });
    const message = await takeOne(app.queue(dead));
    expect(message.text()).toBe('late');
    expect(message.headers['x-first-death-reason']).toBe('expired');
  });
}
