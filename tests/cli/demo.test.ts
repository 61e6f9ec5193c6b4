/** `sluice demo`: each scene by its command, and the living sample from the sick worker to its cause. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram, startChild } from '../support/child.mjs';
import { runSluice } from '../support/start-sluice.mjs';
import { makeWorkplace, type Workplace } from './sluice.js';

let place: Workplace;

beforeAll(async () => {
  place = await makeWorkplace();
});

afterAll(() => place.close());

interface Played {
  readonly scene: string;
  readonly formula: string;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly verdict: string;
  readonly holds: boolean;
}

async function play(scene: string, pace = 4): Promise<Played> {
  const words = ['demo', '--scene', scene, '--pace', String(pace), '--json'];
  const { code, stdout, stderr } = await runSluice(words, { cwd: place.folder, timeoutMs: 150_000 });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Played;
}

describe('a scene', { timeout: 160_000 }, () => {
  it('shows five tasks that end together', async () => {
    const { rows, holds } = await play('together');
    expect(rows.map(({ task }) => task)).toEqual(['0 s', '1 s', '2 s', '3 s', '4 s']);
    expect(holds).toBe(true);
  });

  it('shows deadline order beside first come, and a rate-monotonic verdict', async () => {
    // At its own pace: faster, a busy machine alone would miss the deadlines.
    const { rows, verdict } = await play('order', 1);
    expect(rows.map(({ order }) => order)).toEqual(['fifo', 'deadline']);
    expect(Number(rows[0]!['missed'])).toBeGreaterThan(Number(rows[1]!['missed']));
    expect(verdict).toContain('U = 0.883');
  });

  it('shows a permission refused, and what allows it', async () => {
    const { rows } = await play('permission');
    expect(rows).toEqual([
      { write: '^$', publishes: 'refused' },
      { write: '.*', publishes: 'let through' },
    ]);
  });

  it('shows an alert with its cause', async () => {
    const { rows, verdict } = await play('alert');
    expect(verdict).toContain('An operator paused the queue');
    expect(rows[0]).toMatchObject({ evidence: 'for' });
  });

  it('that does not exist is refused by name', async () => {
    const { code, stderr } = await place.sluice(['demo', '--scene', 'nothing']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('together, alert, order, permission');
  });
});

it(
  'finds the sick worker of the living sample; what helps resolves the incident',
  { timeout: 300_000 },
  async () => {
    const directory = join(place.folder, 'living');
    const launcher = join(import.meta.dirname, '../../bin/sluice.js');
    const demo = startChild(process.execPath, [launcher, 'demo', '--data', directory], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    try {
      await demo.line((line) => (line.includes('A sick worker has joined') ? true : undefined), 120_000);
      const incident = await incidentWithCause(directory);
      expect(incident.title).toContain('sluice.tasks.charge');
      expect(incident.causes[0]).toMatchObject({ signature: 'processing-regression' });
      const remedy = incident.causes[0]!.remedies.find(({ command }) => command.includes('close-consumer'));
      const line = `sluice() { "${process.execPath}" "${launcher}" "$@"; }; ${remedy!.command} --data "${directory}"`;
      // By a shell, as somebody would who copies it.
      expect(await runProgram('sh', ['-c', line])).toMatchObject({ code: 0 });
      await until(async () => (await incidentsOf(directory)).length === 0);
      const { stdout } = await place.sluice(['incident', 'list', '--all', '--data', directory, '--json']);
      expect(stdout).toContain('"state":"resolved"');
    } finally {
      // It ends by the signal, and its server with it.
      expect(await demo.end('SIGTERM', 30_000)).toEqual({ code: 0, signal: null });
      expect((await place.sluice(['status', '--data', directory])).stderr).toContain('No Sluice server runs');
    }
  },
);

interface Incident {
  readonly title: string;
  readonly causes: readonly {
    readonly signature: string;
    readonly remedies: readonly { readonly command: string }[];
  }[];
}

/** Open ones, as a user asks for them. */
async function incidentsOf(directory: string): Promise<readonly Incident[]> {
  const { stdout } = await place.sluice(['status', '--data', directory, '--json']);
  return (JSON.parse(stdout) as { readonly incidents: readonly Incident[] }).incidents;
}

/** Looks again and again; the test's own limit ends a wait in vain. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds()));
}

async function incidentWithCause(directory: string): Promise<Incident> {
  let found: Incident | undefined;
  await until(async () => {
    found = (await incidentsOf(directory)).find(({ causes }) => causes.length > 0);
    return found !== undefined;
  });
  return found!;
}
