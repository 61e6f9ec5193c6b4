/** Tasks that wait for others, on the engine in memory: time moves only when told. */
import { afterEach, describe, expect, it } from 'vitest';
import { openTesting, type TestingApp } from '../../src/testing/index.js';
import type { TaskHandle } from '../../src/tasks/index.js';

let app: TestingApp;

afterEach(() => app.close());

/** A task whose runs are noted by their payloads; those that begin with a minus fail. */
function noting(name: string, seen: string[]) {
  return app.task(name, {
    retry: { attempts: 1 },
    run: (payload: string) => {
      seen.push(payload);
      if (payload.startsWith('-')) throw new RangeError(`no ${payload}`);
      return payload.length;
    },
  });
}

describe('a task after others', () => {
  it('runs once when all fifty are done', async () => {
    app = await openTesting();
    const seen: string[] = [];
    const part = noting('part', seen);
    const whole = noting('whole', seen);
    const parts = await part.enqueueAll(Array.from({ length: 50 }, (_, n) => `${n}`));
    const sum = await whole.enqueue('sum', { after: parts });
    app.worker({ tasks: [whole] });
    await app.idle();
    expect(seen).toEqual([]);
    const { held, ready } = (await app.engine.topology.describeQueue(whole.queue))!;
    expect([held, ready]).toEqual([1, 0]);
    app.worker({ tasks: [part] });
    await app.idle();
    expect(seen).toHaveLength(51);
    expect(seen.at(-1)).toBe('sum');
    expect(await sum.result()).toBe(3);
  });

  it('runs behind a chain of twenty, and at the foot of a diamond', async () => {
    app = await openTesting();
    const seen: string[] = [];
    const link = noting('link', seen);
    let last: TaskHandle<unknown> = await link.enqueue('0');
    for (let n = 1; n < 20; n++) last = await link.enqueue(`${n}`, { after: [last], priority: n });
    const [left, right] = await link.enqueueAll(['left', 'right'], { after: [last] });
    await link.enqueue('foot', { after: [left!, right!], priority: 255 });
    app.worker({ tasks: [link], concurrency: 4 });
    await app.idle();
    expect(seen.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, n) => `${n}`));
    expect(seen.slice(20, 22).sort()).toEqual(['left', 'right']);
    expect(seen.slice(22)).toEqual(['foot']);
  });

  it('does not wait for what is done, and waits for its own delay as well', async () => {
    app = await openTesting();
    const seen: string[] = [];
    const task = noting('task', seen);
    app.worker({ tasks: [task] });
    const first = await task.enqueue('first');
    await app.idle();
    await task.enqueue('at once', { after: [first, first] });
    await task.enqueue('later', { after: [first], delay: '1m' });
    await app.idle();
    expect(seen).toEqual(['first', 'at once']);
    await app.clock.advance('1m');
    expect(seen).toEqual(['first', 'at once', 'later']);
  });
});

describe('when a task fails', () => {
  it('those after it fail too, down the line, and say which', async () => {
    app = await openTesting();
    const seen: string[] = [];
    const task = noting('task', seen);
    const bad = await task.enqueue('-bad');
    const good = await task.enqueue('good');
    const next = await task.enqueue('next', { after: [good, bad] });
    const last = await task.enqueue('last', { after: [next] });
    app.worker({ tasks: [task] });
    await app.idle();
    expect(seen.sort()).toEqual(['-bad', 'good']);
    await expect(next.result()).rejects.toMatchObject({
      name: 'TaskFailed',
      failure: { name: 'DependencyFailed', message: `task ${bad.id}, which it waited for, failed: no -bad` },
    });
    expect((await last.outcome()) as { failure?: unknown }).toMatchObject({
      failure: { name: 'DependencyFailed', message: expect.stringContaining(next.id) as string },
    });
    const dead = await app.deadLetters(task).list();
    expect(dead.map(({ errorName }) => errorName)).toEqual([
      'RangeError',
      'DependencyFailed',
      'DependencyFailed',
    ]);
  });

  it('those that were told to run all the same do', async () => {
    app = await openTesting();
    const seen: string[] = [];
    const task = noting('task', seen);
    const bad = await task.enqueue('-bad');
    const cleanUp = await task.enqueue('clean up', { after: [bad], afterFailure: 'run' });
    app.worker({ tasks: [task] });
    await app.idle();
    expect(seen).toEqual(['-bad', 'clean up']);
    expect(await cleanUp.result()).toBe(8);
  });

  it('a cancelled or late one counts as failed', async () => {
    app = await openTesting();
    const seen: string[] = [];
    const task = noting('task', seen);
    const late = app.task('late', { deadline: '1s', onLate: 'drop', run: () => undefined });
    const unwanted = await task.enqueue('unwanted');
    const missed = await late.enqueue(undefined);
    await unwanted.cancel('changed');
    const [one] = await task.enqueueAll(['one'], { after: [unwanted] });
    const two = await task.enqueue('two', { after: [missed] });
    await app.clock.advance('2s');
    app.worker({ tasks: [task, late] });
    await app.idle();
    expect(seen).toEqual([]);
    await expect(one!.result()).rejects.toThrow(/was cancelled: changed/);
    await expect(two.result()).rejects.toThrow(/missed its deadline/);
  });

  it('one that is sent back by hand does not wait again', async () => {
    app = await openTesting();
    const seen: string[] = [];
    const task = noting('task', seen);
    const bad = await task.enqueue('-bad');
    await task.enqueue('next', { after: [bad] });
    app.worker({ tasks: [task] });
    await app.idle();
    await app.deadLetters(task).redrive({ where: ({ errorName }) => errorName === 'DependencyFailed' });
    await app.idle();
    expect(seen).toEqual(['-bad', 'next']);
  });
});

describe('what cannot be waited for', () => {
  it('is refused at the enqueue', async () => {
    app = await openTesting();
    const task = noting('task', []);
    await expect(task.enqueue('x', { after: [task.find('nobody-1')] })).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(task.enqueue('x', { after: ['id'] as never })).rejects.toMatchObject({ code: 'bad-input' });
    await expect(task.enqueue('x', { afterFailure: 'maybe' as never })).rejects.toMatchObject({
      code: 'bad-input',
    });
    const dedupe = { id: 'A', for: '1h' } as const;
    const self = await task.enqueue('x', { dedupe });
    await expect(task.enqueue('x', { dedupe, after: [self] })).rejects.toThrow(/cannot wait for itself/);
  });

  it('is told from one whose outcome is kept no longer', async () => {
    app = await openTesting();
    const seen: string[] = [];
    const task = noting('task', seen);
    app.worker({ tasks: [task] });
    const first = await task.enqueue('first');
    await app.idle();
    await app.clock.advance('2h');
    await expect(task.enqueue('second', { after: [first] })).rejects.toMatchObject({ code: 'not-found' });
  });
});
