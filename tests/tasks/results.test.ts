/** What became of tasks: results, failures, cancels, duplicates, groups, progress, periodic runs. */
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openTesting, type TestingApp } from '../../src/testing/index.js';

let app: TestingApp;

afterEach(() => app.close());

describe('a result', () => {
  it('is what the handler returned, asked before and after, and from a handle found by id', async () => {
    app = await openTesting();
    const double = app.task('double', { output: z.number(), run: (n: number) => 2 * n });
    app.worker({ tasks: [double] });
    const handle = await double.enqueue(21);
    const early = handle.result();
    await app.idle();
    await expect(early).resolves.toBe(42);
    await expect(handle.result()).resolves.toBe(42);
    await expect(double.find(handle.id).result()).resolves.toBe(42);
    expect(await handle.outcome()).toMatchObject({ state: 'completed', attempts: 1, output: 42 });
  });

  it('is nothing for a handler that returns nothing', async () => {
    app = await openTesting();
    const quiet = app.task('quiet', { run: () => undefined });
    app.worker({ tasks: [quiet] });
    await expect((await quiet.enqueue(1)).result()).resolves.toBeUndefined();
  });

  it('is waited for only so long, and the task goes on', async () => {
    app = await openTesting();
    const slow = app.task('slow', { run: () => app.clock.sleep('10s').then(() => 'done') });
    app.worker({ tasks: [slow] });
    const handle = await slow.enqueue(undefined);
    const early = handle.result({ timeout: '2s' });
    const told = expect(early).rejects.toMatchObject({ code: 'timeout', retryable: true });
    await app.clock.advance('3s');
    await told;
    await app.clock.advance('10s');
    await expect(handle.result()).resolves.toBe('done');
  });

  it('goes after its time', async () => {
    app = await openTesting();
    const short = app.task('short', { keepResult: '1m', run: () => 1 });
    app.worker({ tasks: [short] });
    const handle = await short.enqueue(undefined);
    await app.idle();
    expect(await handle.outcome()).toBeDefined();
    await app.clock.advance('61s');
    expect(await handle.outcome()).toBeUndefined();
  });

  it('that its schema refuses, or JSON, is a failure that is told', async () => {
    app = await openTesting();
    const wrong = app.task('wrong', { output: z.number(), run: (() => 'text') as never });
    const cyclic = app.task('cyclic', {
      retry: { attempts: 1 },
      run: () => {
        const value: Record<string, unknown> = {};
        value['self'] = value;
        return value;
      },
    });
    app.worker({ tasks: [wrong, cyclic] });
    for (const handle of [await wrong.enqueue(undefined), await cyclic.enqueue(undefined)])
      await expect(handle.result()).rejects.toMatchObject({ name: 'TaskFailed', attempts: 1 });
  });
});

describe('an end without a result', () => {
  it('tells what the last attempt threw', async () => {
    app = await openTesting();
    const shaky = app.task('shaky', {
      retry: { attempts: 2, delay: '1s' },
      run: () => {
        throw new RangeError('too far');
      },
    });
    app.worker({ tasks: [shaky] });
    const result = (await shaky.enqueue(undefined)).result();
    const told = expect(result).rejects.toMatchObject({
      name: 'TaskFailed',
      attempts: 2,
      failure: {
        name: 'RangeError',
        message: 'too far',
        stack: expect.stringContaining('results.test') as string,
      },
    });
    await app.clock.advance('2s');
    await told;
  });

  it.each(['drop', 'dead-letter'] as const)('after its deadline: %s', async (onLate) => {
    app = await openTesting();
    const ran: string[] = [];
    const urgent = app.task('urgent', { deadline: '1s', onLate, run: (name: string) => void ran.push(name) });
    const handle = await urgent.enqueue('late');
    await app.clock.advance('2s');
    app.worker({ tasks: [urgent] });
    await expect(handle.result()).rejects.toMatchObject({ name: 'DeadlineMissed' });
    expect(ran).toEqual([]);
    const dead = await app.queue('sluice.dead.sluice.tasks.urgent').peek();
    expect(dead).toHaveLength(onLate === 'drop' ? 0 : 1);
  });

  it('by a cancel before it begins, also where no worker is there yet', async () => {
    app = await openTesting();
    const ran: unknown[] = [];
    const job = app.task('job', { run: (name: string) => void ran.push(name) });
    const handle = await job.enqueue('unwanted');
    await job.enqueue('wanted');
    await handle.cancel('changed my mind');
    app.worker({ tasks: [job] });
    await expect(handle.result()).rejects.toMatchObject({ name: 'TaskCancelled', reason: 'changed my mind' });
    await app.idle();
    expect(ran).toEqual(['wanted']);
  });

  it('by a cancel while it runs: its signal aborts', async () => {
    app = await openTesting();
    const job = app.task('job', {
      run: (_payload: undefined, { signal }) => app.clock.sleep('1h', signal),
    });
    app.worker({ tasks: [job] });
    const handle = await job.enqueue(undefined);
    await app.clock.advance('1s');
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ name: 'TaskCancelled', reason: undefined });
    await app.idle();
  });

  it('is not made by a cancel that comes too late', async () => {
    app = await openTesting();
    const job = app.task('job', { run: () => 'done' });
    app.worker({ tasks: [job] });
    const handle = await job.enqueue(undefined);
    await app.idle();
    await handle.cancel();
    await expect(handle.result()).resolves.toBe('done');
  });
});

