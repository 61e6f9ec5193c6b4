/** What workers learn of costs is known to whoever enqueues, in other processes too: it orders queues by laxity. */
import { describe, expect, it } from 'vitest';
import type { TaskApp } from '../../src/tasks/index.js';
import { openTesting } from '../../src/testing/index.js';
import { sluiceUnavailable, startSluice } from '../support/start-sluice.mjs';
import { programsOn } from './programs.js';

const runs = Array.from({ length: 30 }, () => undefined);

describe('least laxity', () => {
  it('goes by learned costs: of two with one deadline, the one that takes longer goes first', async () => {
    await using app = await openTesting();
    const queue = app.queue('by-laxity', { order: 'laxity' });
    await queue.declare();
    const order: string[] = [];
    const declared = (name: string, takes: '10ms' | '500ms') =>
      app.task(name, { queue, run: () => app.clock.sleep(takes).then(() => order.push(name)) });
    const [quick, slow] = [declared('quick', '10ms'), declared('slow', '500ms')];
    const learning = app.worker({ tasks: [quick, slow], concurrency: 1 });
    await quick.enqueueAll(runs);
    await slow.enqueueAll(runs);
    await app.clock.advance('1m');
    await learning.close();
    order.length = 0;
    for (const task of [quick, slow, quick, slow]) await task.enqueue(undefined, { deadline: '10s' });
    app.worker({ tasks: [quick, slow], concurrency: 1 });
    await app.clock.advance('10s');
    expect(order).toEqual(['slow', 'slow', 'quick', 'quick']);
  });
});

const reason = sluiceUnavailable();

describe.skipIf(reason !== undefined)('learned costs between processes', () => {
  const on = programsOn(startSluice);
  const program = (): Promise<TaskApp> => on.program();

  it('travel with what another enqueues, and serve its advice', async () => {
    const working = await program();
    const queue = working.queue('learned', { order: 'laxity' });
    await queue.declare();
    const options = { queue: 'learned' } as const;
    const pause = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 5));
    const worked = working.task('learned.job', { ...options, run: pause });
    const worker = working.worker({ tasks: [worked] });
    const handles = await worked.enqueueAll(runs);
    for (const handle of handles) await handle.result();
    await worker.close();

    const sending = await program();
    const sent = sending.task('learned.job', options);
    await sent.enqueue(undefined, { deadline: '1m' });
    for await (const delivery of sending.queue('learned').receive()) {
      expect(Number(delivery.header('x-cost'))).toBeGreaterThan(1);
      await delivery.ack();
      break;
    }
    const advice = await sending.advise(sent, { arrivalsPerSecond: 1_000, wait: '1s' });
    expect(advice.workers).toBeGreaterThan(1);
  });
});
