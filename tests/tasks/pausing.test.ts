/** Tasks paused and resumed, and workers that drain; time moves only when told. */
import { afterEach, describe, expect, it } from 'vitest';
import { openTesting, type TestingApp } from '../../src/testing/index.js';

let app: TestingApp;

afterEach(() => app.close());

/** A task of a second, and what it has begun and ended. */
function slow(name: string, queue?: string) {
  const begun: number[] = [];
  const ended: number[] = [];
  const task = app.task(name, {
    ...(queue === undefined ? {} : { queue }),
    run: async (number: number, { signal }) => {
      begun.push(number);
      await app.clock.sleep('1s', signal);
      ended.push(number);
    },
  });
  return { task, begun, ended };
}

describe('a paused task', () => {
  it('ends what is at work, begins nothing, takes more, says why, and goes on', async () => {
    app = await openTesting();
    const { task, begun, ended } = slow('slow');
    app.worker({ tasks: [task], concurrency: 1 });
    const handles = await task.enqueueAll([1, 2]);
    await app.clock.advance('500ms');
    expect([await task.pause(), await task.pause()]).toEqual([true, false]);
    handles.push(await task.enqueue(3));
    await app.clock.advance('5s');
    expect([begun, ended]).toEqual([[1], [1]]);
    expect(await handles[1]!.why()).toMatchObject({ kind: 'paused' });
    expect([await task.resume(), await task.resume()]).toEqual([true, false]);
    await app.clock.advance('5s');
    expect(ended).toEqual([1, 2, 3]);
  });

  it('pauses those that share its queue, and no other', async () => {
    app = await openTesting();
    const [one, two, three] = [slow('one', 'shared'), slow('two', 'shared'), slow('three')];
    app.worker({ tasks: [one.task, two.task, three.task] });
    await one.task.pause();
    for (const { task } of [one, two, three]) await task.enqueue(1);
    await app.clock.advance('5s');
    expect([one.ended, two.ended, three.ended]).toEqual([[], [], [1]]);
  });

  it('lets its worker close, and is there for the next', async () => {
    app = await openTesting();
    const { task, ended } = slow('slow');
    const worker = app.worker({ tasks: [task] });
    await task.pause();
    await task.enqueue(1);
    await worker.close();
    await task.resume();
    app.worker({ tasks: [task] });
    await app.clock.advance('2s');
    expect(ended).toEqual([1]);
  });
});

describe('a worker that closes', () => {
  it('ends what is at work and leaves the rest, unmarked by a try', async () => {
    app = await openTesting();
    const { task, begun, ended } = slow('slow');
    const worker = app.worker({ tasks: [task], concurrency: 2 });
    const handles = await task.enqueueAll([1, 2, 3, 4]);
    await app.clock.advance('500ms');
    const closing = worker.close();
    await app.clock.advance('5s');
    await closing;
    expect([begun, ended]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    app.worker({ tasks: [task], concurrency: 2 });
    await app.clock.advance('5s');
    expect(ended).toEqual([1, 2, 3, 4]);
    for (const handle of handles) expect(await handle.outcome()).toMatchObject({ attempts: 1 });
  });

  it('is told to hurry: what it does not end in time goes back, and is run again', async () => {
    app = await openTesting();
    const { task, begun, ended } = slow('slow');
    const worker = app.worker({ tasks: [task] });
    await task.enqueue(1);
    await app.clock.advance('500ms');
    const closing = worker.close({ timeout: '100ms' });
    await app.clock.advance('100ms');
    await closing;
    expect([begun, ended]).toEqual([[1], []]);
    app.worker({ tasks: [task] });
    await app.clock.advance('2s');
    expect([begun, ended]).toEqual([[1, 1], [1]]);
  });
});
