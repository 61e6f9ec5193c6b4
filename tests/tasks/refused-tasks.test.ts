/**
 * Whatever is wrong with a task is told by a typed error at the place that caused it, and the task is kept: on a
 * directory, and over AMQP on a server. Invariant: after each of them the same worker goes on with the next task.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { recordValueBytesMax } from '../../src/engines/index.js';
import { open } from '../../src/open.js';
import { RetryLater, type EnqueueOptions, type TaskApp, type TaskContext } from '../../src/tasks/index.js';
import type { BrokerServer } from '../support/server.mjs';
import { sluiceUnavailable, startSluice } from '../support/start-sluice.mjs';

const bodyBytesMax = 16 * 1024 * 1024;
const input = z.object({ order: z.string(), cents: z.number().int() });
const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;

/** What `enqueue` refuses: the payload, the options, the code and the text. */
const refusedAtEnqueue: [string, unknown, EnqueueOptions, string, RegExp][] = [
  ['a payload that its schema refuses', { order: 'A', cents: 1.5 }, {}, 'bad-input', /cents/],
  ['a cyclic payload', cyclic, {}, 'bad-input', /circular/],
  ['a bigint', { order: 'A', cents: 1n }, {}, 'bad-input', /BigInt/],
  ['a function', () => undefined, {}, 'bad-input', /a function/],
  [
    'a payload that is too large',
    { order: 'A'.repeat(bodyBytesMax), cents: 1 },
    {},
    'limit-reached',
    /over the limit/,
  ],
  [
    'a deadline in the past',
    undefined,
    { deadline: new Date(Date.now() - 1_000) },
    'bad-input',
    /in the past/,
  ],
  [
    'a deadline that has passed at its release',
    undefined,
    { delay: '1h', deadline: new Date(Date.now() + 60_000) },
    'bad-input',
    /at its release/,
  ],
  ['a deadline that is no date', undefined, { deadline: new Date(NaN) }, 'bad-input', /no date/],
  ['a delay before now', undefined, { delay: -1 }, 'bad-input', /the delay '-1'/],
  ['a delay that no engine keeps', undefined, { delay: '50d' }, 'bad-input', /at most 49 days/],
  [
    'a date that no engine waits for',
    undefined,
    { delay: new Date(Date.now() + 60 * 86_400_000) },
    'bad-input',
    /49 days/,
  ],
  ['an expiry that is none', undefined, { expires: 'soon' as never }, 'bad-input', /expires/],
  ['a key that is too long', undefined, { key: '€'.repeat(86) }, 'bad-input', /the key .* 258/],
  ['a tenant that is too long', undefined, { tenant: 'a'.repeat(256) }, 'bad-input', /the tenant/],
  [
    'an option that does not exist',
    undefined,
    { deadlin: '2s' } as never,
    'bad-input',
    /did you mean 'deadline'/,
  ],
  [
    'a task that waits for nothing that there is',
    undefined,
    { after: [{ id: 'x', queue: 'nowhere' }] } as never,
    'not-found',
    /wait for ever/,
  ],
];

type Run = (payload: string, context: TaskContext) => unknown;

/** What fails at the worker: its handler, the name of the error, what it says, and how often the task is tried. */
const failsAtWorker: [string, Run, { error?: { name?: string; code?: string } }, RegExp, number][] = [
  [
    'a result that is too large',
    () => 'x'.repeat(recordValueBytesMax),
    { error: { name: 'ResultTooLarge', code: 'limit-reached' } },
    /keepResult: 0/,
    1,
  ],
  [
    'a result with a bigint',
    () => ({ cents: 1n }),
    { error: { code: 'bad-input' } },
    /the result .* BigInt/,
    2,
  ],
  ['a cyclic result', () => cyclic, { error: { code: 'bad-input' } }, /the result .* circular/, 2],
  [
    'a result that is a function',
    () => () => 1,
    { error: { code: 'bad-input' } },
    /the result .* a function/,
    2,
  ],
  [
    'an error longer than a record',
    () => raise(new TypeError('e'.repeat(2 * 1024 * 1024))),
    { error: { name: 'TypeError' } },
    /^e{4000}/,
    2,
  ],
  [
    'an error of control characters',
    () => raise(new Error('\u0001'.repeat(100_000))),
    { error: { name: 'Error' } },
    /^\u0001{4000}/,
    2,
  ],
  [
    'something that cannot be read',
    () => raise(new Proxy({}, { get: () => raise(new Error('no')) })),
    {},
    /cannot be read/,
    2,
  ],
  ['nothing', () => raise(undefined), {}, /^undefined$/, 2],
  [
    'a retryAfter of another library',
    () => raise(Object.assign(new Error('busy'), { retryAfter: 'Wed, 21 Oct' })),
    { error: { name: 'Error' } },
    /busy/,
    2,
  ],
  [
    'a pause that is none',
    () => raise(new RetryLater('soon' as never)),
    { error: { code: 'bad-input' } },
    /retryAfter 'soon'/,
    2,
  ],
  [
    'a cyclic message',
    (_, { send }) => {
      send('refused.sends', cyclic as never);
    },
    { error: { code: 'bad-input' } },
    /cyclic/,
    2,
  ],
  [
    'a message that is too large',
    (_, { send }) => {
      send('refused.sends', 'x'.repeat(bodyBytesMax + 1));
    },
    { error: { code: 'limit-reached' } },
    /16777216/,
    2,
  ],
  [
    'a message to nowhere',
    (_, { send }) => {
      send('refused.nowhere', 'x');
    },
    { error: { code: 'not-found' } },
    /refused.nowhere/,
    2,
  ],
  [
    'a progress that is too large',
    (_, { progress }) => progress('x'.repeat(2 * 1024 * 1024)),
    { error: { code: 'bad-input' } },
    /at most/,
    2,
  ],
];

