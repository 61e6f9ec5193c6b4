/** Jobs that BullMQ made, brought to Sluice and run by its workers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open, type App } from '../../src/index.js';
import type { MigrationOptions, Report } from '../../src/migration/index.js';
import { BullmqPlace, requireRedis } from './bullmq-jobs.js';

const unavailable = requireRedis();

describe.skipIf(unavailable !== undefined)('jobs of BullMQ', () => {
  let place: BullmqPlace;
  let directory: string;
  let app: App;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-migration-'));
    place = await BullmqPlace.open();
    app = await open({ engine: join(directory, 'data') });
  }, 30_000);
  afterAll(async () => {
    await app.close();
    await place.close();
    await rm(directory, { recursive: true, force: true });
  });

  const bring = (queues: string[], options: Partial<MigrationOptions> = {}, to = app): Promise<Report> =>
    place.bring(queues, to, options);

  /** The figures of a report by state: found, brought, there already, not brought. */
  function figures({ rows }: Report): Record<string, number[]> {
    return Object.fromEntries(
      rows
        .filter(({ found }) => found > 0)
        .map((row) => [row.state, [row.found, row.brought, row.alreadyThere, row.notBrought]]),
    );
  }

  it('run in the order that they had, and come once', async () => {
    const queue = place.queue('order');
    await place.add(queue, [
      ['print', 'p100', { priority: 100 }],
      ['print', 'p7', { priority: 7 }],
      ['print', 'p1', { priority: 1 }],
      ['print', 'p2097151', { priority: 2_097_151 }],
      ['print', 'p3', { priority: 3 }],
      ['print', 'first'],
      ['print', 'second'],
      ['print', 'ahead', { lifo: true }],
      ['print', 'p2', { priority: 2 }],
      ['print', 'also p3', { priority: 3 }],
    ]);
    const image = await place.image(queue);
    const trial = await bring(['order'], { dryRun: true });
    expect(figures(trial)).toEqual({ waiting: [3, 3, 0, 0], prioritized: [7, 7, 0, 0] });
    expect(await app.tasks.queueOf('order.print')).toBeUndefined();
    expect(figures(await bring(['order']))).toEqual(figures(trial));
    expect(figures(await bring(['order']))).toEqual({ waiting: [3, 0, 3, 0], prioritized: [7, 0, 7, 0] });
    expect(await place.image(queue)).toEqual(image);
    const ran: unknown[] = [];
    const print = app.task('order.print', { run: (what) => ran.push(what) });
    await print.enqueue('new', { priority: 'normal' });
    const worker = app.worker({ tasks: [print], concurrency: 1 });
    await expect.poll(() => ran.length).toBe(11);
    await worker.close();
    const prioritized = ['p1', 'p2', 'p3', 'also p3', 'p7', 'p100', 'p2097151'];
    expect(ran).toEqual(['ahead', 'first', 'second', 'new', ...prioritized]);
  });

  it('come in pages, and with what was missed when it is run again', async () => {
    const queue = place.queue('many');
    const jobs = Array.from({ length: 2_500 }, (_, n) => ({ name: 'many', data: { n } }));
    await queue.addBulk(jobs);
    expect(figures(await bring(['many']))).toEqual({ waiting: [2_500, 2_500, 0, 0] });
    await queue.add('many', { n: 2_500 });
    expect(figures(await bring(['many']))).toEqual({ waiting: [2_501, 1, 2_500, 0] });
    const seen: number[] = [];
    const many = app.task<{ n: number }>('many', { run: ({ n }) => seen.push(n) });
    const worker = app.worker({ tasks: [many], concurrency: 1 });
    await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(2_501);
    await worker.close();
    expect(seen).toEqual(Array.from({ length: 2_501 }, (_, n) => n));
    expect((await bring(['many'])).rows[0]).toMatchObject({ alreadyThere: 2_501 });
  });

  it('that are delayed are due at the same moment, after a retry too', async () => {
    const queue = place.queue('later');
    const retry = { attempts: 3, backoff: { type: 'fixed', delay: 3_600_000 } };
    await queue.add('retried', 1, retry);
    await place.fail(queue, 1);
    const failedMs = Date.now();
    const dueMs = Date.now() + 86_400_000;
    await queue.add('tomorrow', 2, { delay: 86_400_000 });
    const report = await bring(['later']);
    expect(figures(report)).toEqual({ delayed: [2, 2, 0, 0] });
    expect(report.tasks[0]).toMatchObject({
      task: 'later.retried',
      retry: { attempts: 3, backoff: 'fixed', delayMs: 3_600_000 },
    });
    const [tomorrow] = await app.tasks.list('sluice.tasks.later.tomorrow', 'delayed');
    expect(Math.abs(tomorrow!.until!.getTime() - dueMs)).toBeLessThan(1_000);
    const [retried] = await app.tasks.list('sluice.tasks.later.retried', 'delayed');
    expect(Math.abs(retried!.until!.getTime() - failedMs - 3_600_000)).toBeLessThan(1_000);
    let attempt = 0;
    const task = app.task('later.retried', { run: (_, context) => (attempt = context.attempt) });
    const worker = app.worker({ tasks: [task] });
    expect(await app.tasks.retry(retried!.taskId!)).toBe('released');
    await expect.poll(() => attempt).toBe(2);
    await worker.close();
  });

  it('that failed are dead letters, and can be sent back', async () => {
    const queue = place.queue('paper');
    await place.add(queue, [
      ['default', { sheet: 1 }],
      ['default', { sheet: 2 }],
    ]);
    await place.fail(queue, 2);
    expect(figures(await bring(['paper']))).toEqual({ failed: [2, 2, 0, 0] });
    const sheets: number[] = [];
    const paper = app.task<{ sheet: number }>('paper', { run: ({ sheet }) => sheets.push(sheet) });
    const letters = app.deadLetters(paper);
    const [dead] = await letters.list();
    expect(dead).toMatchObject({ reason: 'out of paper', errorName: 'RangeError', attempts: 1 });
    expect(dead!.stack).toContain('bullmq-jobs.ts');
    expect(dead!.taskId).toMatch(/^bullmq-paper-1-[0-9a-f]{12}$/);
    const worker = app.worker({ tasks: [paper] });
    expect(await letters.redrive()).toEqual({ seen: 2, redriven: 2 });
    await expect.poll(() => sheets).toEqual([1, 2]);
    await worker.close();
  });

  it('that cannot be brought are counted with the reason', async () => {
    const { FlowProducer } = await import('bullmq');
    const queue = place.queue('flow');
    await queue.add('odd name!', 1);
    const flows = new FlowProducer({ connection: place.connection });
    await flows.add({
      name: 'parent',
      queueName: 'flow',
      children: [{ name: 'child', queueName: 'flow', data: 1 }],
    });
    await flows.close();
    const report = await bring(['flow']);
    expect(figures(report)).toEqual({ waiting: [2, 0, 0, 2], 'waiting-children': [1, 0, 0, 1] });
    expect(report.reasons.map(({ reason }) => reason)).toEqual([
      "'odd name!' makes no name of a task: give one by --task-map or --name",
      'child of a flow',
      'parent of a flow',
    ]);
    const naming = { map: new Map([['flow/odd name!', 'odd']]) };
    expect(figures(await bring(['flow'], { naming }))).toMatchObject({ waiting: [2, 1, 0, 1] });
  });

  it('are not taken from under a worker', async () => {
    const queue = place.queue('busy');
    await queue.add('busy', 1);
    const { release } = await place.holding(queue);
    await queue.pause();
    await queue.add('busy', 2);
    await expect(bring(['busy'])).rejects.toThrow(/1 jobs of queue 'busy' are being worked on/);
    await queue.resume();
    await expect(bring(['busy'], { active: 'leave' })).rejects.toThrow(/1 workers are connected/);
    const report = await bring(['busy'], { active: 'leave', pause: true });
    expect(figures(report)).toEqual({ active: [1, 0, 0, 1], waiting: [1, 1, 0, 0] });
    expect(figures(await bring(['busy'], { active: 'bring' }))).toEqual({
      active: [1, 1, 0, 0],
      waiting: [1, 0, 1, 0],
    });
    await release();
  });

  it('of a queue that is not there', async () => {
    await expect(bring(['nowhere'])).rejects.toMatchObject({ code: 'not-found' });
  });
});
