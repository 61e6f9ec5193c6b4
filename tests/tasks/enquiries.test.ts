/** What tasks tell of themselves: why they wait, their status; waiting ones cancelled; queues and tasks listed. */
import { afterEach, describe, expect, it } from 'vitest';
import { openTesting, type TestingApp } from '../../src/testing/index.js';

let app: TestingApp;

afterEach(() => app.close());

describe('why', () => {
  it('names each thing that a task may wait for, and its end', async () => {
    app = await openTesting();
    const charge = app.task('charge', {
      key: (order: string) => order,
      run: (_, { signal }) => app.clock.sleep('10s', signal),
    });
    const first = await charge.enqueue('A1');
    expect(await first.why()).toEqual({ kind: 'no-worker', text: 'waiting: no worker serves its queue' });
    const later = await charge.enqueue('A2', { delay: '1m' });
    expect(await later.why()).toEqual({
      kind: 'delayed',
      until: new Date(app.clock.now().getTime() + 60_000),
      attempts: 0,
      text: 'waiting: delayed until 2023-11-14T22:14:20.000Z',
    });
    const worker = app.worker({ tasks: [charge], concurrency: 1 });
    await app.clock.advance('1200ms');
    const second = await charge.enqueue('A1');
    const third = await charge.enqueue('A3');
    const fourth = await charge.enqueue('A4');
    expect(await first.why()).toMatchObject({
      ...{ kind: 'running', attempt: 1, by: 'embedded' },
      text: 'running by embedded: attempt 1, for 1.2 s',
    });
    expect(await second.why()).toMatchObject({
      ...{ kind: 'key-busy', key: 'A1', task: { taskId: first.id, doing: 'running' } },
      text: `waiting: key A1 is busy (task ${first.id}, 1.2 s)`,
    });
    expect(await third.why()).toMatchObject({ kind: 'workers-busy', position: 1, of: 2 });
    expect((await fourth.why()).text).toBe('waiting: every worker is busy; position 2 of 2');
    await app.clock.advance('10s');
    expect(await first.why()).toMatchObject({ kind: 'done', outcome: { state: 'completed' } });
    expect((await charge.find('nobody').why()).kind).toBe('unknown');
    await worker.close({ abort: true });
  });

  it('names the tasks that it comes after', async () => {
    app = await openTesting();
    const work = app.task('work', { run: (name: string) => name });
    const first = await work.enqueue('first');
    const last = await work.enqueue('last', { after: [first] });
    expect(await last.why()).toEqual({
      ...{ kind: 'after', tasks: [first.id], missing: 1 },
      text: `waiting: task ${first.id} must end first`,
    });
    expect(await last.status()).toMatchObject({ state: 'held' });
    expect((await app.tasks.list(work.queue, 'held')).map(({ taskId }) => taskId)).toEqual([last.id]);
    await first.cancel();
    expect((await last.why()).kind).toBe('no-worker');
  });

  it('names a limit and a retry', async () => {
    app = await openTesting();
    const mail = app.task('mail', {
      concurrency: 1,
      retry: { attempts: 3, delay: '1m' },
      run: (text: string) => {
        if (text === 'bad') throw new RangeError('no such address');
        return app.clock.sleep('10s');
      },
    });
    app.worker({ tasks: [mail], concurrency: 4 });
    const bad = await mail.enqueue('bad');
    await app.idle();
    expect(await bad.why()).toMatchObject({ kind: 'delayed', attempts: 1 });
    await mail.enqueue('slow');
    const held = await mail.enqueue('held');
    await app.clock.advance('1ms');
    expect(await held.why()).toMatchObject({
      ...{ kind: 'concurrency-full', of: 'queue', running: 1, max: 1 },
      text: 'waiting: its queue has 1 of 1 running',
    });
    await app.clock.advance('30s');
  });
});

describe('status', () => {
  it('goes from waiting over running to the end', async () => {
    app = await openTesting();
    const work = app.task('work', { tenant: () => 'gold', run: () => app.clock.sleep('5s').then(() => 7) });
    const handle = await work.enqueue('x', { deadline: '1m' });
    const enqueuedAt = app.clock.now();
    const deadline = new Date(enqueuedAt.getTime() + 60_000);
    const facts = { task: 'work', queue: work.queue, enqueuedAt, deadline, tenant: 'gold' };
    expect(await handle.status()).toMatchObject({ ...facts, state: 'waiting', attempts: 0 });
    app.worker({ tasks: [work] });
    await app.clock.advance('1s');
    expect(await handle.status()).toMatchObject({
      ...facts,
      state: 'running',
      attempts: 1,
      since: enqueuedAt,
    });
    await app.clock.advance('10s');
    expect(await handle.status()).toMatchObject({ state: 'completed', attempts: 1, output: 7 });
    expect(await work.find('nobody').status()).toEqual({ state: 'unknown' });
  });
});

