/** Figures of task types as a program and a worker in another process's place report them: also of types on one queue. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { open } from '../../src/open.js';
import { NonRetryable, type TaskApp } from '../../src/tasks/index.js';

let root: string;
const opened: TaskApp[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-task-figures-'));
});
afterEach(async () => {
  for (const app of opened.splice(0).reverse()) await app.close();
  await rm(root, { recursive: true, force: true });
});

async function opening(...options: Parameters<typeof open>): Promise<TaskApp> {
  const app = await open(...options);
  opened.push(app);
  return app;
}

/** The task metrics of one type, without `sluice_task_`, as soon as they satisfy. */
async function figures(
  app: TaskApp,
  task: string,
  areThere: (found: Record<string, number>) => boolean,
): Promise<Record<string, number>> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${app.ports['http']}/metrics`);
    const found: Record<string, number> = {};
    const pattern = /^sluice_task_(\w+)\{engine="embedded",task="([^"]+)"\} (\S+)$/gm;
    for (const [, name, of, value] of (await answer.text()).matchAll(pattern))
      if (of === task) found[name!] = Number(value);
    if (areThere(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Two types on one queue: one does well, one fails once and then for good. */
function declare(app: TaskApp) {
  const good = app.task('good', { queue: 'shared', deadline: '1h' });
  const bad = app.task('bad', { queue: 'shared', retry: { attempts: 2, backoff: () => 0 } });
  return { good, bad };
}

it('tells types on one queue apart, by how their tasks ended', { timeout: 60_000 }, async () => {
  const app = await opening({ engine: join(root, 'data'), http: 0 });
  const { good, bad } = declare(app);
  good.handle(() => Promise.resolve());
  bad.handle(() => Promise.reject(new TypeError('it fails')));
  await good.enqueueAll([{ payload: undefined }, { payload: undefined }, { payload: undefined }]);
  await bad.enqueue(undefined);
  app.worker({ tasks: [good, bad] });
  const ofGood = await figures(app, 'good', ({ completed_total: count }) => count === 3);
  expect(ofGood).toMatchObject({
    ...{ enqueued_total: 3, attempts_total: 3, completed_total: 3, failed_total: 0, retried_total: 0 },
    ...{ cancelled_total: 0, missed_total: 0, deadlines_missed_total: 0, running: 0 },
    ...{ wait_seconds_count: 3, processing_seconds_count: 3, response_seconds_count: 3 },
  });
  const ofBad = await figures(app, 'bad', ({ failed_total: count }) => count === 1);
  expect(ofBad).toMatchObject({
    ...{ enqueued_total: 1, attempts_total: 2, completed_total: 0, failed_total: 1, retried_total: 1 },
    ...{ wait_seconds_count: 1, processing_seconds_count: 2, response_seconds_count: 1 },
  });
  // A queue that is shared tells no length of one type.
  expect(ofBad).not.toHaveProperty('queue_length');
});

it('hears of workers over AMQP, and of a queue of its own', { timeout: 60_000 }, async () => {
  const app = await opening({ engine: join(root, 'data'), http: 0, amqp: 0 });
  const remote = await opening(`amqp://guest:guest@127.0.0.1:${app.ports['amqp']}`);
  const { good } = declare(remote);
  const own = remote.task('own');
  good.handle(() => Promise.resolve());
  own.handle(() => Promise.reject(new NonRetryable('no')));
  await good.enqueue(undefined);
  await own.enqueue(undefined);
  const dropped = await own.enqueue(undefined, { delay: '1h' });
  expect(await dropped.cancel()).toBe('cancelled');
  remote.worker({ tasks: [good, own] });
  expect(await figures(app, 'good', ({ completed_total: count }) => count === 1)).toMatchObject({
    ...{ enqueued_total: 1, attempts_total: 1, response_seconds_count: 1 },
  });
  const isReported = (found: Record<string, number>): boolean =>
    found['response_seconds_count'] === 1 && found['cancelled_total'] === 1;
  expect(await figures(app, 'own', isReported)).toMatchObject({
    ...{ enqueued_total: 2, attempts_total: 1, completed_total: 0, failed_total: 1, cancelled_total: 1 },
    ...{ queue_length: 0, expired_total: 0 },
  });
});
