/** Single messages: found by their identifier in every state, with what they wait for; removed, released, listed. */
import { expect } from 'vitest';
import type { App } from '../../../src/engines/index.js';
import type { Queue } from '../../../src/index.js';
import { expectRefusal, has, takeOne, type Case, type Trial } from '../trial.js';

const indexed = { arguments: { 'x-message-index': true } };

/** Registers a case for engines that tell of single messages. */
function inMessages(
  examine: Case,
  name: string,
  run: (app: App, queue: Queue, trial: Trial) => Promise<void>,
): void {
  examine(name, async (trial) => {
    const app = await trial.open();
    if (has(app, 'messages')) await run(app, app.queue(trial.name(), indexed), trial);
  });
}

export function singleMessages(examine: Case): void {
  examine('messages: refused where it is none', async (trial) => {
    const app = await trial.open();
    if (has(app, 'messages')) return;
    const { messages } = app.engine;
    await expectRefusal(() => messages.find('id'), 'messages');
    await expectRefusal(() => messages.remove('q', 'id'), 'messages');
    await expectRefusal(() => messages.release('q', 'id'), 'messages');
    await expectRefusal(() => messages.list('q', 'ready', 1), 'messages');
  });

  inMessages(examine, 'a message is found, with what it waits for', async (app, queue, trial) => {
    const id = trial.name();
    const { messages } = app.engine;
    await queue.send({ body: 'one', messageId: `${id}/1`, key: 'k', type: 't', headers: { n: 7 } });
    await queue.send({ body: 'two', messageId: `${id}/2`, key: 'k' });
    await queue.send({ body: 'three', messageId: `${id}/3`, delay: '1h' });
    expect(await messages.find(`${id}/1`)).toMatchObject({
      queue: queue.name,
      key: 'k',
      reason: { kind: 'no-consumer' },
      ahead: 0,
      ready: 1,
      deliveryCount: 0,
      properties: { messageId: `${id}/1`, type: 't', headers: { n: 7 } },
      body: Buffer.from('one'),
    });
    expect((await messages.find(`${id}/3`, queue.name))?.reason.kind).toBe('delay');
    const held = await takeOne(queue);
    const behind = await messages.find(`${id}/2`);
    expect(behind).toMatchObject({
      reason: { kind: 'key-busy' },
      first: { messageId: `${id}/1`, reason: { kind: 'unacknowledged' } },
      ahead: undefined,
    });
    expect(behind?.first?.holder?.sinceMs).toBeGreaterThan(0);
    expect(await messages.find(`${id}/1`)).toMatchObject({
      reason: { kind: 'unacknowledged' },
      holder: { connection: expect.any(String) as string },
    });
    expect(await messages.find(`${id}/4`)).toBeUndefined();
    await expect(messages.find(id, trial.name())).rejects.toMatchObject({ code: 'not-found' });
    await held.ack();
  });

  inMessages(examine, 'a queue without an index says so', async (app, _, trial) => {
    const plain = app.queue(trial.name());
    await plain.declare();
    await expect(app.engine.messages.find('id', plain.name)).rejects.toMatchObject({
      code: 'precondition-failed',
    });
  });

  inMessages(
    examine,
    'a waiting message is removed with a record, and not a held one',
    async (app, queue, trial) => {
      const id = trial.name();
      const { messages, records } = app.engine;
      await queue.send({ body: 'one', messageId: `${id}/1` });
      await queue.send({ body: 'two', messageId: `${id}/2` });
      const held = await takeOne(queue);
      const record = { key: `${id}/record`, value: Buffer.from('gone'), ttlMs: 600_000 };
      expect(await messages.remove(queue.name, `${id}/1`, record)).toBe('active');
      if (has(app, 'records')) expect(await records.get(record.key)).toBeUndefined();
      expect(await messages.remove(queue.name, `${id}/2`, record)).toBe('removed');
      if (has(app, 'records')) expect((await records.get(record.key))?.value.toString()).toBe('gone');
      expect(await messages.remove(queue.name, `${id}/2`)).toBe('absent');
      await held.ack();
      const after = await trial.crash(app);
      expect(await after.engine.messages.find(`${id}/2`, queue.name)).toBeUndefined();
    },
  );

  inMessages(examine, 'a delay is ended, and lists tell states', async (app, queue, trial) => {
    const id = trial.name();
    const { messages } = app.engine;
    await queue.send({ body: 'one', messageId: `${id}/1`, delay: '1h', type: 'job' });
    await queue.send({ body: 'two', messageId: `${id}/2`, key: 'k' });
    await queue.send({ body: 'three', messageId: `${id}/3`, key: 'k' });
    const ids = async (state: Parameters<typeof messages.list>[1]): Promise<unknown> =>
      (await messages.list(queue.name, state, 10)).map(({ messageId }) => messageId?.at(-1));
    expect([await ids('ready'), await ids('delayed'), await ids('gated')]).toEqual([['2'], ['1'], ['3']]);
    const [delayed] = await messages.list(queue.name, 'delayed', 1);
    expect(delayed).toMatchObject({ type: 'job', deliveryCount: 0, dueMs: expect.any(Number) as number });
    expect(await messages.release(queue.name, `${id}/1`)).toBe('released');
    expect(await messages.release(queue.name, `${id}/1`)).toBe('not-delayed');
    expect(await messages.release(queue.name, id)).toBe('absent');
    const held = await takeOne(queue);
    expect((await messages.list(queue.name, 'running', 10))[0]?.holder?.sinceMs).toBeGreaterThan(0);
    await held.ack();
    await expect(messages.list(queue.name, 'ready', 0)).rejects.toMatchObject({ code: 'bad-input' });
  });
}