describe('cancel', () => {
  it('removes a task that waits at once, and tells whoever waits for it', async () => {
    app = await openTesting();
    const work = app.task('work', { run: () => 1 });
    const handle = await work.enqueue('x', { delay: '1h' });
    const result = handle.result();
    const told = expect(result).rejects.toMatchObject({ code: 'task-cancelled', reason: 'changed' });
    expect(await handle.cancel('changed')).toBe('cancelled');
    await told;
    const [figures] = await app.tasks.queues();
    expect(figures).toMatchObject({ waiting: 0, delayed: 0, running: 0 });
    expect(await handle.cancel()).toBe('done');
    expect(await work.find('nobody').cancel()).toBe('unknown');
  });

  it('frees the key of the task', async () => {
    app = await openTesting();
    const work = app.task('work', { key: () => 'k', run: (name: string) => name });
    const first = await work.enqueue('first');
    const second = await work.enqueue('second');
    const task = { taskId: first.id, doing: 'waiting' };
    expect(await second.why()).toMatchObject({ kind: 'key-busy', key: 'k', task });
    expect(await first.cancel()).toBe('cancelled');
    expect((await second.why()).kind).toBe('no-worker');
    app.worker({ tasks: [work] });
    await app.idle();
    await expect(second.result()).resolves.toBe('second');
  });

  it('asks the worker of a task that runs', async () => {
    app = await openTesting();
    const work = app.task('work', { run: (_: unknown, { signal }) => app.clock.sleep('1h', signal) });
    app.worker({ tasks: [work] });
    const handle = await work.enqueue(undefined);
    await app.clock.advance('1s');
    const told = expect(handle.result()).rejects.toMatchObject({ code: 'task-cancelled' });
    expect(await handle.cancel()).toBe('asked');
    await told;
  });
});

describe('lists', () => {
  it('count tasks by queue, and name those in a state', async () => {
    app = await openTesting();
    const mail = app.task('mail', {
      key: (to: string) => to,
      retry: { attempts: 1 },
      run: (to, { signal }) => {
        if (to === 'bad') throw new RangeError('no such address');
        return app.clock.sleep('1h', signal);
      },
    });
    app.task('idle', {});
    await app.queue('plain').send('x');
    const worker = app.worker({ tasks: [mail], concurrency: 2 });
    await mail.enqueue('bad');
    await app.clock.advance('1s');
    const running = await mail.enqueue('one');
    const held = await mail.enqueue('one');
    const delayed = await mail.enqueue('two', { delay: '1m' });
    await mail.enqueue('three');
    const waiting = await mail.enqueue('four');
    await app.clock.advance('1s');
    const [queue, ...others] = await app.tasks.queues();
    expect(others).toEqual([]);
    expect(queue).toEqual({
      ...{ task: 'mail', queue: mail.queue, waiting: 1, delayed: 1, held: 1, running: 2, dead: 1 },
      workers: 1,
    });
    const ids = async (state: Parameters<typeof app.tasks.list>[1]): Promise<unknown> =>
      (await app.tasks.list(mail.queue, state)).map(({ taskId }) => taskId);
    expect(await ids('waiting')).toEqual([waiting.id]);
    expect(await ids('held')).toEqual([held.id]);
    expect(await ids('delayed')).toEqual([delayed.id]);
    expect(await ids('running')).toContain(running.id);
    expect((await app.tasks.list(mail.queue, 'delayed'))[0]).toMatchObject({
      ...{ task: 'mail', key: 'two', attempts: 0 },
      until: new Date(app.clock.now().getTime() + 59_000),
    });
    await worker.close({ abort: true });
  });

  it('find a task by its id alone, dead ones too', async () => {
    app = await openTesting();
    const mail = app.task('mail', {
      retry: { attempts: 1 },
      run: () => {
        throw new RangeError('no such address');
      },
    });
    const dead = await mail.enqueue('bad');
    app.worker({ tasks: [mail] });
    await app.idle();
    const waiting = await app.task('other', {}).enqueue('x');
    expect(await app.tasks.find(waiting.id)).toMatchObject({ kind: 'there' });
    expect(await app.tasks.find(dead.id)).toMatchObject({ kind: 'ended', outcome: { state: 'failed' } });
    expect(await app.tasks.findDead(dead.id)).toMatchObject({ queue: mail.queue, reason: 'no such address' });
    expect(await app.tasks.findDead(waiting.id)).toBeUndefined();
    expect(await app.tasks.cancel(waiting.id, 'changed')).toBe('cancelled');
    expect(await app.tasks.cancel('nobody')).toBe('unknown');
  });

  it('send a dead task back, whose outcome is then open again', async () => {
    app = await openTesting();
    let isDown = true;
    const mail = app.task('mail', {
      retry: { attempts: 1 },
      run: () => {
        if (isDown) throw new RangeError('down');
        return 'sent';
      },
    });
    const handle = await mail.enqueue('x');
    const worker = app.worker({ tasks: [mail] });
    await app.idle();
    await worker.close();
    expect(await app.tasks.retry(handle.id)).toBe('redriven');
    expect(await handle.outcome()).toBeUndefined();
    expect(await handle.status()).toMatchObject({ state: 'waiting', attempts: 0 });
    isDown = false;
    app.worker({ tasks: [mail] });
    await app.idle();
    await expect(handle.result()).resolves.toBe('sent');
    expect(await app.tasks.retry(handle.id)).toBe('not-failed');
    const delayed = await mail.enqueue('y', { delay: '1h' });
    expect(await app.tasks.retry(delayed.id)).toBe('released');
    await app.idle();
    await expect(delayed.result()).resolves.toBe('sent');
  });
});
