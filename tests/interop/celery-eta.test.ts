/** Celery tasks whose ETA lies beyond the consumer timeout: they run then, once, and their worker keeps its channel. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram, startChild } from '../support/child.mjs';
import { startSluice } from '../support/start-sluice.mjs';
import { python, requirePython } from './installed.js';
import { pythonPath } from './python-program.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-celery-eta-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

interface Life {
  /** Who ran, in order, with the seconds from the ETA on. */
  readonly ran: readonly (readonly [string, number])[];
  readonly workerSaid: string;
}

/** One worker's life until `enough` of the tasks have run, whose ETA is 8 s away while 3 s are the timeout. */
async function workerLife(name: string, flags: readonly string[], enough: (life: Life) => boolean) {
  const server = await startSluice({ flags: ['--consumer-timeout', '3s', ...flags] });
  const path = join(directory, name);
  const env = {
    ...process.env,
    PYTHONPATH: pythonPath(''),
    PYTHONDONTWRITEBYTECODE: '1',
    INTEROP_URL: `${server.url}//`,
    INTEROP_PREFIX: 'interop.celery.eta',
  };
  const words = ['-m', 'celery', '-A', 'celery_tasks', 'worker', '--pool', 'solo', '--loglevel', 'INFO'];
  const worker = startChild(python, [...words, '--hostname', `${name}@here`], { env });
  try {
    await worker.line((line) => (line.includes('ready.') ? true : undefined), 30_000);
    const sent = await runProgram(python, [pythonPath('celery_eta.py'), '8', path], { env });
    expect(sent).toMatchObject({ code: 0 });
    const life = async (): Promise<Life> => {
      const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n').slice(0, -1);
      const ran = lines.map((line) => line.split(' ') as [string, string]);
      return {
        ran: ran.map(([who, when]) => [who, Number(when) - Number(sent.stdout)] as const),
        workerSaid: worker.tail(),
      };
    };
    await expect.poll(async () => enough(await life()), { timeout: 30_000, interval: 200 }).toBe(true);
    return await life();
  } finally {
    await worker.end('SIGTERM', 10_000);
    await server.stop();
  }
}

const thrownOut = /delivery acknowledgement timed out|Connection to broker lost/;

test('they wait in the queue, and run once', async (context) => {
  await requirePython(context, 'celery', 'kombu');
  const { ran, workerSaid } = await workerLife('held', [], ({ ran }) => ran.length >= 11);
  expect(ran[0]![0]).toBe('now');
  const late = ran.slice(1);
  expect(late.map(([name]) => name).sort()).toEqual(Array.from({ length: 10 }, (_, i) => `eta-${i}`));
  for (const [name, seconds] of late) expect(seconds, name).toBeGreaterThanOrEqual(-0.01);
  expect(workerSaid).not.toMatch(thrownOut);
}, 60_000);

test('with --eta deliver the worker loses its channel, as on RabbitMQ', async (context) => {
  await requirePython(context, 'celery', 'kombu');
  const isThrownOut = ({ workerSaid }: Life): boolean => thrownOut.test(workerSaid);
  const { workerSaid } = await workerLife('delivered', ['--eta', 'deliver'], isThrownOut);
  expect(workerSaid).toMatch(thrownOut);
}, 60_000);
