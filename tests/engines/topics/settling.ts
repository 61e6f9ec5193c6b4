/** Held until settled, settled once: acknowledgements, retries, dead letters, follow-ups. */
import { expect } from 'vitest';
import { take, takeOne, takeTexts, type Case } from '../trial.js';

export function settling(examine: Case): void {
  examine('an acknowledged message is gone, one that is not comes again', async (trial) => {
    const app = await trial.open();
    const queue = app.queue(trial.name());
    await queue.send('done', 'not done');
    const [done, notDone] = await take(queue, 2);
    expect(await done!.ack()).toBe('settled');
    expect(notDone!.isHeld).toBe(true);
    await notDone!.retry();
    const again = await takeOne(queue);
    expect(again.text()).toBe('not done');
    expect(again.redelivered).toBe(true);
    expect(again.attempt).toBe(2);
    await again.ack();
    expect((await queue.info())?.ready).toBe(0);
  });

  examine('a message is settled once', async (trial) => {
    const queue = await trial.queue();
    await queue.send('a');
    const message = await takeOne(queue);
    await message.ack();
    expect(message.isHeld).toBe(false);
    for (const again of [() => message.ack(), () => message.retry(), () => message.deadLetter('x')])
      expect(again).toThrow(expect.objectContaining({ code: 'precondition-failed' }));
  });

  examine('a retry after a pause counts its attempts and keeps the message', async (trial) => {
    const queue = await trial.queue();
    await queue.send({ body: 'again', headers: { kept: 'yes' }, messageId: 'id' });
    const first = await takeOne(queue);
    expect(await first.retry('50ms')).toBe('settled');
    const second = await takeOne(queue);
    expect(second.text()).toBe('again');
    expect(second.properties.messageId).toBe('id');
    expect(second.headers['kept']).toBe('yes');
    expect(second.attempt).toBe(2);
    await second.retry('20ms');
    const third = await takeOne(queue);
    expect(third.attempt).toBe(3);
    await third.ack();
    expect((await queue.info())?.ready).toBe(0);
  });

  examine('a dead-lettered message is kept with its reason', async (trial) => {
    const app = await trial.open();
    const queue = app.queue(trial.name());
    await queue.send({ body: 'bad', expiration: '1h', correlationId: 'c' });
    expect(await (await takeOne(queue)).deadLetter('cannot be read')).toBe('settled');
    expect(queue.deadLetterQueue).toBe(`sluice.dead.${queue.name}`);
    const dead = await takeOne(app.queue(queue.deadLetterQueue));
    expect(dead.text()).toBe('bad');
    expect(dead.headers).toMatchObject({
      'x-failure-reason': 'cannot be read',
      'x-failure-queue': queue.name,
      'x-earlier-attempts': 1,
    });
    expect(dead.properties.correlationId).toBe('c');
    expect(dead.properties.expirationMs).toBeUndefined();
    await dead.ack();
    expect((await queue.info())?.ready).toBe(0);
    await app.queue(queue.deadLetterQueue).delete();
  });

  examine('a dead letter goes where the queue says', async (trial) => {
    const app = await trial.open();
    const queue = app.queue(trial.name(), { deadLetter: trial.name() });
    await queue.send('bad');
    await (await takeOne(queue)).deadLetter('why');
    expect(await takeTexts(app.queue(queue.deadLetterQueue), 1)).toEqual(['bad']);
  });

  examine('a released message is there for the next', async (trial) => {
    const queue = await trial.queue();
    await queue.send('unused');
    expect(await (await takeOne(queue)).release()).toBe('settled');
    expect(await takeTexts(queue, 1)).toEqual(['unused']);
  });

  examine('a delivery limit counts what has failed', async (trial) => {
    const app = await trial.open();
    const queue = app.queue(trial.name(), { deliveryLimit: 1, deadLetter: trial.name() });
    await queue.send('poison');
    const first = await takeOne(queue);
    expect(first.attempt).toBe(1);
    await first.retry();
    const second = await takeOne(queue);
    expect(second.attempt).toBe(2);
    await second.retry();
    const dead = await takeOne(app.queue(queue.deadLetterQueue));
    expect(dead.headers['x-first-death-reason']).toBe('delivery_limit');
  });

  examine('follow-ups go out with the acknowledgement', async (trial) => {
    const app = await trial.open();
    const [orders, stock, mail] = [app.queue(trial.name()), app.queue(trial.name()), app.queue(trial.name())];
    await stock.declare();
    await mail.declare();
    await orders.send('order', 'order 2');
    const [order, order2] = await take(orders, 2);
    const send = [
      { queue: stock.name, message: { item: 1 } },
      { queue: mail.name, message: 'thanks' },
      { queue: stock.name, message: { item: 2 } },
    ];
    expect(await order!.ack({ send })).toBe('settled');
    expect(await order2!.ack()).toBe('settled');
    expect(await takeTexts(stock, 2)).toEqual(['{"item":1}', '{"item":2}']);
    expect(await takeTexts(mail, 1)).toEqual(['thanks']);
    expect((await orders.info())?.ready).toBe(0);
  });

  examine('a follow-up that has nowhere to go leaves the message held', async (trial) => {
    const queue = await trial.queue();
    await queue.send('a');
    const message = await takeOne(queue);
    const nowhere = message.ack({ send: { queue: trial.name(), message: 'x' } });
    await expect(nowhere).rejects.toMatchObject({ code: 'not-found' });
    expect(message.isHeld).toBe(true);
    expect(await message.retry()).toBe('settled');
    expect(await takeTexts(queue, 1)).toEqual(['a']);
  });

  examine('a follow-up that a full queue refuses leaves the message held', async (trial) => {
    const app = await trial.open();
    const full = app.queue(trial.name(), { lengthMax: 1, overflow: 'reject-publish' });
    const queue = app.queue(trial.name());
    await full.send('1');
    await queue.send('a', 'b');
    const [a, b] = await take(queue, 2);
    await a!.ack();
    const send = { queue: full.name, message: 'x' };
    await expect(b!.ack({ send })).rejects.toMatchObject({ code: 'limit-reached', retryable: true });
    expect(b!.isHeld).toBe(true);
    expect(await full.purge()).toBe(1);
    expect(await b!.ack({ send })).toBe('settled');
    expect(await takeTexts(full, 1)).toEqual(['x']);
    expect((await queue.info())?.ready).toBe(0);
  });

  examine('messages held by an engine that closes come again to others', async (trial) => {
    const app = await trial.open();
    const queue = app.queue(trial.name());
    await queue.send('a', 'b');
    const [held] = await take(queue, 1);
    const next = await trial.crash(app);
    expect(await held!.ack()).toBe('lost');
    const messages = await take(next.queue(queue.name), 2);
    expect(messages.map((message) => message.text())).toEqual(['a', 'b']);
    expect(messages[0]!.redelivered).toBe(true);
  });
}
