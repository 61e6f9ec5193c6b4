import { describe, expect, it } from 'vitest';
import { SluiceError } from '../kernel/index.js';
import { Delivery, type Settler } from './delivery.js';
import { DeliveryStream } from './delivery-stream.js';
import { plainContent } from './testing/plain-content.js';

const settler: Settler = {
  queue: 'q',
  acknowledge: () => 'settled',
  giveBack: () => 'settled',
  refusesLater: false,
  complete: () => Promise.resolve('settled'),
  retryLater: () => Promise.resolve('settled'),
  deadLetter: () => Promise.resolve('settled'),
  extend: () => Promise.resolve('settled'),
  nowMs: () => 0,
};

function delivery(text: string): Delivery {
  return new Delivery(plainContent(text), settler, 1);
}

describe('a stream of deliveries', () => {
  it('hands out what was pushed, before and after it was asked for, in order', async () => {
    const stream = new DeliveryStream(() => undefined);
    stream.push(delivery('1'));
    const first = stream.next();
    const [second, third] = [stream.next(), stream.next()];
    stream.push(delivery('2'));
    stream.push(delivery('3'));
    const texts = [await first, await second, await third].map(({ value }) => value?.text());
    expect(texts).toEqual(['1', '2', '3']);
  });

  it('lets the event loop turn while a program takes one after another', async () => {
    const stream = new DeliveryStream(() => undefined);
    let turns = 0;
    const count = (): void => {
      turns++;
      if (turns < 1_000) setImmediate(count);
    };
    setImmediate(count);
    for (let taken = 0; taken < 640; taken++) {
      stream.push(delivery('x'));
      await stream.next();
    }
    expect(turns).toBeGreaterThanOrEqual(9);
    turns = 1_000;
  });

  it('gives back what nobody got when it closes, once', async () => {
    const given: string[][] = [];
    const stream = new DeliveryStream((unhanded) => {
      given.push(unhanded.map((each) => each.text()));
    });
    for (const text of ['1', '2', '3']) stream.push(delivery(text));
    await stream.next();
    await Promise.all([stream.close(), stream.return()]);
    expect(given).toEqual([['2', '3']]);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('ends those who wait when it closes', async () => {
    const stream = new DeliveryStream(() => undefined);
    const waiting = [stream.next(), stream.next()];
    await stream.close();
    expect((await Promise.all(waiting)).map(({ done }) => done)).toEqual([true, true]);
  });

  it('tells a failure once, after what came before it', async () => {
    const stream = new DeliveryStream(() => undefined);
    stream.push(delivery('1'));
    stream.fail(new SluiceError('not-found', 'gone'));
    stream.fail(new SluiceError('internal', 'later'));
    expect((await stream.next()).value?.text()).toBe('1');
    await expect(stream.next()).rejects.toMatchObject({ code: 'not-found' });
    expect((await stream.next()).done).toBe(true);
  });

  it('forgets deliveries that went with their connection', async () => {
    const stream = new DeliveryStream(() => undefined);
    stream.push(delivery('lost'));
    stream.forget();
    stream.push(delivery('new'));
    expect((await stream.next()).value?.text()).toBe('new');
    expect(stream.size).toBe(0);
  });
});
