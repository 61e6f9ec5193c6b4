/** Periodic tasks that really run: over changes of the clocks, and after a restart that missed some of their moments. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { open } from '../../src/open.js';
import type { MissedPolicy, TaskApp } from '../../src/tasks/index.js';
import { openTesting } from '../../src/testing/index.js';

describe('a task at half past two', () => {
  it.each<[string, string, string, string[]]>([
    // From 02:00 to 03:00 at once, on the 29th: it runs when the gap ends.
    [
      'Europe/Berlin',
      'loses the hour',
      '2026-03-27T12:00:00Z',
      ['03-28T01:30', '03-29T01:00', '03-30T00:30'],
    ],
    // From 03:00 back to 02:00, on the 25th: it runs once.
    [
      'Europe/Berlin',
      'has the hour twice',
      '2026-10-23T12:00:00Z',
      ['10-24T00:30', '10-25T00:30', '10-26T01:30'],
    ],
    [
      'Asia/Shanghai',
      'knows no such change',
      '2026-03-27T12:00:00Z',
      ['03-27T18:30', '03-28T18:30', '03-29T18:30'],
    ],
  ])('in %s, which %s', async (timezone, _what, now, moments) => {
    const app = await openTesting({ now: new Date(now) });
    const ran: string[] = [];
    const report = app.task('report', {
      cron: '30 2 * * *',
      timezone,
      run: (_payload: undefined, { scheduledAt }) => {
        expect(scheduledAt).toEqual(app.clock.now());
        ran.push(app.clock.now().toISOString().slice(5, 16));
      },
    });
    app.worker({ tasks: [report] });
    await app.clock.advance('3d');
    expect(ran).toEqual(moments);
    await app.close();
  });
});

describe('moments that passed while no process was there', () => {
  const period = '12h';
  const periodMs = 12 * 3_600_000;
  let directory: string;
  let app: TaskApp;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-clock-'));
  });

  afterEach(async () => {
    await app.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function reopen(): Promise<void> {
    await app.close();
    app = await open({ engine: directory });
  }

  it.each<[MissedPolicy, number]>([
    ['latest', 1],
    ['all', 3],
    ['skip', 0],
  ])('missed: %s', async (missed, count) => {
    const key = 'periodic/rollup';
    app = await open({ engine: directory });
    app.task('rollup', { every: period, missed });
    await expect.poll(() => app.engine.records.get(key)).toBeDefined();
    const sent = JSON.parse((await app.engine.records.get(key))!.value.toString()) as { lastMs: number };
    // As if nothing had run for a day and a half.
    const earlier = { ...sent, lastMs: sent.lastMs - 4 * periodMs };
    await app.engine.records.put(key, Buffer.from(JSON.stringify(earlier)));
    await reopen();
    const ran: number[] = [];
    const rollup = app.task('rollup', {
      every: period,
      missed,
      run: (_payload: undefined, { scheduledAt }) => void ran.push(scheduledAt!.getTime()),
    });
    const worker = app.worker({ tasks: [rollup] });
    const expected = [3, 2, 1].map((periods) => sent.lastMs - periods * periodMs).slice(3 - count);
    // The next moment is sent with those that were missed; then it is known that nothing else comes.
    await expect
      .poll(async () => (await app.engine.records.get(key))!.value.toString())
      .toContain(`"lastMs":${sent.lastMs}`);
    await expect.poll(() => ran).toEqual(expected);
    await expect.poll(async () => (await app.queue(rollup.queue).info())?.ready).toBe(0);
    expect(ran).toEqual(expected);
    await worker.close();
  });
});
