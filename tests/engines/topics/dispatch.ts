/** Tenants that share a queue, rates and concurrencies: as far as the engine has them, and refused where it has not. */
import { expect } from 'vitest';
import type { CapabilityName, DispatchOptions } from '../../../src/index.js';
import { expectRefusal, has, take, takeOne, type Case } from '../trial.js';

/** What each option asks for. */
const capabilityOf: Readonly<Record<keyof DispatchOptions, CapabilityName>> = {
  fair: 'tenants',
  fairBudget: 'tenants',
  rateLimit: 'limits',
  tenantRateLimit: 'limits',
  keyRateLimit: 'limits',
  concurrency: 'limits',
  tenantConcurrency: 'limits',
};

const rate = { count: 1, per: '1h' } as const;
const examples: Readonly<Required<DispatchOptions>> = {
  fair: { gold: 3 },
  fairBudget: { gold: '20ms/100ms' },
  rateLimit: rate,
  tenantRateLimit: rate,
  keyRateLimit: rate,
  concurrency: 1,
  tenantConcurrency: 1,
};

export function dispatch(examine: Case): void {
  for (const [name, capability] of Object.entries(capabilityOf)) {
    const option = name as keyof DispatchOptions;
    examine(`${option}: declared and compared, or refused`, async (trial) => {
      const app = await trial.open();
      if (!has(app, capability)) return;
      const plain = { order: option === 'fairBudget' ? 'deadline' : 'priority' } as const;
      const options = { ...plain, [option]: examples[option] };
      const queue = trial.name();
      await app.queue(queue, options).declare();
      await app.queue(queue, options).declare();
      const other = app.queue(queue, plain).declare();
      await expect(other).rejects.toMatchObject({ code: 'precondition-failed' });
    });

    examine(`${option}: refused where it is none, under its argument's name too`, async (trial) => {
      const app = await trial.open();
      if (has(app, capability)) return;
      const queue = app.queue(trial.name(), { [option]: examples[option] });
      if (option !== 'fairBudget') await expectRefusal(() => queue.declare(), capability);
      const argument = `x-${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      const raw = app.queue(trial.name(), { arguments: { [argument]: {} } });
      await expectRefusal(() => raw.declare(), capability);
      expect(await raw.info()).toBeUndefined();
    });
  }

  examine('options that make no sense are refused before the engine is asked', async (trial) => {
    const app = await trial.open();
    for (const options of [
      { fair: { gold: -1 } },
      { rateLimit: { count: 1, per: 'soon' as never } },
      { concurrency: 0 },
      { fairBudget: { gold: '20ms/100ms' } as const },
    ])
      await expect(app.queue(trial.name(), options).declare()).rejects.toMatchObject({ code: 'bad-input' });
  });

  examine('fair: tenants take turns by weight, first in first out within each', async (trial) => {
    const app = await trial.open();
    const queue = app.queue(trial.name(), { fair: { gold: 2, '*': 1 } });
    const of = (tenant: string): { body: string; tenant: string }[] =>
      [1, 2, 3, 4].map((number) => ({ body: `${tenant}${number}`, tenant }));
    await queue.sendAll([...of('bulk'), ...of('gold')]);
    const messages = await take(queue, 6);
    expect(messages.map((message) => message.text())).toEqual([
      ...['bulk1', 'gold1', 'gold2', 'bulk2', 'gold3', 'gold4'],
    ]);
    expect(messages.map(({ tenant }) => tenant).slice(0, 2)).toEqual(['bulk', 'gold']);
  });

  examine('a rate and a concurrency hold over receivers, and block only their own', async (trial) => {
    const app = await trial.open();
    if (!has(app, 'limits')) return;
    const rated = app.queue(trial.name(), { tenantRateLimit: rate });
    const narrow = app.queue(trial.name(), { concurrency: 2 });
    await rated.send({ body: 'a1', tenant: 'a' }, { body: 'a2', tenant: 'a' }, { body: 'b1', tenant: 'b' });
    expect((await take(rated, 2)).map((message) => message.text())).toEqual(['a1', 'b1']);
    await narrow.send('1', '2', '3', '4');
    const first = await takeOne(narrow);
    const reception = narrow.receive({ prefetch: 10 });
    const second = (await reception.next()).value!;
    const third = reception.next();
    const info = await narrow.info();
    expect([second.text(), info!.ready]).toEqual(['2', 2]);
    await first.ack();
    expect((await third).value!.text()).toBe('3');
    await reception.close();
  });

  examine('a message index is declared, or refused', async (trial) => {
    const app = await trial.open();
    const queue = app.queue(trial.name(), { messageIndex: true });
    if (!has(app, 'messageIndex')) {
      await expectRefusal(() => queue.declare(), 'messageIndex');
      return;
    }
    await queue.send({ body: '1', messageId: 'm' });
    const plain = app.queue(queue.name, { messageIndex: false }).declare();
    await expect(plain).rejects.toMatchObject({ code: 'precondition-failed' });
    expect((await takeOne(queue)).properties.messageId).toBe('m');
  });
}
