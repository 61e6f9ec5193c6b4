/** Paused queues: they take messages and deliver none, through a crash, until they are resumed. */
import { expect } from 'vitest';
import { expectRefusal, has, takeTexts, type Case } from '../trial.js';

export function pausing(examine: Case): void {
  examine('pause: deliveries stop until it is resumed, or it is refused', async (trial) => {
    const app = await trial.open();
    const queue = app.queue(trial.name());
    if (!has(app, 'pause')) {
      await expectRefusal(() => queue.pause(), 'pause');
      await expectRefusal(() => app.engine.topology.setPaused(queue.name, true), 'pause');
      return;
    }
    await queue.send('1');
    const reception = queue.receive();
    const held = (await reception.next()).value!;
    expect([await queue.pause(), await queue.pause()]).toEqual([true, false]);
    await queue.send('2');
    await held.ack();
    const next = reception.next();
    expect(await queue.info()).toMatchObject({ ready: 1 });
    expect([await queue.resume(), await queue.resume()]).toEqual([true, false]);
    expect((await next).value!.text()).toBe('2');
    await reception.close();
    await expect(app.engine.topology.setPaused(trial.name(), true)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  examine('a pause survives a crash', async (trial) => {
    const app = await trial.open();
    if (!has(app, 'pause')) return;
    const queue = app.queue(trial.name());
    await queue.send('1');
    await queue.pause();
    const again = (await trial.crash(app)).queue(queue.name);
    const taken = takeTexts(again, 1);
    expect(await again.resume()).toBe(true);
    expect(await taken).toEqual(['1']);
  });
}
