/** Tasks from enqueue to their end, on the engine in memory: time moves only when told. */
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { NonRetryable, RetryLater } from '../../src/tasks/index.js';
import { openTesting, type TestingApp } from '../../src/testing/index.js';

let app: TestingApp;

afterEach(() => app.close());

describe('a task', () => {
  it('runs once it is enqueued, with its payload, and tells who it is', async () => {
    app = await openTesting();
    const seen: unknown[] = [];
    const greet = app.task('greet', {
      run: (payload: { name: string }, { taskId, task, attempt, enqueuedAt }) => {
        seen.push({ payload, taskId, task, attempt, enqueuedAt });
      },
    });
    app.worker({ tasks: [greet] });
    const handle = await greet.enqueue({ name: 'Ada' });
    await app.idle();
    expect(seen).toEqual([
      { payload: { name: 'Ada' }, taskId: handle.id, task: 'greet', attempt: 1, enqueuedAt: app.clock.now() },
    ]);
  });

  it('may be enqueued before anybody works, and in any number', async () => {
    app = await openTesting();
    const seen: number[] = [];
    const count = app.task('count', { run: (n: number) => void seen.push(n) });
    const handles = await count.enqueueAll(Array.from({ length: 200 }, (_, n) => n));
    expect(new Set(handles.map(({ id }) => id)).size).toBe(200);
    app.worker({ tasks: [count], concurrency: 1 });
    await app.idle();
    expect(seen).toEqual(Array.from({ length: 200 }, (_, n) => n));
  });

  it('waits for its delay, to the millisecond', async () => {
    app = await openTesting();
    const ran: number[] = [];
    const later = app.task('later', { run: () => void ran.push(app.clock.now().getTime()) });
    app.worker({ tasks: [later] });
    const startMs = app.clock.now().getTime();
    await later.enqueue(undefined, { delay: '90s' });
    await later.enqueue(undefined, { delay: new Date(startMs + 30_000) });
    await app.clock.advance('29999ms');
    expect(ran).toEqual([]);
    await app.clock.advance('2m');
    expect(ran).toEqual([startMs + 30_000, startMs + 90_000]);
  });

  it('goes by priority, and by deadline where it has one', async () => {
    app = await openTesting();
    const seen: string[] = [];
    const run = (name: string): void => void seen.push(name);
    const plain = app.task('plain', { run });
    await plain.enqueue('normal');
    await plain.enqueue('low', { priority: 'low' });
    await plain.enqueue('high', { priority: 'high' });
    const urgent = app.task('urgent', { run, deadline: '1h' });
    await urgent.enqueue('in an hour');
    await urgent.enqueue('in a minute', { deadline: '1m' });
    const worker = app.worker({ tasks: [plain, urgent], concurrency: 1 });
    await worker.ready;
    await app.idle();
    expect(seen.filter((name) => !name.startsWith('in'))).toEqual(['high', 'normal', 'low']);
    expect(seen.filter((name) => name.startsWith('in'))).toEqual(['in a minute', 'in an hour']);
  });
});

describe('a handler that fails', () => {
  it('gets its task again after growing delays, and the dead letters get it after the last', async () => {
    app = await openTesting();
    const attempts: [number, number][] = [];
    const startMs = app.clock.now().getTime();
    const shaky = app.task('shaky', {
      retry: { attempts: 4, delay: '1s', jitter: 0 },
      run: (_payload: string, { attempt }) => {
        attempts.push([attempt, app.clock.now().getTime() - startMs]);
        throw new TypeError('still broken');
      },
    });
    const worker = app.worker({ tasks: [shaky] });
    const failed: unknown[] = [];
    worker.on('failed', ({ attempt, error }) => failed.push([attempt, (error as Error).message]));
    await shaky.enqueue('x');
    await app.clock.advance('1m');
    expect(attempts).toEqual([
      [1, 0],
      [2, 1_000],
      [3, 3_000],
      [4, 7_000],
    ]);
    expect(failed).toEqual([[4, 'still broken']]);
    const [dead] = await app.queue('sluice.dead.sluice.tasks.shaky').peek();
    expect(dead!.properties.type).toBe('shaky');
    const headers = dead!.properties.headers!;
    expect(headers['x-failure-reason']).toBe('still broken');
    expect(JSON.parse(headers['x-failure'] as string)).toMatchObject({
      name: 'TypeError',
      message: 'still broken',
    });
    expect(dead!.body.toString()).toBe('"x"');
  });

  it('says itself when, or never', async () => {
    app = await openTesting();
    const ran: [string, number][] = [];
    const startMs = app.clock.now().getTime();
    const polite = app.task('polite', {
      run: (how: string, { attempt }) => {
        ran.push([how, app.clock.now().getTime() - startMs]);
        if (how === 'never') throw new NonRetryable('a bad card');
        if (attempt === 1) throw new RetryLater('42s');
      },
    });
    app.worker({ tasks: [polite] });
    await polite.enqueueAll(['never', 'later']);
    await app.clock.advance('1h');
    expect(ran).toEqual([
      ['never', 0],
      ['later', 0],
      ['later', 42_000],
    ]);
  });

  it('keeps the order of its key, through retries; other keys go on', async () => {
    app = await openTesting();
    const seen: string[] = [];
    const steps = app.task('steps', {
      key: ({ order }: { order: string; step: number }) => order,
      retry: { delay: '10s', backoff: 'fixed' },
      run: ({ order, step }, { attempt }) => {
        if (order === 'a' && step === 1 && attempt < 3) throw new Error('not yet');
        seen.push(`${order}${step}`);
      },
    });
    app.worker({ tasks: [steps] });
    for (const step of [1, 2, 3]) for (const order of ['a', 'b']) await steps.enqueue({ order, step });
    await app.idle();
    expect(seen).toEqual(['b1', 'b2', 'b3']);
    await app.clock.advance('1m');
    expect(seen).toEqual(['b1', 'b2', 'b3', 'a1', 'a2', 'a3']);
  });

  it('is told to stop after its time, and tried again', async () => {
    app = await openTesting();
    const told: unknown[] = [];
    const slow = app.task('slow', {
      attemptTimeout: '5s',
      retry: { delay: '1s', jitter: 0 },
      run: async (_payload: undefined, { attempt, signal }) => {
        if (attempt > 1) return;
        await app.clock.sleep('1m', signal).catch((reason: unknown) => told.push(reason));
        throw new Error('stopped');
      },
    });
    const worker = app.worker({ tasks: [slow] });
    const events: unknown[] = [];
    worker.on('retried', ({ error }) => events.push((error as { code: string }).code));
    worker.on('completed', ({ attempt }) => events.push(attempt));
    await slow.enqueue(undefined);
    await app.clock.advance('10s');
    expect(told).toEqual([expect.objectContaining({ code: 'timeout' })]);
    expect(events).toEqual(['timeout', 2]);
  });
});

