/** Remedies of a real server, on real workers: by the command line and over a connection, and over a kill. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RemedyRun } from '../../src/alerts/index.js';
import { open } from '../../src/open.js';
import type { TaskApp } from '../../src/tasks/index.js';
import { runSluice, sluiceUnavailable, startSluice } from '../support/start-sluice.mjs';
import type { BrokerServer } from '../support/server.mjs';

const patient = { timeout: 60_000, interval: 200 };
const opened: TaskApp[] = [];
let server: BrokerServer | undefined;

afterEach(async () => {
  for (const app of opened.splice(0)) await app.close();
  await server?.stop();
  server = undefined;
});

async function program(): Promise<TaskApp> {
  server ??= await startSluice();
  const app = await open({ engine: server.url });
  opened.push(app);
  return app;
}

/** One command, with its answer as JSON. */
async function sluice<Answer>(...words: string[]): Promise<Answer> {
  const { code, stdout, stderr } = await runSluice([...words, '--data', server!.directory, '--json']);
  expect(code, stderr + stdout).toBe(0);
  return JSON.parse(stdout) as Answer;
}

const apply = (...words: string[]): Promise<RemedyRun> => sluice('remedy', 'apply', ...words);

async function becomes(id: string, kind: string): Promise<RemedyRun> {
  return vi.waitFor(async () => {
    const run = await sluice<RemedyRun>('remedy', 'show', id);
    expect(run.state.kind).toBe(kind);
    return run;
  }, patient);
}

describe.skipIf(sluiceUnavailable() !== undefined)('remedies of a server', () => {
  it('let a worker elsewhere run more at a time, pause and resume its task, and take that back', async () => {
    const app = await program();
    const ends: (() => void)[] = [];
    const slow = app.task<number>('slow', { run: () => new Promise<void>((resolve) => ends.push(resolve)) });
    const worker = app.worker({ tasks: [slow], concurrency: { start: 1, max: 3 } });
    await worker.ready;
    await slow.enqueueAll([1, 2, 3]);
    const { id } = await apply('add-workers', '--queue', slow.queue, '--workers', '2');
    await vi.waitFor(() => {
      expect(ends).toHaveLength(3);
    }, patient);
    await becomes(id, 'done');
    await sluice('remedy', 'undo', id);
    await vi.waitFor(() => {
      expect(worker.concurrency).toBe(1);
    }, patient);

    for (const end of ends.splice(0)) end();
    const paused = await apply('pause-task', '--task', 'slow');
    await becomes(paused.id, 'done');
    await slow.enqueue(4);
    await vi.waitFor(async () => {
      expect((await app.engine.observe([slow.queue]))[0]).toMatchObject({ ready: 1, unacknowledged: 0 });
    }, patient);
    const resumed = await apply('resume-task', '--task', 'slow');
    await vi.waitFor(() => {
      expect(ends).toHaveLength(1);
    }, patient);
    expect((await becomes(resumed.id, 'done')).state).toMatchObject({ proven: true });
    for (const end of ends) end();
  }, 180_000);

  it('send tasks that were given up back, once each, also when a kill comes in between', async () => {
    const app = await program();
    let isBroken = true;
    const handled: number[] = [];
    const shaky = app.task<number>('shaky', {
      retry: { attempts: 1 },
      run: (n) => {
        if (isBroken) throw new TypeError('broken');
        handled.push(n);
      },
    });
    const worker = app.worker({ tasks: [shaky] });
    worker.on('error', () => undefined);
    const numbers = Array.from({ length: 30 }, (_, n) => n);
    await shaky.enqueueAll(numbers);
    const dead = `sluice.dead.${shaky.queue}`;
    await vi.waitFor(async () => {
      expect((await app.engine.observe([dead]))[0]?.ready).toBe(30);
    }, patient);
    isBroken = false;
    const applying = runSluice([
      ...['remedy', 'apply', 'redrive', '--queue', dead, '--count', '30', '--per-second', '3'],
      ...['--data', server!.directory, '--json'],
    ]);
    await vi.waitFor(() => {
      expect(handled.length).toBeGreaterThanOrEqual(3);
    }, patient);
    await server!.kill();
    await applying;
    await server!.restart();
    const runs = await sluice<readonly RemedyRun[]>('remedy', 'runs');
    expect(runs).toHaveLength(1);
    expect(runs[0]!.history.at(-1)!.text).toContain('its check tells');
    const { id, state } = runs[0]!;
    expect(['applied', 'done']).toContain(state.kind);
    await sluice('remedy', 'show', id);
    const letters = await open({ engine: server!.url });
    opened.push(letters);
    const left = (await letters.engine.observe([dead]))[0]!.ready!;
    expect(left).toBeGreaterThan(0);
    const again = letters.task<number>('shaky', { run: (n) => void handled.push(n) });
    letters.worker({ tasks: [again] });
    await letters.deadLetters(again).redrive();
    await vi.waitFor(() => {
      expect([...new Set(handled)].sort((a, b) => a - b)).toEqual(numbers);
    }, patient);
  }, 240_000);

  it('are found as they are after a kill at any moment, and none is left half done', async () => {
    const app = await program();
    await app.queue('q').send('a');
    for (let round = 0; round < 4; round++) {
      const applying = runSluice([
        'remedy',
        'apply',
        'pause-queue',
        '--queue',
        'q',
        '--data',
        server!.directory,
        '--json',
      ]);
      await vi.waitFor(async () => {
        const runs = await sluice<readonly RemedyRun[]>('remedy', 'runs');
        expect(runs.length).toBeGreaterThan(round);
      }, patient);
      await server!.kill();
      await applying;
      await server!.restart();
      const runs = await sluice<readonly RemedyRun[]>('remedy', 'runs');
      const [newest] = runs;
      const { paused } = await sluice<{ readonly paused: boolean }>('queue', 'show', 'q');
      expect(['applied', 'done', 'failed']).toContain(newest!.state.kind);
      expect(paused).toBe(newest!.state.kind !== 'failed');
      if (paused) await sluice('remedy', 'undo', newest!.id);
    }
  }, 240_000);

  it('are turned off for rules, and on', async () => {
    await program();
    expect(await sluice('remedy', 'auto', 'off')).toMatchObject({ isOn: false });
    await server!.kill();
    await server!.restart();
    expect(await sluice('remedy', 'auto')).toMatchObject({ isOn: false });
    expect(await sluice('remedy', 'auto', 'on')).toMatchObject({ isOn: true });
  }, 120_000);
});