describe('dedupe', () => {
  it('sends one task within the window, and gives its handle to the others', async () => {
    app = await openTesting();
    const ran: number[] = [];
    const job = app.task('job', { run: (n: number) => ran.push(n) });
    const dedupe = { id: 'A1', for: '1h' } as const;
    const first = await job.enqueue(1, { dedupe });
    const again = await Promise.all([2, 3].map((n) => job.enqueue(n, { dedupe })));
    expect(again.map(({ id, isNew }) => [id, isNew])).toEqual([
      [first.id, false],
      [first.id, false],
    ]);
    expect(first.isNew).toBe(true);
    await app.clock.advance('61m');
    expect((await job.enqueue(4, { dedupe })).id).not.toBe(first.id);
    app.worker({ tasks: [job] });
    await app.idle();
    expect(ran).toEqual([1, 4]);
  });
});

describe('gather', () => {
  it('gives all results in order, so many at a time', async () => {
    app = await openTesting();
    let [active, most] = [0, 0];
    const wait = app.task('wait', {
      run: async (seconds: number) => {
        most = Math.max(most, ++active);
        await app.clock.sleep(seconds * 1_000);
        active--;
        return seconds;
      },
    });
    app.worker({ tasks: [wait] });
    const startMs = app.clock.now().getTime();
    const all = app.gather([0, 1, 2, 3, 4].map((seconds) => wait.with(seconds)));
    let endMs = 0;
    void all.then(() => (endMs = app.clock.now().getTime()));
    await app.clock.advance('10s');
    await expect(all).resolves.toEqual([0, 1, 2, 3, 4]);
    expect(endMs - startMs).toBe(4_000);
    const two = app.gather(
      [1, 1, 1, 1].map((seconds) => wait.with(seconds)),
      { concurrency: 2 },
    );
    most = 0;
    await app.clock.advance('10s');
    await two;
    expect(most).toBe(2);
  });

  it('fails fast and cancels the rest, or collects', async () => {
    app = await openTesting();
    const ended: unknown[] = [];
    const job = app.task('job', {
      retry: { attempts: 1 },
      run: async (fails: boolean, { signal }) => {
        if (fails) throw new Error('bad');
        await app.clock.sleep('1m', signal);
        return 'good';
      },
    });
    const worker = app.worker({ tasks: [job] });
    worker.on('cancelled', ({ taskId }) => ended.push(taskId));
    const fast = app.gather([job.with(false), job.with(true), job.with(false)]);
    const told = expect(fast).rejects.toMatchObject({ name: 'TaskFailed' });
    await app.clock.advance('1s');
    await told;
    expect(ended).toHaveLength(2);
    const collected = app.gather([job.with(false), job.with(true)], { onError: 'collect' });
    await app.clock.advance('2m');
    expect(await collected).toMatchObject([
      { status: 'fulfilled', value: 'good' },
      { status: 'rejected', reason: { name: 'TaskFailed' } },
    ]);
  });
});

describe('progress and sends', () => {
  it('are seen from outside; a send goes out with the completion', async () => {
    app = await openTesting();
    const job = app.task('job', {
      retry: { delay: '1s' },
      run: async (_payload: undefined, { progress, send, attempt }) => {
        await progress({ percent: 50 });
        send('mail', { body: { attempt } });
        if (attempt === 1) throw new Error('not yet');
      },
    });
    await app.queue('mail').declare();
    app.worker({ tasks: [job] });
    const handle = await job.enqueue(undefined);
    await app.idle();
    expect(await handle.progress()).toEqual({ percent: 50 });
    await app.clock.advance('2s');
    const mails = await app.queue('mail').peek(10);
    expect(mails.map(({ body }) => body.toString())).toEqual(['{"attempt":2}']);
  });
});

describe('a periodic task', () => {
  it('fires at every moment', async () => {
    app = await openTesting({ now: new Date('2026-03-01T00:00:03Z') });
    const at: string[] = [];
    const tick = app.task('tick', {
      every: '10s',
      payload: 'x',
      run: (payload: string, { scheduledAt }) =>
        void at.push(
          `${payload} ${scheduledAt!.toISOString().slice(17, 19)} ${app.clock.now().getSeconds()}`,
        ),
    });
    app.worker({ tasks: [tick] });
    await app.clock.advance('30s');
    expect(at).toEqual(['x 10 10', 'x 20 20', 'x 30 30']);
  });

  it.each([
    ['skip' as const, ['10', '30']],
    ['queue' as const, ['10', '20', '30']],
  ])('whose runs overlap: %s', async (overlap, ran) => {
    app = await openTesting({ now: new Date('2026-03-01T00:00:03Z') });
    const at: string[] = [];
    const tick = app.task('tick', {
      every: '10s',
      overlap,
      run: async (_payload: undefined, { scheduledAt }) => {
        at.push(scheduledAt!.toISOString().slice(17, 19));
        if (at.length === 1) await app.clock.sleep('15s');
      },
    });
    app.worker({ tasks: [tick] });
    await app.clock.advance('32s');
    expect(at).toEqual(ran);
  });

  it('whose runs overlap: cancel', async () => {
    app = await openTesting({ now: new Date('2026-03-01T00:00:03Z') });
    const at: string[] = [];
    const tick = app.task('tick', {
      every: '10s',
      overlap: 'cancel',
      run: async (_payload: undefined, { scheduledAt, signal }) => {
        at.push(scheduledAt!.toISOString().slice(17, 19));
        await app.clock.sleep('1h', signal);
      },
    });
    const worker = app.worker({ tasks: [tick] });
    const cancelled: unknown[] = [];
    worker.on('cancelled', (event) => cancelled.push(event));
    await app.clock.advance('29s');
    expect(at).toEqual(['10', '20', '30']);
    expect(cancelled).toHaveLength(2);
    await worker.close({ abort: true });
  });
});