describe('what is wrong is told where it was done', () => {
  const input = z.object({ order: z.string(), cents: z.number().int() });

  it('at the enqueue: a payload that does not fit, a cycle, a past deadline, a bad option', async () => {
    app = await openTesting();
    const charge = app.task('charge', { input, run: () => undefined });
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    await expect(charge.enqueue({ order: 'A', cents: 1.5 })).rejects.toMatchObject({
      code: 'bad-input',
      name: 'SchemaMismatch',
      issues: [expect.stringContaining('cents')],
    });
    await expect(charge.enqueue(cyclic as never)).rejects.toMatchObject({ code: 'bad-input' });
    await expect(charge.enqueue({ order: 'A', cents: 1n as never })).rejects.toMatchObject({
      code: 'bad-input',
    });
    const deadline = new Date(app.clock.now().getTime() - 1);
    await expect(charge.enqueue({ order: 'A', cents: 1 }, { deadline })).rejects.toThrow('in the past');
    await expect(charge.enqueue({ order: 'A', cents: 1 }, { priority: 'urgent' as never })).rejects.toThrow(
      'priority',
    );
    expect((await app.queue(charge.queue).info())?.ready ?? 0).toBe(0);
  });

  it('at the worker: what a foreign producer sent goes to the dead letters, whole', async () => {
    app = await openTesting();
    const charge = app.task('charge', { input, run: () => undefined });
    const worker = app.worker({ tasks: [charge] });
    await worker.ready;
    await app.queue(charge.queue).sendAll([
      { body: '{"order":1', type: 'charge', messageId: 'broken' },
      { body: { order: 'A' }, type: 'charge', messageId: 'wrong' },
    ]);
    await app.idle();
    const dead = await app.queue('sluice.dead.sluice.tasks.charge').peek(10);
    const reasons = new Map(
      dead.map(({ properties: { messageId, headers } }) => [messageId, headers!['x-failure-reason']]),
    );
    expect(reasons.get('broken')).toMatch('not JSON');
    expect(reasons.get('wrong')).toMatch('cents');
  });

  it('a name that nobody here knows is kept, and offered again', async () => {
    app = await openTesting();
    const known = app.task('known', { run: () => undefined });
    const worker = app.worker({ tasks: [known] });
    const unknown: unknown[] = [];
    worker.on('unknown', ({ task }) => unknown.push(task));
    await worker.ready;
    await app.queue(known.queue).send({ body: '1', type: 'from tomorrow' });
    await app.clock.advance('3s');
    expect(unknown.length).toBeGreaterThan(1);
    expect(await app.queue(known.queue).info()).toMatchObject({ delayed: 1 });
  });

  it('a declaration or a worker that makes no sense is refused', async () => {
    app = await openTesting();
    const empty = app.task('empty');
    expect(() => app.task('empty')).toThrow('declared twice');
    expect(() => app.task('')).toThrow('name');
    expect(() => app.task('x', { deadline: 'soon' as never })).toThrow('duration');
    expect(() => app.task('x', { input: {} as never })).toThrow('Standard Schema');
    expect(() => app.worker({ tasks: [] })).toThrow('at least one task');
    expect(() => app.worker({ tasks: [empty] })).toThrow('no handler');
    expect(() => app.worker({ tasks: [app.task('y', { run: () => 1 })], concurrency: 0 })).toThrow(
      'concurrency',
    );
  });
});

describe('closing', () => {
  it('waits for handlers at work, and gives back what nobody began', async () => {
    app = await openTesting();
    const ended: number[] = [];
    let release: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const slow = app.task('slow', {
      run: async (n: number) => {
        await gate;
        ended.push(n);
      },
    });
    const worker = app.worker({ tasks: [slow], concurrency: 2 });
    await slow.enqueueAll([1, 2, 3, 4, 5]);
    await app.clock.advance(0);
    expect(worker.active).toBe(2);
    const closed = worker.close();
    release!();
    await closed;
    expect(ended).toEqual([1, 2]);
    expect((await app.queue(slow.queue).info())?.ready).toBe(3);
  });
});
