/**
 * The task API as its design's sample has it, line by line and in order: on a directory, and over AMQP on a server.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { open, type TaskContext } from '../../src/index.js';
import { openTesting } from '../../src/testing/index.js';
import type { BrokerServer } from '../support/server.mjs';
import { sluiceUnavailable, startSluice } from '../support/start-sluice.mjs';

const order = z.object({ order: z.string(), org: z.string(), cents: z.number().int().positive() });
const receipt = z.object({ paid: z.string() });

interface Payment {
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

function pay(p: z.infer<typeof order>, { idempotencyKey, signal }: Payment): z.infer<typeof receipt> {
  signal.throwIfAborted();
  return { paid: `${p.order} by ${idempotencyKey}` };
}

/** Runs the sample on `engine`. */
async function sample(engine: string): Promise<void> {
  const fired: string[] = [];
  const risks: unknown[] = [];
  const contexts: TaskContext[] = [];
  const app = await open({ engine });
  const charge = app.task('charge', {
    input: order,
    output: receipt,
    key: (p) => p.order,
    tenant: (p) => p.org,
    deadline: '20s',
    attemptTimeout: '5s',
    cost: { p95: '40ms' },
    arrivals: { atMost: '20/s' },
    retry: { attempts: 5, backoff: 'exponential', delay: '10ms' },
    onLate: 'dead-letter',
  });
  charge.handle(async (p, context) => {
    const { taskId, attempt, signal, progress, send } = context;
    contexts.push(context);
    if (attempt === 1 && p.order === 'A1') throw new RangeError('the bank did not answer');
    await progress({ step: 'paying' });
    send('paid', { order: p.order });
    return pay(p, { idempotencyKey: taskId, signal });
  });
  const worker = app.worker({ tasks: [charge], concurrency: 16 });
  worker.on('deadline-risk', (risk) => risks.push(risk));

  await app.queue('paid').declare();

  const payload = { order: 'A1', org: 'gold', cents: 1250 };
  const other = await charge.enqueue({ ...payload, order: 'A0' });
  const options = {
    priority: 'high',
    delay: '1s',
    dedupe: { id: 'A1', for: '1h' },
    after: [other],
  } as const;
  const handle = await charge.enqueue(payload, options);
  const again = await charge.enqueue(payload, options);
  expect(again.id).toBe(handle.id);
  expect((await handle.why()).text).toMatch(/^waiting|^delayed/);
  const done = await handle.result({ timeout: '20s' });
  expect(done).toEqual({ paid: `A1 by ${handle.id}` });
  expect(await handle.progress()).toEqual({ step: 'paying' });
  expect(contexts.filter(({ taskId }) => taskId === handle.id).map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(await handle.why()).toMatchObject({ kind: 'done' });
  await expect.poll(async () => (await app.queue('paid').info())?.ready).toBe(2);

  const later = await charge.enqueue({ ...payload, order: 'A2' }, { delay: '1h', deadline: '2h' });
  const same = charge.find(later.id);
  expect(await same.cancel('changed')).toBe('cancelled');
  await expect(later.result()).rejects.toMatchObject({ name: 'TaskCancelled', reason: 'changed' });

  const orders = [1, 2, 3].map((n) => ({ order: `B${n}`, org: 'silver', cents: n * 100 }));
  const all = await app.gather(
    orders.map((o) => charge.with(o)),
    { concurrency: 8, onError: 'collect' },
  );
  expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);

  const rollup = app.task('rollup', {
    every: '2s',
    deadline: '5s',
    cost: '300ms',
    run: () => void fired.push('rollup'),
  });
  const report = app.task('report', {
    cron: '0 2 * * *',
    timezone: 'Asia/Shanghai',
    overlap: 'skip',
    run: () => void fired.push('report'),
  });
  app.worker({ tasks: [rollup, report] });
  const plan = app.analyze({ workers: 4 });
  expect(plan).toMatchObject({ schedulable: true });
  expect((plan?.tasks ?? []).map(({ name }) => name).toSorted()).toEqual(['charge', 'rollup']);
  // Its first moment comes within its period; each is a task like others.
  await expect.poll(() => fired, { timeout: 30_000 }).toContain('rollup');
  expect(risks).toEqual([]);
  await app.close();
}

it('a handler that sends to a queue that is not there fails its attempt, and its worker goes on', async () => {
  const app = await openTesting();
  const stray = app.task('stray', {
    retry: { attempts: 2, delay: '1s' },
    run: (where: string, { send }) => {
      send(where, 'hello');
    },
  });
  const worker = app.worker({ tasks: [stray] });
  const retried: unknown[] = [];
  worker.on('retried', ({ error }) => retried.push(error));
  await app.queue('somewhere').declare();
  const failing = await stray.enqueue('nowhere');
  const going = await stray.enqueue('somewhere');
  await app.clock.advance('5s');
  await going.result();
  await expect(failing.result()).rejects.toMatchObject({ code: 'task-failed', attempts: 2 });
  expect(retried).toEqual([expect.objectContaining({ code: 'not-found' })]);
  await app.close();
});

describe('the sample of the design', () => {
  it('runs on a directory', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-sample-'));
    try {
      await sample(directory);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  describe.skipIf(sluiceUnavailable() !== undefined)('over AMQP', () => {
    let server: BrokerServer | undefined;

    afterAll(() => server?.stop());

    it('runs on a server', async () => {
      server = await startSluice();
      await sample(server.url);
    });
  });
});
