/** Repeatable jobs of BullMQ: they go on to fire here, at the same moments. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open, type App } from '../../src/index.js';
import type { Report } from '../../src/migration/index.js';
import { decodeKeptSchedule, type StoredSchedule } from '../../src/tasks/periodic/kept-schedule.js';
import { BullmqPlace, requireRedis } from './bullmq-jobs.js';

const unavailable = requireRedis();

describe.skipIf(unavailable !== undefined)('schedules of BullMQ', () => {
  let place: BullmqPlace;
  let directory: string;
  let app: App;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-schedules-'));
    place = await BullmqPlace.open();
    app = await open({ engine: join(directory, 'data') });
  }, 30_000);
  afterAll(async () => {
    await app.close();
    await place.close();
    await rm(directory, { recursive: true, force: true });
  });

  const bring = (queue: string): Promise<Report> => place.bring([queue], app);

  async function kept(task: string): Promise<StoredSchedule[]> {
    const records = await app.engine.records.scan(`schedule/${task}/`);
    return records.map(({ value }) => decodeKeptSchedule(value)!).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  it('keep their pattern, zone, payload, priority and last run; their next run does not come twice', async () => {
    const queue = place.queue('report');
    const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000);
    const at = { pattern: '0 2 * * *', tz: 'Asia/Shanghai' };
    const template = { name: 'night', data: { to: 'all' }, opts: { priority: 2 } };
    await queue.upsertJobScheduler('nightly', at, template);
    await queue.upsertJobScheduler('thrice', { ...at, limit: 3 }, template);
    await queue.upsertJobScheduler('until', { every: 7_200_000, endDate: inDays(2) }, { name: 'night' });
    const image = await place.image(queue);
    const report = await bring('report');
    expect(await place.image(queue)).toEqual(image);
    const rows = report.rows.filter(({ found }) => found > 0);
    // The first run of an interval is due at once, and comes as the job that it is.
    expect(rows).toMatchObject([
      { state: 'waiting', found: 1, brought: 1 },
      { state: 'repeatable', found: 3, brought: 3 },
    ]);
    const [nightly, thrice, until] = await kept('report.night');
    expect(nightly!.schedule).toMatchObject({
      ...{ cron: '0 2 * * *', timezone: 'Asia/Shanghai', payload: '{"to":"all"}', priority: 3 },
    });
    const next = (await queue.getJobScheduler('nightly'))!.next!;
    expect(nightly!.schedule.sinceMs).toBe(next - 1);
    expect(thrice!.schedule.untilMs).toBe(next + 2 * 86_400_000);
    const dueMs = (await queue.getJobScheduler('until'))!.next!;
    expect(until!.schedule).toMatchObject({ everyMs: 7_200_000, sinceMs: dueMs });
    expect(Math.abs(until!.schedule.untilMs! - inDays(2).getTime())).toBeLessThan(60_000);
    const again = (await bring('report')).rows.find(({ state }) => state === 'repeatable');
    expect(again).toMatchObject({ found: 3, brought: 0, alreadyThere: 3, notBrought: 0 });
  });

  it('fire while a worker of their task runs, each moment once, until they are removed', async () => {
    const queue = place.queue('tick');
    await queue.upsertJobScheduler('often', { every: 400 }, { name: 'tick', data: { n: 1 } });
    const nextMs = (await queue.getJobScheduler('often'))!.next!;
    await bring('tick');
    const moments: number[] = [];
    let waiting = 0;
    const tick = app.task<{ n: number }>('tick', {
      run: ({ n }, { scheduledAt }) => {
        if (scheduledAt === undefined) waiting += n;
        else moments.push(scheduledAt.getTime());
      },
    });
    const workers = [app.worker({ tasks: [tick] }), app.worker({ tasks: [tick] })];
    await expect.poll(() => moments.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(4);
    for (const moment of moments) expect((moment - nextMs) % 400).toBe(0);
    expect(new Set([nextMs, ...moments]).size).toBe(1 + moments.length);
    expect(waiting).toBe(1);
    expect(await app.tasks.schedules()).toContainEqual(
      expect.objectContaining({ task: 'tick', id: 'tick:often' }),
    );
    expect(await app.tasks.unschedule('tick', 'tick:often')).toBe(true);
    expect(await app.tasks.unschedule('tick', 'tick:often')).toBe(false);
    for (const worker of workers) await worker.close();
    const another = app.worker({ tasks: [tick] });
    await another.ready;
    await expect
      .poll(async () => (await app.tasks.queues()).find(({ task }) => task === 'tick'))
      .toMatchObject({
        ...{ waiting: 0, delayed: 0, running: 0 },
      });
    await another.close();
  });

  it('that cannot be what they were are left, with their next run', async () => {
    const queue = place.queue('fast');
    await queue.upsertJobScheduler('blink', { every: 50, startDate: new Date(Date.now() + 3_600_000) });
    const report = await bring('fast');
    expect(report.rows.filter(({ found }) => found > 0)).toMatchObject([
      { state: 'delayed', found: 1, notBrought: 1 },
      { state: 'repeatable', found: 1, notBrought: 1 },
    ]);
    expect(report.reasons[1]!.reason).toBe('the next run of a schedule that is not brought');
    expect(report.reasons[0]!.reason).toMatch(/^'50' would not fire next at /);
  });
});
