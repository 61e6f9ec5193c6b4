/** Tasks whose handlers run in worker threads, with the built package on a directory. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import type { App, TaskOptions, Worker } from '../../src/index.js';
import { builtSluice, unbuilt } from '../support/built.js';

const sluice = unbuilt === undefined ? await builtSluice() : undefined;
const quick = { attempts: 2, backoff: 'fixed', delay: '1ms' } as const;

function file(name: string): URL {
  return new URL(`in-threads/${name}`, import.meta.url);
}

/** The next event of a kind. */
async function told(worker: Worker, kind: 'failed' | 'retried' | 'cancelled'): Promise<{ error?: unknown }> {
  const [event] = (await once(worker, kind)) as [{ error?: unknown }];
  return event;
}

describe.skipIf(unbuilt !== undefined)('a task in a thread', () => {
  let directory: string;
  let app: App;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-threads-'));
    app = await sluice!.open({ engine: directory });
  });

  afterEach(async () => {
    await app.close();
    await rm(directory, { recursive: true });
  });

  /** Declares a task and works on it. */
  function working<Payload, Result>(
    name: string,
    options: Omit<TaskOptions<Payload, Payload, Result, Result>, 'thread'> = {},
    places: { concurrency?: number; threads?: number; threadMemoryMiB?: number } = {},
  ) {
    const thread = file(name.includes('.') ? name : `${name}.mjs`);
    const task = app.task<Payload, Payload, Result>(name, { retry: quick, ...options, thread });
    return { task, worker: app.worker({ tasks: [task], ...places }) };
  }

  it('gives its result, from a thread that is used again', async () => {
    const { task } = working<number, { doubled: number; threadId: number }>('double', {}, { threads: 2 });
    const handles = await task.enqueueAll([1, 2, 3, 4, 5, 6, 7, 8]);
    const results = await Promise.all(handles.map((handle) => handle.result()));
    expect(results.map(({ doubled }) => doubled)).toEqual([2, 4, 6, 8, 10, 12, 14, 16]);
    const threads = new Set(results.map(({ threadId }) => threadId));
    expect(threads.has(0)).toBe(false);
    expect(threads.size).toBeLessThanOrEqual(2);
  });

  it('may be CommonJS, and name its handler run', async () => {
    const { task } = working<number, number>('named.cjs');
    expect(await (await task.enqueue(21)).result()).toBe(42);
  });

  it('has its whole context', async () => {
    await app.queue('labels').declare();
    const { task } = working<{ order: string }, Record<string, unknown>>('context', { key: () => 'A' });
    const deadline = new Date(Date.now() + 60_000);
    const handle = await task.enqueue({ order: 'A1' }, { deadline });
    const result = await handle.result();
    expect(result).toEqual({
      taskId: handle.id,
      task: 'context',
      attempt: 1,
      enqueuedAt: expect.any(String) as string,
      deadline: deadline.toISOString(),
      key: 'A',
      isAborted: false,
      refused: 'bad-input',
    });
    expect(await handle.progress()).toEqual({ page: 1 });
    const labels = await app.queue('labels').peek(2);
    expect(labels.map(({ body }) => body.toString())).toEqual(['{"order":"A1"}', 'bytes']);
  });

  it('has its payload and its result checked by their schemas', async () => {
    const thread = file('double.mjs');
    const output = z.object({ doubled: z.number().max(10) });
    const task = app.task('checked', { thread, input: z.number(), output, retry: quick });
    app.worker({ tasks: [task] });
    const { doubled } = await (await task.enqueue(2)).result();
    expect(doubled).toBe(4);
    await expect((await task.enqueue(6)).result()).rejects.toMatchObject({
      failure: { name: 'SchemaMismatch' },
    });
    await expect(task.enqueue('two' as never)).rejects.toMatchObject({ name: 'SchemaMismatch' });
  });

  it.each([
    ['deaf to its signal', {}],
    ['that gives back the event loop', { yields: true, deaf: true }],
  ])('is killed when it takes too long: one %s', async (_, payload) => {
    const { task, worker } = working<object, never>('spin', {
      attemptTimeout: '50ms',
      killAfter: '20ms',
      retry: { attempts: 1 },
    });
    const failed = told(worker, 'failed');
    const handle = await task.enqueue(payload);
    await expect(handle.result()).rejects.toMatchObject({ name: 'TaskFailed', attempts: 1 });
    expect((await failed).error).toMatchObject({ code: 'timeout' });
    // Its thread is gone, and another took its place.
    const after = working<number, { doubled: number }>('double');
    expect(await (await after.task.enqueue(4)).result()).toMatchObject({ doubled: 8 });
  });

  it.each([
    ['computes without end', { hears: true }],
    ['waits for events', { yields: true }],
  ])('hears that it took too long: one that %s', async (_, payload) => {
    // It would not be killed while this test runs.
    const options = { attemptTimeout: '50ms', killAfter: '1h', retry: { attempts: 1 } } as const;
    const { task, worker } = working<object, never>('spin', options);
    const failed = told(worker, 'failed');
    const { id } = await task.enqueue(payload);
    expect(await failed).toMatchObject({ taskId: id, error: { code: 'timeout' } });
  });

  it('is killed when it is cancelled, and is cancelled then', async () => {
    const { task, worker } = working<object, never>('spin', { killAfter: '20ms' });
    const cancelled = told(worker, 'cancelled');
    const handle = await task.enqueue({});
    while ((await handle.progress()) === undefined) await new Promise((resolve) => setImmediate(resolve));
    expect(await handle.cancel('changed')).toBe('asked');
    await expect(handle.result()).rejects.toMatchObject({ name: 'TaskCancelled', reason: 'changed' });
    expect(await cancelled).toMatchObject({ taskId: handle.id });
  });

  it('is killed when its worker stops at once, and goes back to the queue', async () => {
    const { task, worker } = working<object, never>('spin', { killAfter: '20ms' });
    const handle = await task.enqueue({});
    while ((await handle.progress()) === undefined) await new Promise((resolve) => setImmediate(resolve));
    await worker.close({ abort: true });
    expect((await app.queue(task.queue).info())?.ready).toBe(1);
    expect((await handle.status()).state).not.toBe('failed');
  });

  it('is cancelled while it waits for a thread', async () => {
    const { task } = working<object, never>('spin', { killAfter: '20ms' }, { concurrency: 2, threads: 1 });
    const first = await task.enqueue({});
    while ((await first.progress()) === undefined) await new Promise((resolve) => setImmediate(resolve));
    const second = await task.enqueue({});
    while ((await second.status()).state !== 'running') await new Promise((resolve) => setImmediate(resolve));
    await second.cancel('changed');
    await expect(second.result()).rejects.toMatchObject({ name: 'TaskCancelled' });
    expect((await first.status()).state).toBe('running');
    await first.cancel('too');
    await expect(first.result()).rejects.toMatchObject({ name: 'TaskCancelled' });
  });

  it.each([
    ['exit', { exitCode: 3, message: /exited with code 3/ }],
    ['throw', { message: /nobody caught: out of reach/ }],
    ['memory', { message: /out of memory/ }],
  ])('that ends its thread has failed, and is tried again: by %s', async (how, { message }) => {
    const { task, worker } = working<string, string>('crash', {}, { threadMemoryMiB: 32 });
    const retried = told(worker, 'retried');
    const handle = await task.enqueue(how);
    const { error } = await retried;
    expect(error).toBeInstanceOf(sluice!.ThreadEnded);
    expect((error as Error).message).toMatch(message);
    expect(await handle.result()).toBe('well');
  });

  it('tells what it threw, with what its retries look at', async () => {
    const { task } = working<string, number>('throws');
    const failure = async (what: string): Promise<unknown> =>
      (await task.enqueue(what)).result().catch((error: unknown) => error);
    expect(await failure('final')).toMatchObject({
      attempts: 1,
      failure: { name: 'NonRetryable', message: 'there is no address' },
    });
    expect(await failure('later')).toBe(2);
    expect(await failure('coded')).toMatchObject({
      attempts: 2,
      failure: {
        name: 'TypeError',
        message: 'unreachable',
        stack: expect.stringContaining('throws.mjs') as string,
      },
    });
    expect(await failure('text')).toMatchObject({ failure: { name: 'Error', message: 'just text' } });
    expect(await failure('bigint')).toMatchObject({
      failure: { message: expect.stringContaining('JSON') as string },
    });
  });

  it('shows the policy of its retries the code of what it threw', async () => {
    const seen: unknown[] = [];
    const backoff = (_: number, error: unknown): false => {
      seen.push(error);
      return false;
    };
    const { task } = working<string, number>('throws', { retry: { backoff } });
    await (await task.enqueue('coded')).result().catch(() => undefined);
    expect(seen).toMatchObject([{ name: 'TypeError', details: { code: 'ECONNREFUSED' } }]);
  });

  it.each([
    ['empty.mjs', /exports no handler/],
    ['broken.mjs', /no luck today/],
  ])('is refused by a worker before it takes anything: %s', async (name, message) => {
    const task = app.task('useless', { thread: file(name) });
    const worker = app.worker({ tasks: [task] });
    worker.on('error', () => undefined);
    await expect(worker.ready).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(message) as string,
    });
  });

  it('is refused where it is declared', () => {
    const run = (): void => undefined;
    expect(() => app.task('both', { run, thread: file('double.mjs') })).toThrow(/not by both/);
    expect(() => app.task('gone', { thread: './gone.js' })).toThrow(/no file .*gone\.js.*working directory/);
    expect(() => app.task('remote', { thread: new URL('https://a.b/c.js') })).toThrow(
      /a path or a file: URL/,
    );
    expect(() => app.task('unthreaded', { run, killAfter: '1s' })).toThrow(/for tasks in threads/);
    const task = app.task('handled', { thread: 'tests/tasks/in-threads/double.mjs' });
    expect(() => task.handle(run)).toThrow(/has a handler already/);
    expect(() => app.worker({ tasks: [task], threads: 0 })).toThrow(/threads is a whole number/);
  });
});

test.runIf(unbuilt !== undefined)('a task in a thread', (context) => {
  context.skip(unbuilt);
});
