/** Reloads of a cluster, and a directory that is copied or taken away underneath. */
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runProgram } from '../support/child.mjs';
import { Household, unavailable } from './member.js';

const cluster = fileURLToPath(new URL('cluster.mjs', import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-reload-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface ClusterReport {
  readonly confirmed: number;
  readonly seen: number;
  readonly roles: readonly (readonly [worker: number, role: string])[];
  readonly failed: readonly string[];
}

describe.skipIf(unavailable !== undefined)('a shared directory', () => {
  test('survives the reloads of a cluster, each worker replaced after its successor has opened', async () => {
    const result = await runProgram(process.execPath, [cluster, join(folder, 'data'), '3'], {
      timeoutMs: 55_000,
    });
    expect(result.code, result.stdout + result.stderr).toBe(0);
    const report = JSON.parse(result.stdout) as ClusterReport;
    expect(report.failed).toEqual([]);
    expect(report.seen).toBeGreaterThanOrEqual(report.confirmed);
    expect(report.confirmed).toBeGreaterThan(300);
    // Eight workers; each owner but the first took over from the one before.
    expect(new Set(report.roles.map(([worker]) => worker)).size).toBe(8);
    expect(report.roles[0]).toEqual([1, 'owner']);
    const owners = report.roles.filter(([, role]) => role === 'owner').map(([worker]) => worker);
    expect(new Set(owners).size).toBe(owners.length);
  });

  test('has an owner of its own when it is copied while it is in use', async () => {
    const household = new Household(join(folder, 'data'));
    const copies = new Household(join(folder, 'copy'));
    try {
      const owner = await household.start({ receive: false });
      await household.start({ receive: false });
      await household.until(() => household.confirmed.size >= 200, '200 sends resolved');
      owner.signal('SIGSTOP');
      const confirmed = new Set(household.confirmed);
      await cp(household.directory, copies.directory, {
        recursive: true,
        filter: (path) => !path.endsWith('.sock'),
      });
      owner.signal('SIGCONT');
      const copy = await copies.start({ send: false });
      expect(copy.role).toBe('owner');
      await copies.until(() => copies.seen.size >= confirmed.size, 'the copy has what was confirmed');
      expect([...confirmed].filter((id) => !copies.seen.has(id))).toEqual([]);
      expect(household.owner).toBe(owner);
    } finally {
      await copies.end();
      await household.end();
    }
  });

  test('that is gone is not made anew by who was attached to it', async () => {
    const household = new Household(join(folder, 'data'));
    try {
      const owner = await household.start();
      const attached = await household.start();
      await household.until(() => household.confirmed.size >= 50, '50 sends resolved');
      await rename(household.directory, join(folder, 'moved'));
      await owner.end('SIGKILL');
      await household.until(() => household.failures.length > 0, 'the attached process is told');
      expect(household.failures[0]).toMatch(/^not-found .* is gone/);
      expect(attached.role).toBe('attached');
      // Back at its place it opens as before.
      await rename(join(folder, 'moved'), household.directory);
      const next = await household.start();
      expect(next.role).toBe('owner');
      await household.drain();
    } finally {
      await household.end();
    }
  });
});

test.runIf(unavailable !== undefined)('a shared directory', (context) => {
  context.skip(unavailable);
});