function raise(thrown: unknown): never {
  throw thrown;
}

const retry = { attempts: 2, backoff: 'fixed', delay: '10ms' } as const;

function exam(openApp: () => Promise<TaskApp>): void {
  let app: TaskApp;
  let made = 0;

  beforeAll(async () => {
    app = await openApp();
    await app.queue('refused.sends').declare();
  });

  afterAll(() => app.close());

  function name(): string {
    return `refused.${++made}`;
  }

  it.each(refusedAtEnqueue)('enqueue: %s', async (_what, payload, options, code, message) => {
    const charge = app.task(name(), { input });
    const given = payload ?? { order: 'A', cents: 1 };
    await expect(charge.enqueue(given as never, options)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
    // It is as good as before, and nothing was sent.
    await charge.enqueue({ order: 'A', cents: 1 });
    expect((await app.queue(charge.queue).peek(10)).map(({ body }) => body.toString())).toEqual([
      '{"order":"A","cents":1}',
    ]);
  });

  it('enqueue: a payload and a result as large as they may be', async () => {
    const payload = 'x'.repeat(bodyBytesMax - 2);
    const overhead = '{"state":"completed","attempts":1,"endedMs":1700000000000,"output":""}'.length;
    const task = app.task(name(), { run: (text: string) => text.slice(0, recordValueBytesMax - overhead) });
    const worker = app.worker({ tasks: [task] });
    const result = await (await task.enqueue(payload)).result({ timeout: '30s' });
    expect(result).toHaveLength(recordValueBytesMax - overhead);
    await worker.close();
  });

  it('worker: a result that is not kept may be anything', async () => {
    const task = app.task(name(), { keepResult: 0, run: () => ({ bytes: 1n }) });
    const worker = app.worker({ tasks: [task] });
    const completed = new Promise((resolve) => worker.on('completed', resolve));
    const { id } = await task.enqueue(undefined);
    expect(await completed).toMatchObject({ taskId: id });
    await worker.close();
  });

  it.each(failsAtWorker)('worker: %s', async (_what, run, error, message, attempts) => {
    let isGood = false;
    const task = app.task(name(), {
      retry,
      run: (...given: Parameters<Run>) => (isGood ? 'good' : run(...given)),
    });
    const worker = app.worker({ tasks: [task] });
    const failed = new Promise((resolve) => worker.on('failed', resolve));
    const handle = await task.enqueue('kept');
    await expect(handle.result({ timeout: '10s' })).rejects.toMatchObject({
      name: 'TaskFailed',
      attempts,
      failure: { message: expect.stringMatching(message) as string },
    });
    expect(await failed).toMatchObject({ attempt: attempts, ...error });
    expect(await app.deadLetters(task).list()).toMatchObject([
      {
        taskId: handle.id,
        task: task.name,
        attempts,
        reason: expect.stringMatching(message) as string,
        body: Buffer.from('"kept"'),
      },
    ]);
    isGood = true;
    // The same worker goes on, and what was kept can be done after all.
    expect(await (await task.enqueue('next')).result({ timeout: '10s' })).toBe('good');
    expect(await app.deadLetters(task).redrive()).toEqual({ seen: 1, redriven: 1 });
    expect(await handle.result({ timeout: '10s' })).toBe('good');
    await worker.close();
  });

  it('worker: what its own schemas refuse, though the enqueue took it', async () => {
    const older = await openApp();
    const [first, second] = [name(), name()];
    const newer = input.extend({ currency: z.string() });
    const charge = app.task(first, { retry, input: newer, run: () => 'charged' });
    const settle = app.task(second, {
      retry,
      output: z.object({ paid: z.boolean() }),
      run: () => ({}) as never,
    });
    const worker = app.worker({ tasks: [charge, settle] });
    const sent = [
      await older.task(first, { input }).enqueue({ order: 'A', cents: 1 }),
      await older.task(second).enqueue(undefined),
    ];
    for (const [index, handle] of sent.entries()) {
      const path = ['currency', 'paid'][index]!;
      await expect(handle.result({ timeout: '10s' })).rejects.toMatchObject({
        attempts: 1,
        failure: { name: 'SchemaMismatch', message: expect.stringContaining(path) as string },
      });
      expect(await app.deadLetters(handle.queue).list()).toMatchObject([
        { taskId: handle.id, errorName: 'SchemaMismatch' },
      ]);
    }
    await worker.close();
    await older.close();
  });

  it('worker: what a foreign producer sent that is no task', async () => {
    const task = app.task(name(), { input, run: () => undefined });
    const worker = app.worker({ tasks: [task] });
    await worker.ready;
    const failed = new Promise((resolve) => worker.on('failed', resolve));
    await app.queue(task.queue).send({ body: '{"order":1', type: task.name, messageId: 'broken' });
    expect(await failed).toMatchObject({
      taskId: 'broken',
      error: { name: 'SchemaMismatch', code: 'bad-input' },
    });
    expect(await app.deadLetters(task).list()).toMatchObject([
      {
        taskId: 'broken',
        reason: expect.stringContaining('not JSON') as string,
        body: Buffer.from('{"order":1'),
      },
    ]);
    await worker.close();
  });

  it('worker: a backoff that fails ends the attempts, and says both', async () => {
    const backoff = (): never => raise(new RangeError('no such pause'));
    const task = app.task(name(), { retry: { backoff }, run: () => raise(new Error('first')) });
    const worker = app.worker({ tasks: [task] });
    const handle = await task.enqueue(undefined);
    await expect(handle.result({ timeout: '10s' })).rejects.toMatchObject({
      attempts: 1,
      failure: { message: expect.stringMatching(/backoff.*no such pause.*first/) as string },
    });
    expect(await app.deadLetters(task).list()).toHaveLength(1);
    await worker.close();
  });

  it('worker: a name that it does not know waits for a worker that does', async () => {
    const other = await openApp();
    const known = app.task(name(), { run: () => 'known' });
    const later = name();
    const worker = app.worker({ tasks: [known] });
    const unknown = new Promise((resolve) => worker.on('unknown', resolve));
    const handle = await other.task<string, string>(later, { queue: known.queue }).enqueue('kept');
    expect(await unknown).toMatchObject({
      task: later,
      taskId: handle.id,
      error: { code: 'not-found', message: expect.stringContaining(later) as string },
    });
    await worker.close();
    const handled = app.task(later, { queue: known.queue, run: (text: string) => `${text}, and done` });
    const both = app.worker({ tasks: [known, handled] });
    expect(await handle.result({ timeout: '10s' })).toBe('kept, and done');
    await both.close();
    await other.close();
  });

  it('worker: without a handler is refused, and the task waits', async () => {
    const task = app.task<string, string>(name());
    const handle = await task.enqueue('kept');
    expect(() => app.worker({ tasks: [task] })).toThrow(
      expect.objectContaining({
        code: 'bad-input',
        message: expect.stringContaining('no handler here') as string,
      }),
    );
    expect((await app.queue(task.queue).info())?.ready).toBe(1);
    task.handle((text) => `${text}, and done`);
    const worker = app.worker({ tasks: [task] });
    expect(await handle.result({ timeout: '10s' })).toBe('kept, and done');
    await worker.close();
  });
}

describe('what is wrong with a task, on a directory', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-refused-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));
  // The second opening attaches to the first.
  exam(() => open({ engine: directory }));
});

describe.skipIf(sluiceUnavailable() !== undefined)('what is wrong with a task, over AMQP', () => {
  let server: BrokerServer;
  beforeAll(async () => {
    server = await startSluice();
  });
  afterAll(() => server.stop());
  exam(() => open({ engine: server.url }));
});
