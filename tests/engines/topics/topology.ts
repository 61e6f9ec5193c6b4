/** Queues that must agree, exchanges, bindings, and the list of everything. */
import { expect } from 'vitest';
import { expectRefusal, takeTexts, type Case } from '../trial.js';

export function topology(examine: Case): void {
  examine('without options a queue is taken as it is, with options it must agree', async (trial) => {
    const app = await trial.open();
    const name = trial.name();
    await app.queue(name, { messageTtl: '1h' }).declare();
    await app.queue(name).send('1');
    await app.queue(name, { messageTtl: '1h' }).declare();
    await expect(app.queue(name, { messageTtl: '2h' }).declare()).rejects.toMatchObject({
      code: 'precondition-failed',
    });
    await expect(app.queue(name, { durable: false }).declare()).rejects.toMatchObject({
      code: 'precondition-failed',
    });
    expect(await takeTexts(app.queue(name), 1)).toEqual(['1']);
  });

  examine('a wrong option or name is refused at once', async (trial) => {
    const app = await trial.open();
    expect(() => app.queue('')).toThrow(expect.objectContaining({ code: 'bad-input' }));
    expect(() => app.queue('x'.repeat(256))).toThrow(expect.objectContaining({ code: 'bad-input' }));
    const random = app.queue(trial.name(), { order: 'random' as 'fifo' });
    await expect(random.declare()).rejects.toMatchObject({ code: 'bad-input' });
    expect(() => random.receive({ prefetch: 0 })).toThrow(expect.objectContaining({ code: 'bad-input' }));
    expect(() => random.consume(() => undefined, { concurrency: 0 })).toThrow(
      expect.objectContaining({ code: 'bad-input' }),
    );
  });

  examine('a topic exchange routes by pattern and counts what nobody took', async (trial) => {
    const app = await trial.open();
    const events = app.exchange(trial.name(), { type: 'topic' });
    const [orders, all] = [app.queue(trial.name()), app.queue(trial.name())];
    await orders.declare();
    await all.declare();
    await events.bind(orders.name, { routingKey: 'order.*' });
    await events.bind(all.name, { routingKey: '#' });
    expect(await events.publish('order.created', 'created')).toEqual({ unroutable: 0 });
    await events.unbind(all.name, { routingKey: '#' });
    expect(await events.publish('mail.sent', 'a', 'b')).toEqual({ unroutable: 2 });
    expect(await takeTexts(orders, 1)).toEqual(['created']);
    expect(await takeTexts(all, 1)).toEqual(['created']);
    await events.delete();
  });

  examine('exchanges bind to exchanges, and headers exchanges by headers', async (trial) => {
    const app = await trial.open();
    const [source, matching] = [
      app.exchange(trial.name(), { type: 'fanout' }),
      app.exchange(trial.name(), { type: 'headers' }),
    ];
    const queue = app.queue(trial.name());
    await queue.declare();
    await matching.declare();
    await source.bind(matching.name, { destinationKind: 'exchange' });
    await matching.bind(queue.name, { arguments: { 'x-match': 'all', kind: 'a' } });
    const report = await source.publish(
      '',
      { body: '1', headers: { kind: 'a' } },
      { body: '2', headers: { kind: 'b' } },
    );
    expect(report).toEqual({ unroutable: 1 });
    expect(await takeTexts(queue, 1)).toEqual(['1']);
  });

  examine('publishing to an exchange that is not there says so, and harms nothing else', async (trial) => {
    const app = await trial.open();
    const queue = app.queue(trial.name());
    const sending = queue.send('1');
    await expect(app.exchange(trial.name()).publish('x', 'x')).rejects.toMatchObject({ code: 'not-found' });
    await sending;
    const exchange = app.exchange(trial.name(), { type: 'fanout' });
    await exchange.publish('', 'x');
    await exchange.delete();
    const gone = app.engine.publish(exchange.name, '', [{ body: Buffer.from('x') }]);
    await expect(gone).rejects.toMatchObject({ code: 'not-found' });
    await queue.send('2');
    expect(await takeTexts(queue, 2)).toEqual(['1', '2']);
  });

  examine('an engine lists what it has, or refuses to', async (trial) => {
    const app = await trial.open();
    const queue = app.queue(trial.name());
    const exchange = app.exchange(trial.name(), { type: 'direct' });
    await queue.declare();
    await exchange.bind(queue.name, { routingKey: 'k' });
    if (app.capabilities.topology.kind !== 'native') {
      await expectRefusal(() => app.engine.topology.describe(), 'topology');
      return;
    }
    const report = await app.engine.topology.describe();
    expect(report.queues.map(({ name }) => name)).toContain(queue.name);
    expect(report.exchanges).toContainEqual(expect.objectContaining({ name: exchange.name, type: 'direct' }));
    expect(report.bindings).toContainEqual(
      expect.objectContaining({ source: exchange.name, destination: queue.name, routingKey: 'k' }),
    );
  });

  examine('a queue is deleted only when it is empty, or unused, where that is asked', async (trial) => {
    const queue = await trial.queue();
    await queue.send('1');
    await expect(queue.delete({ empty: true })).rejects.toMatchObject({ code: 'not-empty' });
    const reception = queue.receive();
    await reception.next();
    await expect(queue.delete({ unused: true })).rejects.toMatchObject({ code: 'in-use' });
    await reception.close();
  });

  examine('an exclusive queue is only for the engine that made it', async (trial) => {
    if (trial.target.restart === undefined) return;
    const [app, other] = [await trial.open(), await trial.open()];
    const queue = app.queue(trial.name(), { durable: false, exclusive: true });
    await queue.send('1');
    await expect(other.queue(queue.name).send('2')).rejects.toMatchObject({ code: 'exclusive' });
    expect(await takeTexts(queue, 1)).toEqual(['1']);
  });
}
