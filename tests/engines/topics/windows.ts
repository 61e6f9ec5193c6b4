/** Orders, keys and shares that an engine has itself, or that its receivers make: what either promises. */
import { expect } from 'vitest';
import type { App } from '../../../src/engines/index.js';
import { expectRefusal, has, take, takeOne, takeTexts, type Case } from '../trial.js';

const chosen = ['deadline', 'keyedOrder', 'tenants'] as const;

function isEmulated(app: App): boolean {
  return app.capabilities.deadline.kind === 'emulated';
}

export function windows(examine: Case): void {
  examine('order, keys and shares are native, or emulated within the prefetched window', async (trial) => {
    const app = await trial.open();
    for (const name of chosen) {
      const capability = app.capabilities[name];
      if (trial.target.kind !== 'rabbitmq') expect(capability).toEqual({ kind: 'native' });
      else if (capability.kind === 'emulated') expect(capability.limit).toMatch(/window/);
      else expect.fail(`${name} is ${capability.kind}`);
    }
  });

  examine(
    'rate-monotonic: the shortest period first; laxity: the least time to spare first',
    async (trial) => {
      const app = await trial.open();
      if (!has(app, 'deadline')) return;
      const byPeriod = app.queue(trial.name(), { order: 'rate-monotonic' });
      await byPeriod.send('none', { body: 'slow', period: '1m' }, { body: 'fast', period: '1s' });
      expect(await takeTexts(byPeriod, 3)).toEqual(['fast', 'slow', 'none']);
      const byLaxity = app.queue(trial.name(), { order: 'laxity' });
      const [at, later] = [new Date(Date.now() + 60_000), new Date(Date.now() + 65_000)];
      await byLaxity.send({ body: 'short', deadline: at }, { body: 'long', deadline: later, cost: '30s' });
      expect(await takeTexts(byLaxity, 2)).toEqual(['long', 'short']);
    },
  );

  examine('what nobody got goes back when a receiver ends, and its order with it', async (trial) => {
    const app = await trial.open();
    if (!has(app, 'deadline')) return;
    const queue = app.queue(trial.name(), { order: 'deadline' });
    await queue.sendAll(
      [5, 1, 4, 2, 3].map((minutes) => ({ body: `${minutes}`, deadline: minutes * 60_000 })),
    );
    const first = await takeOne(queue);
    expect([first.text(), first.redelivered]).toEqual(['1', false]);
    await first.ack();
    const rest = await take(queue, 4);
    expect(rest.map((message) => message.text())).toEqual(['2', '3', '4', '5']);
    // Whoever chooses has held them all.
    expect(rest.map(({ redelivered }) => redelivered)).toEqual(Array(4).fill(isEmulated(app)));
    for (const message of rest) await message.ack();
  });

  examine('a receiver that chooses holds no more than its window', async (trial) => {
    const app = await trial.open();
    if (!isEmulated(app)) return;
    const queue = app.queue(trial.name(), { order: 'deadline' });
    await queue.sendAll([1, 2, 3, 4, 5].map((hours) => ({ body: `${hours}`, deadline: `${hours}h` })));
    const reception = queue.receive({ prefetch: 1, window: 3 });
    const { value } = await reception.next();
    expect([value!.text(), (await queue.info())!.ready]).toEqual(['1', 2]);
    await reception.close();
    expect((await queue.info())!.ready).toBe(4);
  });

  examine('a queue has one order and one set of shares', async (trial) => {
    const app = await trial.open();
    if (!has(app, 'deadline')) return;
    const name = trial.name();
    await app.queue(name, { order: 'deadline', fair: { gold: 2 } }).declare();
    await app.queue(name, { order: 'edf', fair: { gold: 2 } }).declare();
    for (const options of [{ order: 'deadline' }, { order: 'laxity', fair: { gold: 2 } }] as const)
      await expect(app.queue(name, options).declare()).rejects.toMatchObject({ code: 'precondition-failed' });
    await app.queue(name).delete();
    await app.queue(name, { order: 'laxity' }).declare();
  });

  examine('raw arguments that the engine would ignore are refused', async (trial) => {
    const app = await trial.open();
    if (!isEmulated(app)) return;
    for (const [argument, capability] of [
      ['x-order', 'deadline'],
      ['x-fair', 'tenants'],
      ['x-fair-budget', 'tenants'],
    ] as const) {
      const raw = app.queue(trial.name(), { arguments: { [argument]: 'deadline' } });
      await expectRefusal(() => raw.declare(), capability);
      expect(await raw.info()).toBeUndefined();
    }
  });
}
