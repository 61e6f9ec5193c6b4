/** What workers do now, with what is expected of it. */
import { afterEach, expect, it } from 'vitest';
import { openTesting, type TestingApp } from '../../src/testing/index.js';

let app: TestingApp;

afterEach(() => app.close());

it('tells who runs what, when it is expected to end, and what waits in which order with which risk', async () => {
  app = await openTesting();
  const work = app.task('work', {
    deadline: '1h',
    run: (ms: number, { signal }) => app.clock.sleep(ms, signal),
  });
  const worker = app.worker({ tasks: [work], concurrency: 1 });
  // Costs are told from the twentieth run on, ten seconds apart.
  for (let run = 0; run < 40; run++) await work.enqueue(1_000);
  await app.clock.advance('60s');
  const running = await work.enqueue(1_000, { deadline: '30s' });
  const later = await work.enqueue(1_000, { deadline: '20m' });
  const hopeless = await work.enqueue(1_000, { deadline: '500ms' });
  await app.clock.advance('100ms');
  const now = await app.tasks.workNow();
  expect(now.isCut).toBe(false);
  expect(now.running).toMatchObject([{ task: 'work', worker: 'embedded' }]);
  expect(now.running[0]!.expectedEnd!.getTime() - now.running[0]!.since!.getTime()).toBeCloseTo(1_000, -2);
  const all = [...now.running, ...now.waiting];
  expect(new Set(all.map(({ taskId }) => taskId))).toEqual(new Set([running.id, later.id, hopeless.id]));
  expect(now.waiting.at(-1)).toMatchObject({ taskId: later.id, risk: 'on-time' });
  expect(all.find(({ taskId }) => taskId === hopeless.id)!.risk).not.toBe('on-time');
  expect((await app.tasks.workNow(() => false)).running).toEqual([]);
  await worker.close({ abort: true });
});

it('tells nothing of ends where costs are not known', async () => {
  app = await openTesting();
  const work = app.task('work', { run: (ms: number, { signal }) => app.clock.sleep(ms, signal) });
  const worker = app.worker({ tasks: [work], concurrency: 2 });
  await work.enqueueAll([1_000, 1_000, 1_000]);
  await app.clock.advance('10ms');
  const { running, waiting } = await app.tasks.workNow();
  expect(running).toHaveLength(2);
  expect(running[0]).toMatchObject({ costMs: undefined, expectedEnd: undefined, risk: undefined });
  expect(waiting).toMatchObject([{ position: 1, expectedStart: undefined, risk: undefined }]);
  await worker.close({ abort: true });
});
