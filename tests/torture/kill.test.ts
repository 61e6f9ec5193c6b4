/** Kills a real server under load, a short run of `npm run torture -- kill`, and its negative control. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('kill/run.mjs', import.meta.url));
const ledger = '.torture/test-ledger.json';
const cycles = process.env['SLUICE_KILLS'] ?? '50';

interface Verdict {
  readonly seed: number;
  readonly confirmed: number;
  readonly lost: number;
  readonly unexpected: number;
  readonly damaged: number;
  readonly unmarked: number;
}

async function torture(...flags: readonly string[]): Promise<Verdict> {
  const parameters = [script, '--json', '--ledger', ledger, ...flags];
  const { stdout } = await promisify(execFile)(process.execPath, parameters).catch((failure: unknown) => {
    // A bad verdict is an exit code of 1, with the verdict on standard output.
    const { stdout: printed } = failure as { readonly stdout?: string };
    if (printed === undefined || printed === '') throw failure;
    return { stdout: printed };
  });
  return JSON.parse(stdout) as Verdict;
}

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
