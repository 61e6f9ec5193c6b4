/** What was answered survives a crash, and a lost connection loses nothing. */
import { expect } from 'vitest';
import { take, takeTexts, type Case } from '../trial.js';

export function durability(examine: Case): void {
  examine('what a send resolved for survives a crash', async (trial) => {
    const app = await trial.open();
    const queue = app.queue(trial.name());
    await queue.send('1', Buffer.alloc(100_000, 'x'), '3');
    const next = await trial.crash(app);
    const bodies = (await take(next.queue(queue.name), 3)).map(({ body }) => body);
    expect(bodies).toEqual([Buffer.from('1'), Buffer.alloc(100_000, 'x'), Buffer.from('3')]);
  });

  examine('an acknowledgement with follow-ups survives a crash whole', async (trial) => {
    const app = await trial.open();
    const [queue, next] = [app.queue(trial.name()), app.queue(trial.name())];
    await next.declare();
    await queue.send('1');
    const [message] = await take(queue, 1);
    await message!.ack({ send: { queue: next.name, message: '2' } });
    const after = await trial.crash(app);
    expect(await takeTexts(after.queue(next.name), 1)).toEqual(['2']);
    if (app.capabilities.completion.kind === 'native')
      expect((await after.queue(queue.name).info())?.ready).toBe(0);
  });

  examine('what was acknowledged before a polite end stays so', async (trial) => {
    const queue = await trial.queue();
    await queue.send('1', '2');
    expect(await takeTexts(queue, 1)).toEqual(['1']);
    expect(await takeTexts(queue, 1)).toEqual(['2']);
    expect((await queue.info())?.ready).toBe(0);
  });

  examine(
    'a server that dies and returns is found again: no send is lost, and receivers go on',
    async (trial) => {
      const queue = await trial.queue();
      const received = new Set<string>();
      const consumption = queue.consume((message) => void received.add(message.text()), { concurrency: 4 });
      const before = Array.from({ length: 200 }, (_, number) => `before ${number}`);
      const during = Array.from({ length: 200 }, (_, number) => `during ${number}`);
      await queue.sendAll(before);
      const sending = during.map((text) => queue.send(text));
      await trial.target.restart!();
      await Promise.all(sending);
      await queue.send('after');
      while (received.size < 401) await new Promise((resolve) => setImmediate(resolve));
      await consumption.close();
      for (const text of [...before, ...during, 'after']) expect(received.has(text)).toBe(true);
    },
    { needsServer: true },
  );
}
