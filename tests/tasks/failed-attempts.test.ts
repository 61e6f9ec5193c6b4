/** What is kept of attempts that failed and were made again. */
import { afterEach, expect, it } from 'vitest';
import { openTesting, type TestingApp } from '../../src/testing/index.js';

let app: TestingApp;

afterEach(() => app.close());

it('keeps the error of each attempt that is made again, in order, and forgets it after an hour', async () => {
  app = await openTesting();
  const work = app.task('work', {
    retry: { attempts: 3, backoff: 'fixed', delay: '1s' },
    run: (_, { attempt }) => {
      throw new RangeError(`no luck at ${attempt}`);
    },
  });
  app.worker({ tasks: [work], concurrency: 1 });
  const { id } = await work.enqueue(undefined);
  await app.clock.advance('5s');
  const kept = await app.tasks.failedAttempts(id);
  expect(kept.map(({ attempt, failure }) => [attempt, failure.name, failure.message])).toEqual([
    [1, 'RangeError', 'no luck at 1'],
    [2, 'RangeError', 'no luck at 2'],
  ]);
  expect(kept[0]!.failure.stack).toContain('failed-attempts.test.ts');
  expect(kept[1]!.beganMs).toBeGreaterThan(kept[0]!.endedMs);
  await app.clock.advance('61m');
  expect(await app.tasks.failedAttempts(id)).toEqual([]);
});

it('keeps few of a storm, and more once it is over', async () => {
  app = await openTesting();
  const work = app.task('work', {
    retry: { attempts: 2, backoff: 'fixed', delay: '10m' },
    run: () => {
      throw new RangeError('down');
    },
  });
  app.worker({ tasks: [work], concurrency: 4 });
  const storm = await work.enqueueAll(Array.from({ length: 200 }, () => undefined));
  await app.clock.advance('1s');
  const lists = await Promise.all(storm.map(({ id }) => app.tasks.failedAttempts(id)));
  const kept = lists.filter(({ length }) => length > 0).length;
  expect(kept).toBeGreaterThanOrEqual(50);
  expect(kept).toBeLessThan(80);
  await app.clock.advance('1m');
  const { id } = await work.enqueue(undefined);
  await app.clock.advance('1s');
  expect(await app.tasks.failedAttempts(id)).toHaveLength(1);
});

it('keeps nothing of a task whose result is not kept', async () => {
  app = await openTesting();
  const work = app.task('work', {
    keepResult: 0,
    retry: { attempts: 2, backoff: 'fixed', delay: '1m' },
    run: () => {
      throw new RangeError('down');
    },
  });
  app.worker({ tasks: [work] });
  const { id } = await work.enqueue(undefined);
  await app.clock.advance('1s');
  expect(await app.tasks.failedAttempts(id)).toEqual([]);
});
