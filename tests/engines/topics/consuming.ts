/** Receiving: bounds, ends, handlers. */
import { expect } from 'vitest';
import type { Delivery } from '../../../src/index.js';
import { eventually, take, takeOne, takeTexts, type Case } from '../trial.js';

export function consuming(examine: Case): void {
  examine('no more is held than the prefetch, and settling one makes room', async (trial) => {
    const queue = await trial.queue();
    await queue.send('1', '2', '3');
    const reception = queue.receive({ prefetch: 2 });
    const first = (await reception.next()).value!;
    const second = (await reception.next()).value!;
    let third: Delivery | undefined;
    const waiting = reception.next().then(({ value }) => (third = value));
    expect((await queue.info())?.ready).toBe(1);
    expect(third).toBeUndefined();
    await first.ack();
    await waiting;
    expect(third!.text()).toBe('3');
    await third!.ack();
    await second.ack();
    await reception.close();
  });

  examine('more or fewer may be held from now on, and what is held stays held', async (trial) => {
    const app = await trial.open();
    const queue = app.queue(trial.name());
    await queue.send('1', '2', '3', '4', '5', '6');
    const deadLetterQueue = `sluice.dead.${queue.name}`;
    const deliveries = await app.engine.receive(queue.name, { prefetch: 1, deadLetterQueue });
    const held = [(await deliveries.next()).value!];
    await deliveries.hold({ prefetch: 3 });
    // The limit before and the one after, for what was held before.
    while (held.length < 3) held.push((await deliveries.next()).value!);
    expect(held.map((delivery) => delivery.text())).toEqual(['1', '2', '3']);
    await eventually(async () => (await queue.info())!.ready === 2);
    for (const delivery of held) await delivery.ack();
    await deliveries.hold({ prefetch: 1 });
    const rest: string[] = [];
    while (rest.length < 3) {
      const { value } = await deliveries.next();
      rest.push(value!.text());
      await value!.ack();
    }
    expect(rest).toEqual(['4', '5', '6']);
    await deliveries.close();
    expect(await queue.info()).toMatchObject({ ready: 0, consumers: 0 });
  });

  examine('a break gives back what was not handed out, in order', async (trial) => {
    const queue = await trial.queue();
    await queue.send('1', '2', '3', '4');
    for await (const message of queue.receive({ prefetch: 4 })) {
      await message.ack();
      break;
    }
    await eventually(async () => (await queue.info())?.ready === 3);
    expect(await takeTexts(queue, 3)).toEqual(['2', '3', '4']);
  });

  examine('the signal ends the iteration, and what is held may still be settled', async (trial) => {
    const queue = await trial.queue();
    await queue.send('1');
    const abort = new AbortController();
    const held: Delivery[] = [];
    for await (const message of queue.receive({ signal: abort.signal })) {
      held.push(message);
      abort.abort();
    }
    expect(await held[0]!.ack()).toBe('settled');
    expect((await queue.info())?.ready).toBe(0);
    const over = queue.receive({ signal: abort.signal });
    expect(await over.next()).toEqual({ done: true, value: undefined });
  });

  examine('closing the engine ends an iteration that waits', async (trial) => {
    const app = await trial.open();
    const queue = app.queue(trial.name());
    const reception = queue.receive();
    const next = reception.next();
    await eventually(async () => (await queue.info())?.consumers === 1);
    await app.close();
    expect((await next).done).toBe(true);
  });

  examine('two receivers share a queue, and an exclusive one does not', async (trial) => {
    const queue = await trial.queue();
    await queue.send('1', '2');
    const [one, two] = [queue.receive({ prefetch: 1 }), queue.receive({ prefetch: 1 })];
    const texts = [(await one.next()).value!.text(), (await two.next()).value!.text()];
    expect(texts.sort()).toEqual(['1', '2']);
    await expect(queue.receive({ exclusive: true }).next()).rejects.toMatchObject({ code: 'access-refused' });
  });

  examine('deleting the queue ends its receivers with not-found', async (trial) => {
    const queue = await trial.queue();
    await queue.send('1');
    const reception = queue.receive();
    await (await reception.next()).value!.ack();
    const next = expect(reception.next()).rejects.toMatchObject({ code: 'not-found' });
    await queue.delete();
    await next;
    await reception.close();
  });

  examine('a handler acknowledges by returning, so many at a time', async (trial) => {
    const queue = await trial.queue();
    await queue.send(...Array.from({ length: 20 }, (_, number) => number));
    let running = 0;
    let most = 0;
    const seen = new Set<unknown>();
    const consumption = queue.consume(
      async (message) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        seen.add(message.json());
      },
      { concurrency: 3 },
    );
    await eventually(() => Promise.resolve(seen.size === 20));
    await consumption.close();
    expect(most).toBe(3);
    expect((await queue.info())?.ready).toBe(0);
  });

  examine('a handler that fails gets the message again, then the dead-letter queue does', async (trial) => {
    const app = await trial.open();
    const queue = app.queue(trial.name(), { deadLetter: trial.name() });
    await queue.send('poison');
    const attempts: number[] = [];
    const failures: unknown[] = [];
    const consumption = queue.consume(
      (message) => {
        attempts.push(message.attempt);
        throw new Error(`failure ${message.attempt}`);
      },
      { attempts: 3, retryAfter: '20ms', onError: (error) => failures.push(error) },
    );
    const dead = await takeOne(app.queue(queue.deadLetterQueue));
    await consumption.close();
    expect(attempts).toEqual([1, 2, 3]);
    expect(failures).toHaveLength(3);
    expect(dead.headers['x-failure-reason']).toBe('failure 3');
  });

  examine('closing a consumption waits for its handler and loses nothing', async (trial) => {
    const queue = await trial.queue();
    await queue.send('1', '2', '3');
    const started = gate();
    const finished = gate();
    const consumption = queue.consume(async () => {
      started.open();
      await finished.passed;
    });
    await started.passed;
    const closed = consumption.close();
    finished.open();
    await closed;
    await eventually(async () => (await queue.info())?.ready === 2);
    expect(await takeTexts(queue, 2)).toEqual(['2', '3']);
  });

  examine('peek, purge, delete and info say and do what they are called', async (trial) => {
    const queue = await trial.queue();
    expect(await queue.info()).toBeUndefined();
    await queue.send('1', '2', '3');
    expect((await queue.peek(2)).map(({ body }) => String(body))).toEqual(['1', '2']);
    await eventually(async () => (await queue.info())?.ready === 3);
    expect((await take(queue, 1))[0]!.text()).toBe('1');
    expect(await queue.purge()).toBe(2);
    await queue.send('4');
    expect(await queue.delete()).toBe(1);
    expect(await queue.info()).toBeUndefined();
  });
}

/** A promise and what resolves it. */
function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}
