/**
 * Tasks through a Sluice server, between programs: one enqueues, another handles, a third waits. Each opens an engine
 * of its own, over a connection of its own.
 */
import { describe, expect, it, test } from 'vitest';
import type { TaskApp } from '../../src/tasks/index.js';
import { sluiceUnavailable, startSluice } from '../support/start-sluice.mjs';
import { programsOn } from './programs.js';

const reason = sluiceUnavailable();

describe.skipIf(reason !== undefined)('tasks over AMQP', () => {
  const on = programsOn(startSluice);
  const program = (): Promise<TaskApp> => on.program();

  /** The one who enqueues, the one who handles, the one who waits. */
  async function programs(): Promise<readonly [TaskApp, TaskApp, TaskApp]> {
    return [await program(), await program(), await program()];
  }

  it('are enqueued by one, handled by another, awaited by a third', async () => {
    const [sender, worker, waiter] = await programs();
    const handled = worker.task('over.double', { run: (value: number) => 2 * value });
    worker.worker({ tasks: [handled] });
    const { id } = await sender.task<number, number>('over.double').enqueue(21);
    expect(await waiter.task<number, number>('over.double').find(id).result()).toBe(42);
  });

  it('are enqueued by several at once before their queue is there', async () => {
    const app = await program();
    // Its channel for sends is open: what it sends is not held up by that.
    await app.task<number>('over.earlier').enqueue(0);
    const task = app.task('over.fresh', { run: (value: number) => value });
    const handles = await Promise.all([1, 2].map((value) => task.enqueue(value)));
    app.worker({ tasks: [task] });
    expect(await Promise.all(handles.map((handle) => handle.result()))).toEqual([1, 2]);
  });

  it('are paused by one program, and go on when another says so', async () => {
    const [sender, worker, other] = await programs();
    const handled = worker.task('over.paused', { run: (value: number) => value });
    const sent = sender.task<number, number>('over.paused');
    expect(await sent.pause()).toBe(true);
    const handle = await sent.enqueue(7);
    await worker.worker({ tasks: [handled] }).ready;
    expect(await handle.why()).toMatchObject({ kind: 'paused' });
    expect(await other.task('over.paused').resume()).toBe(true);
    expect(await handle.result()).toBe(7);
  });

  it('are retried at their place, and their key waits for them', async () => {
    const [sender, worker, waiter] = await programs();
    const order: string[] = [];
    const options = {
      key: (p: { name: string }) => p.name[0]!,
      retry: { attempts: 3, backoff: 'fixed', delay: '30ms' },
    } as const;
    const handled = worker.task('over.keyed', {
      ...options,
      run: ({ name }: { name: string }, { attempt }) => {
        order.push(`${name}.${attempt}`);
        if (name === 'a1' && attempt < 3) throw new TypeError('not yet');
        return attempt;
      },
    });
    worker.worker({ tasks: [handled] });
    const sent = sender.task('over.keyed', options);
    const handles = await sent.enqueueAll([{ name: 'a1' }, { name: 'a2' }]);
    const seen = waiter.task('over.keyed', options);
    expect(await Promise.all(handles.map(({ id }) => seen.find(id).result()))).toEqual([3, 1]);
    expect(order).toEqual(['a1.1', 'a1.2', 'a1.3', 'a2.1']);
  });

  it('that fail for good are kept with what went wrong, and whoever waits is told', async () => {
    const [sender, worker, waiter] = await programs();
    const options = { retry: { attempts: 1 } } as const;
    const handled = worker.task('over.bad', {
      ...options,
      run: () => {
        throw new TypeError('cannot be read');
      },
    });
    worker.worker({ tasks: [handled] });
    const { id } = await sender.task('over.bad', options).enqueue('x');
    await expect(waiter.task('over.bad', options).find(id).result()).rejects.toMatchObject({
      code: 'task-failed',
    });
    const dead = waiter.queue(`sluice.dead.${handled.plan.queue}`);
    const { value } = await dead.receive({ prefetch: 1 }).next();
    expect(value!.headers['x-failure-reason']).toBe('cannot be read');
    expect(value!.properties.messageId).toBe(id);
    await value!.ack();
  });

  it('are cancelled while they run, by another program', async () => {
    const [sender, worker, waiter] = await programs();
    let tellBegun = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      tellBegun = resolve;
    });
    const handled = worker.task('over.slow', {
      run: (_: number, { signal }) =>
        new Promise((_resolve, reject) => {
          tellBegun();
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        }),
    });
    worker.worker({ tasks: [handled] });
    const { id } = await sender.task<number, unknown>('over.slow').enqueue(1);
    await begun;
    const found = waiter.task<number, unknown>('over.slow').find(id);
    await found.cancel('changed');
    await expect(found.result()).rejects.toMatchObject({ code: 'task-cancelled' });
  });

  it('are enqueued once in a window, whoever enqueues them', async () => {
    const [sender, worker, other] = await programs();
    const dedupe = { dedupe: { id: 'A1', for: '1h' } } as const;
    const first = await sender.task<number, number>('over.once').enqueue(1, dedupe);
    const second = await other.task<number, number>('over.once').enqueue(2, dedupe);
    expect(second.id).toBe(first.id);
    const handled = worker.task('over.once', { run: (value: number) => value });
    worker.worker({ tasks: [handled] });
    expect(await second.result()).toBe(1);
  });

  it('are completed once in the record, when the server is killed with 200 of them under way', async () => {
    const [sender, worker, waiter] = await programs();
    const runs = new Map<number, number>();
    const completed: string[] = [];
    let held: (() => void)[] = [];
    let isKilled = false;
    const handled = worker.task('over.many', {
      run: async (value: number) => {
        runs.set(value, (runs.get(value) ?? 0) + 1);
        if (!isKilled) await new Promise<void>((resolve) => held.push(resolve));
        return value;
      },
    });
    const working = worker.worker({ tasks: [handled], concurrency: 200 });
    working.on('completed', ({ taskId }) => completed.push(taskId));
    const values = Array.from({ length: 300 }, (_, value) => value);
    const handles = await sender.task<number, number>('over.many').enqueueAll(values);
    const ids = new Set<string>(handles.map(({ id }) => id));
    const versions = new Map<string, Set<number>>();
    const watching = new AbortController();
    await waiter.engine.records.watch(
      'task/',
      ({ key, entry }) => {
        if (entry === undefined || !ids.has(key.slice('task/'.length))) return;
        versions.set(key, (versions.get(key) ?? new Set<number>()).add(entry.version));
      },
      watching.signal,
    );
    while (held.length < 200) await new Promise((resolve) => setImmediate(resolve));
    // A part of them ends as the server does: their completions are under way.
    for (const end of held.splice(0, 100)) end();
    await on.server.kill();
    isKilled = true;
    await on.server.restart();
    for (const end of held.splice(0)) end();
    const many = waiter.task<number, number>('over.many');
    const results = await Promise.all(handles.map(({ id }) => many.find(id).result()));
    held = [];
    expect(results).toEqual(values);
    await working.close();
    watching.abort();
    expect(new Set(completed).size).toBe(completed.length);
    expect([...versions.values()].every((seen) => seen.size === 1)).toBe(true);
    expect(versions.size).toBe(values.length);
    expect(Math.max(...runs.values())).toBeLessThanOrEqual(2);
    expect((await worker.queue(handled.plan.queue).info())?.ready).toBe(0);
  }, 60_000);
});

test.runIf(reason !== undefined)('tasks over AMQP', (context) => {
  context.skip(reason);
});
