/** Nothing pretends: what is `none` refuses, what is emulated says how far, what was made can be listed and removed. */
import { expect } from 'vitest';
import { capabilityNames, type App, type CapabilityName } from '../../../src/engines/index.js';
import { expectRefusal, takeOne, type Case, type Trial } from '../trial.js';

/** How each part is asked for; those that are left out are asked for by the other topics. */
const calls: Readonly<
  Partial<Record<CapabilityName, (app: App, trial: Trial) => readonly (() => unknown)[]>>
> = {
  records: ({ engine: { records } }) => [
    () => records.get('k'),
    () => records.put('k', Buffer.from('v'), { expected: 'absent', ttlMs: 1_000 }),
    () => records.delete('k'),
    () => records.watch('k', () => undefined, new AbortController().signal),
    () => records.scan('k'),
  ],
  access: ({ engine }) => [() => engine.access()],
  replicas: ({ engine }) => [() => engine.replicas()],
  rewind: ({ engine }, trial) => [() => engine.rewind(trial.name(), new Date(0))],
};

export function capabilities(examine: Case): void {
  examine('every part has its capability, and a limit where it is emulated', async (trial) => {
    const app = await trial.open();
    expect(app.engine.kind).toBe(trial.target.kind);
    expect(Object.keys(app.capabilities).sort()).toEqual([...capabilityNames].sort());
    for (const capability of Object.values(app.capabilities)) {
      if (capability.kind === 'emulated') expect(capability.limit).not.toBe('');
      if (capability.kind === 'none') expect(capability.reason).not.toBe('');
    }
  });

  for (const [name, callsOf] of Object.entries(calls)) {
    examine(`${name}: refused where it is none`, async (trial) => {
      const app = await trial.open();
      const capability = name as CapabilityName;
      if (app.capabilities[capability].kind !== 'none') return;
      for (const call of callsOf(app, trial)) await expectRefusal(call, capability);
    });
  }

  examine(
    'extend and records are refused where they are none, and the message is still held',
    async (trial) => {
      const app = await trial.open();
      const queue = app.queue(trial.name());
      await queue.send('1');
      const message = await takeOne(queue);
      expect(app.capabilities.extend.kind).toBe('none');
      await expectRefusal(() => message.extend('1s'), 'extend');
      if (app.capabilities.records.kind === 'none') {
        const records = [{ key: 'k', value: Buffer.from('done') }];
        await expectRefusal(() => message.ack({ records }), 'records');
        await expectRefusal(() => app.engine.commit({ sends: [], puts: records }), 'records');
      }
      expect(message.isHeld).toBe(true);
      expect(await message.ack()).toBe('settled');
    },
  );

  examine('samples tell what is known, and unknown is not zero', async (trial) => {
    const app = await trial.open();
    const queue = app.queue(trial.name());
    await queue.send('1', '2');
    await takeOne(queue);
    const [sample] = await app.engine.observe([queue.name, trial.name()]);
    expect(sample).toMatchObject({ queue: queue.name, ready: 1, consumers: 0 });
    if (app.capabilities.observe.kind !== 'native') {
      expect(sample!.unacknowledged).toBeUndefined();
      await expectRefusal(() => app.engine.observe(), 'observe');
      return;
    }
    expect(sample).toMatchObject({ unacknowledged: 1, published: 2, delivered: 1, bytes: 2 });
    const all = await app.engine.observe();
    expect(all.map(({ queue: name }) => name)).toContain(queue.name);
  });

  examine('what was made on a foreign engine is prefixed, listed and removed', async (trial) => {
    const app = await trial.open();
    const queue = app.queue(trial.name());
    await queue.send({ body: 'x', delay: 30 });
    await (await takeOne(queue)).deadLetter('why');
    const own = await app.engine.listOwn();
    for (const name of own) expect(name).toMatch(/^sluice\./);
    if (trial.target.kind === 'embedded') {
      expect(own).toEqual([]);
      return;
    }
    expect(own).toContain(queue.deadLetterQueue);
    if (trial.target.kind === 'rabbitmq')
      expect(own.some((name) => name.startsWith('sluice.delay.'))).toBe(true);
    expect(await app.engine.clean()).not.toContain(queue.deadLetterQueue);
    await app.queue(queue.deadLetterQueue).purge();
    expect(await app.engine.clean()).toEqual([queue.deadLetterQueue]);
    expect(await app.engine.listOwn()).toEqual([]);
  });

  examine('a closed engine refuses, and closing it twice is nothing', async (trial) => {
    const app = await trial.open();
    const queue = app.queue(trial.name());
    await queue.send('1');
    await app.close();
    await app.close();
    await expect(queue.send('2')).rejects.toMatchObject({ code: 'closed' });
    await expect(queue.receive().next()).rejects.toMatchObject({ code: 'closed' });
    await expect(app.queue(trial.name()).declare()).rejects.toMatchObject({ code: 'closed' });
  });
}
