/** Kills what carries tasks, a short run of `npm run torture -- tasks`, and its negative controls. */
import { expect, test } from 'vitest';
import { verdictOf } from './support/verdict.js';

const kills = process.env['SLUICE_TASK_KILLS'] ?? '20';

interface Verdict {
  readonly seed: number;
  readonly enqueued: number;
  readonly completed: number;
  readonly lost: number;
  readonly twice: number;
  readonly faults: readonly string[];
}

const torture = (...flags: readonly string[]): Promise<Verdict> => verdictOf('tasks/run.mjs', flags);

test.each(['server', 'directory'])(
  'kill -9 of anybody loses no task and ends none twice, by %s',
  { timeout: 900_000 },
  async (mode) => {
    const verdict = await torture('--mode', mode, '--kills', String(Math.ceil(Number(kills) / 2)));
    expect(verdict.faults, `seed ${verdict.seed}`).toEqual([]);
    expect(verdict.enqueued).toBeGreaterThan(0);
    expect(verdict.completed).toBeGreaterThan(0);
  },
);

// The seed decides who is killed: workers among them.
test('workers that acknowledge before they work are found out', { timeout: 300_000 }, async () => {
  const verdict = await torture('--mode', 'server', '--kills', '5', '--seed', '7', '--control', 'early-ack');
  expect(verdict.lost).toBeGreaterThan(0);
});

test('workers that send their follow-ups by themselves are found out', { timeout: 300_000 }, async () => {
  const verdict = await torture('--mode', 'server', '--kills', '5', '--seed', '7', '--control', 'separate');
  expect(verdict.twice).toBeGreaterThan(0);
});
