/** The embedded engine when the disk fails, the power goes, and the broker asks publishers to wait. */
import { describe, expect, it } from 'vitest';
import { openBroker, type Broker } from '../../broker/index.js';
import { seededRandom, SimulatedDisk, systemClock, type SluiceError } from '../../kernel/index.js';
import { App, type Delivery, type Queue } from '../index.js';
import { EmbeddedEngine } from './embedded-engine.js';

interface Opened {
  readonly app: App;
  readonly broker: Broker;
  readonly failures: SluiceError[];
}

async function openOn(disk: SimulatedDisk): Promise<Opened> {
  const clock = systemClock();
  const failures: SluiceError[] = [];
  const random = seededRandom(7);
  let fail = (error: SluiceError): void => void failures.push(error);
  const broker = await openBroker({
    directory: '/data',
    disk,
    clock,
    random,
    journal: { segmentBytes: 262_144, segmentBytesFirst: 262_144 },
    onFailure: (error) => {
      fail(error);
    },
  });
  const engine = new EmbeddedEngine('/data', broker, clock, () => Promise.resolve());
  fail = (error) => {
    failures.push(error);
    engine.fail(error);
  };
  return { app: new App(engine, clock), broker, failures };
}

const newDisk = (seed: number): SimulatedDisk => new SimulatedDisk({ random: seededRandom(seed) });

async function takeOne(queue: Queue): Promise<Delivery> {
  const reception = queue.receive({ prefetch: 1 });
  const { value } = await reception.next();
  await reception.close();
  return value!;
}

describe('a disk that fails', () => {
  it('answers every call, waiting or to come, with durability-lost', async () => {
    const disk = newDisk(1);
    const { app, failures } = await openOn(disk);
    const queue = app.queue('q');
    await queue.send('kept');
    const message = await takeOne(queue);
    const waiting = queue.receive().next();
    disk.failAt({ kind: 'sync', nth: 1, code: 'EIO', forGood: true });
    const failed = { code: 'durability-lost' };
    await expect(queue.send('lost')).rejects.toMatchObject(failed);
    await expect(waiting).rejects.toMatchObject(failed);
    expect(failures).toHaveLength(1);
    await expect(queue.send('later')).rejects.toMatchObject(failed);
    await expect(queue.receive().next()).rejects.toMatchObject(failed);
    expect(await message.ack()).toBe('lost');
    await app.close().catch(() => undefined);
  });
});

describe('a completion with follow-ups', () => {
  /** Loses power at the `nth` change of the disk from the completion on. False: the completion needs fewer. */
  async function crashAt(nth: number, seed: number): Promise<boolean> {
    const disk = newDisk(seed);
    const { app } = await openOn(disk);
    const [queue, next] = [app.queue('q'), app.queue('next')];
    await next.declare();
    await queue.send('done');
    const message = await takeOne(queue);
    disk.crashAt({ nth });
    const send = ['a', 'b'].map((body) => ({ queue: 'next', message: body }));
    const outcome = await Promise.race([message.ack({ send }), disk.stopped.then(() => 'cut' as const)]);
    const after = await openOn(disk.crash());
    const left = (await after.app.queue('q').peek(9)).length;
    const sent = (await after.app.queue('next').peek(9)).length;
    expect([left, sent], `power lost at change ${nth}, seed ${seed}`).toEqual(left === 0 ? [0, 2] : [1, 0]);
    if (outcome === 'settled') expect(left).toBe(0);
    await after.app.close();
    return outcome === 'cut';
  }

  it('is kept whole or not at all, wherever the power goes', async () => {
    for (let seed = 1; seed <= 25; seed++) {
      let change = 1;
      while (await crashAt(change, seed)) change++;
      expect(change).toBeGreaterThan(2);
    }
  });
});

describe('sending while the broker asks publishers to wait', () => {
  it('waits, keeps the order, and goes on', async () => {
    const { app, broker } = await openOn(newDisk(3));
    const queue = app.queue('q');
    await queue.declare();
    broker.setAlarm('memory', true);
    const sent: string[] = [];
    const sending = ['1', '2', '3'].map((text) => queue.send(text).then(() => sent.push(text)));
    await app.engine.topology.describeQueue('q');
    expect((await queue.info())?.ready).toBe(0);
    broker.setAlarm('memory', false);
    await Promise.all(sending);
    expect(sent).toEqual(['1', '2', '3']);
    expect((await queue.peek(3)).map(({ body }) => String(body))).toEqual(['1', '2', '3']);
    await app.close();
  });

  it('gives up with its signal, and when the engine closes', async () => {
    const { app, broker } = await openOn(newDisk(4));
    const queue = app.queue('q');
    await queue.declare();
    broker.setAlarm('disk', true);
    const abort = new AbortController();
    const given = queue.sendAll(['1'], { signal: abort.signal });
    const waiting = queue.send('2');
    abort.abort();
    await expect(given).rejects.toMatchObject({ name: 'AbortError' });
    const refused = expect(waiting).rejects.toMatchObject({ code: 'closed' });
    await app.close();
    await refused;
  });

  it('gives the event loop its turns in a large batch', async () => {
    const { app } = await openOn(newDisk(5));
    const queue = app.queue('q');
    await queue.declare();
    let turns = 0;
    const count = (): void => {
      turns++;
      if (turns < 1_000_000) setImmediate(count);
    };
    setImmediate(count);
    await queue.sendAll(Array.from({ length: 5_000 }, () => 'x'));
    expect(turns).toBeGreaterThanOrEqual(19);
    turns = 1_000_000;
    expect((await queue.info())?.ready).toBe(5_000);
    await app.close();
  });
});

describe('settling after a completion', () => {
  it('commits bare acknowledgements too, before the receiver ends', async () => {
    const disk = newDisk(6);
    const { app } = await openOn(disk);
    const [queue, next] = [app.queue('q'), app.queue('next')];
    await next.declare();
    await queue.send('1', '2', '3', '4');
    const reception = queue.receive({ prefetch: 4 });
    const messages: Delivery[] = [];
    for (let taken = 0; taken < 4; taken++) messages.push((await reception.next()).value!);
    await messages[0]!.ack({ send: { queue: 'next', message: 'x' } });
    await messages[1]!.ack();
    await messages[2]!.ack();
    await messages[3]!.retry();
    await reception.close();
    await app.close();
    const after = await openOn(disk.kill());
    expect((await after.app.queue('q').peek(9)).map(({ body }) => String(body))).toEqual(['4']);
    await after.app.close();
  });
});
