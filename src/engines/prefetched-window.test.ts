/** What a receiver holds is chosen at the last moment; keys stay taken through retries; what nobody got goes back. */
import { describe, expect, it } from 'vitest';
import { FakeClock, SluiceError } from '../kernel/index.js';
import type { Delivery, Settler, SettleOutcome } from './delivery.js';
import { headerNames } from './message.js';
import { PrefetchedWindow } from './prefetched-window.js';
import { windowTermsOf } from './window-terms.js';
import type { QueueDeclaration } from './topology.js';
import { plainContent } from './testing/plain-content.js';

interface Given {
  readonly key?: string;
  readonly deadlineMs?: number;
  readonly priority?: number;
}

/** A window before an engine that writes down what it was told. */
function windowOf(declaration: QueueDeclaration, handedMax = 100) {
  const clock = new FakeClock();
  const told: string[] = [];
  const tell = (text: string): SettleOutcome => {
    told.push(text);
    return 'settled';
  };
  let failure: SluiceError | undefined;
  const settler: Settler = {
    queue: 'q',
    acknowledge: (tag) => tell(`ack ${tag}`),
    giveBack: (tag, why) => tell(`back ${tag} ${why}`),
    refusesLater: true,
    complete: (tag) =>
      failure === undefined ? Promise.resolve(tell(`complete ${tag}`)) : Promise.reject(failure),
    retryLater: (tag, _delivery, afterMs) => Promise.resolve(tell(`retry ${tag} ${afterMs}`)),
    deadLetter: (tag) => Promise.resolve(tell(`dead ${tag}`)),
    extend: (tag) => Promise.resolve(tell(`extend ${tag}`)),
    nowMs: () => clock.now(),
  };
  let ready = 0;
  const onReady = (): void => {
    ready++;
  };
  const window = new PrefetchedWindow({ settler, clock, onReady }, windowTermsOf(declaration), handedMax);
  return {
    clock,
    told,
    window,
    readyCount: () => ready,
    fail: (error: SluiceError | undefined) => (failure = error),
    add: (tag: number, { key, deadlineMs, priority }: Given = {}): void => {
      const headers = {
        ...(key === undefined ? {} : { [headerNames.key]: key }),
        ...(deadlineMs === undefined ? {} : { [headerNames.deadline]: deadlineMs }),
      };
      const properties = { headers, ...(priority === undefined ? {} : { priority }) };
      window.add(tag, plainContent(String(tag), properties));
    },
    /** Everything that may go now. */
    takeAll: (): Delivery[] => {
      const taken: Delivery[] = [];
      for (let next = window.take(); next !== undefined; next = window.take()) taken.push(next);
      return taken;
    },
  };
}

const texts = (deliveries: readonly Delivery[]): string[] => deliveries.map((one) => one.text());

describe('a prefetched window', () => {
  it('chooses at the last moment: what came last may go first', async () => {
    const { add, window, takeAll } = windowOf({ order: 'deadline' }, 1);
    add(1, { deadlineMs: 30 });
    add(2, { deadlineMs: 20 });
    const [first] = takeAll();
    expect(first!.text()).toBe('2');
    add(3, { deadlineMs: 10 });
    expect(window.take()).toBeUndefined();
    await first!.ack();
    expect(texts(takeAll())).toEqual(['3']);
  });

  it('orders by priority as the server does, strictly', () => {
    const { add, takeAll } = windowOf({ order: 'priority', priorityMax: 5 });
    [1, 5, 9, 0].forEach((priority, index) => {
      add(index + 1, { priority });
    });
    expect(texts(takeAll())).toEqual(['2', '3', '1', '4']);
  });

  it('puts its first choice off until the queue is here, or for 50 ms', () => {
    const full = windowOf({ order: 'deadline' });
    full.window.fill(2);
    full.add(1, { deadlineMs: 2 });
    expect(full.takeAll()).toEqual([]);
    full.add(2, { deadlineMs: 1 });
    expect(texts(full.takeAll())).toEqual(['2', '1']);
    const late = windowOf({ order: 'deadline' });
    late.window.fill(2);
    late.add(1, { deadlineMs: 2 });
    late.clock.advance(49);
    expect([late.window.take(), late.readyCount()]).toEqual([undefined, 0]);
    late.clock.advance(1);
    expect([late.window.take()?.text(), late.readyCount()]).toEqual(['1', 1]);
  });

  it('lets one of a key go at a time, through retries with and without a pause', async () => {
    const { add, clock, told, takeAll } = windowOf({});
    for (const [tag, key] of [
      [1, 'a'],
      [2, 'a'],
      [3, 'b'],
    ] as const)
      add(tag, { key });
    const [a1, b1] = takeAll();
    expect(texts([a1!, b1!])).toEqual(['1', '3']);
    await a1!.retry();
    const [second] = takeAll();
    expect([second!.text(), second!.attempt, second!.redelivered]).toEqual(['1', 2, true]);
    await second!.retry('1s');
    expect(takeAll()).toEqual([]);
    clock.advance(1_000);
    const [third] = takeAll();
    expect([third!.text(), third!.attempt, told]).toEqual(['1', 3, []]);
    await third!.ack();
    expect([texts(takeAll()), told]).toEqual([['2'], ['ack 1']]);
  });

  it('leaves the retries of messages without a key, and long pauses, to the engine', async () => {
    const { add, told, takeAll } = windowOf({ order: 'deadline' });
    add(1);
    add(2, { key: 'a' });
    add(3);
    const [first, second, third] = takeAll();
    await first!.retry();
    await second!.retry('11m');
    await third!.retry('1s');
    expect(told).toEqual(['back 1 failed', 'retry 2 660000', 'retry 3 1000']);
  });

  it('keeps a key taken when a settlement fails', async () => {
    const { add, fail, takeAll } = windowOf({});
    add(1, { key: 'a' });
    add(2, { key: 'a' });
    const [first] = takeAll();
    fail(new SluiceError('not-found', 'no such queue'));
    await expect(first!.ack({ send: [] })).rejects.toMatchObject({ code: 'not-found' });
    expect(takeAll()).toEqual([]);
    fail(undefined);
    await first!.ack({ send: [] });
    expect(texts(takeAll())).toEqual(['2']);
  });

  it('gives back what nobody has when it is drained; what was handed out is still settled', async () => {
    const { add, clock, told, window, takeAll } = windowOf({});
    add(1, { key: 'a' });
    add(2, { key: 'a' });
    add(3, { key: 'b' });
    const [a1, b1] = takeAll();
    await b1!.retry('1s');
    window.drain();
    expect(told).toEqual(['back 2 unused', 'back 3 unused']);
    clock.advance(1_000);
    expect(takeAll()).toEqual([]);
    await a1!.retry();
    expect(told.at(-1)).toBe('back 1 failed');
  });
});
