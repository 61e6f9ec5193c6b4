/** Kills a real server under load, a short run of `npm run torture -- kill`, and its negative control. */
import { expect, test } from 'vitest';
import { verdictOf } from './support/verdict.js';

const cycles = process.env['SLUICE_KILLS'] ?? '50';

interface Verdict {
  readonly seed: number;
  readonly confirmed: number;
  readonly lost: number;
  readonly unexpected: number;
  readonly damaged: number;
  readonly unmarked: number;
}

const torture = (...flags: readonly string[]): Promise<Verdict> => verdictOf('kill/run.mjs', flags);

test('kill -9 under load loses nothing confirmed and makes nothing up', { timeout: 900_000 }, async () => {
  const verdict = await torture('--cycles', cycles);
  const nothingWrong = { lost: 0, unexpected: 0, damaged: 0, unmarked: 0 };
  expect(verdict, `seed ${verdict.seed}`).toMatchObject(nothingWrong);
  expect(verdict.confirmed).toBeGreaterThan(0);
});

test('a server that confirmed too early would be found out', { timeout: 300_000 }, async () => {
  const verdict = await torture('--cycles', '4', '--early-confirm');
  expect(verdict.lost).toBeGreaterThan(0);
});
