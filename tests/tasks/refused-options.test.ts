/** What programs without types get wrong in their options: refused where it was written, and named. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { open, type OpenOptions } from '../../src/open.js';
import { openTesting, type TestingApp } from '../../src/testing/index.js';
import type { Task, TaskApp, Worker } from '../../src/tasks/index.js';

/** The app as a program without types sees it. */
interface Untyped {
  task(name: string, options?: unknown): Task<never, unknown, unknown, unknown>;
  worker(options?: unknown): Worker;
  queue(name: string, options: unknown): { declare(): Promise<void> };
  gather(calls: unknown, options?: unknown): Promise<unknown>;
  analyze(options: unknown): unknown;
  advise(task: unknown, target: unknown): Promise<unknown>;
  deadLetters: TaskApp['deadLetters'];
}

interface UntypedTask {
  readonly name: string;
  enqueue(payload: unknown, options?: unknown): Promise<{ result(options: unknown): Promise<unknown> }>;
  enqueueAll(payloads: unknown, options?: unknown): Promise<unknown>;
  with(payload: unknown): unknown;
  find(id: string): { result(options: unknown): Promise<unknown>; cancel(reason: unknown): Promise<unknown> };
}

let app: TestingApp;
let untyped: Untyped;
let task: UntypedTask;

beforeAll(async () => {
  app = await openTesting();
  untyped = app;
  task = app.task('charge', { run: () => undefined });
});

afterAll(() => app.close());

let made = 0;
/** Declares a task of a name that is still free. */
function declare(options: unknown): unknown {
  return untyped.task(`declared.${++made}`, options);
}

describe('a declaration is refused', () => {
  it.each<[string, unknown, RegExp]>([
    ['an option that does not exist', { deadlin: '2s' }, /'deadlin' is no option.*did you mean 'deadline'/],
    ['one of its retry', { retry: { attempt: 3 } }, /'attempt' is no option of retry/],
    ['one of its arrivals', { arrivals: { atmost: '20/s' } }, /'atmost'.*did you mean 'atMost'/],
    ['one of its cost', { cost: { p99: '40ms' } }, /'p99'.*did you mean 'p95'/],
    ['no options at all', null, /an object, not null/],
    ['a key that is no function', { key: 'order' }, /key is a function/],
    ['a tenant that is no function', { tenant: 1 }, /tenant is a function/],
    ['a handler that is none', { run: 'pay' }, /run is a function/],
    ['an admission that there is not', { admission: 'maybe' }, /admission is one of reject, warn/],
    ['a late policy that there is not', { onLate: 'ignore' }, /onLate is one of/],
    ['no workers', { workers: 0 }, /workers is a whole number from 1/],
    ['a queue that is none', { queue: {} }, /queue is a name/],
    ['a queue without a name', { queue: '' }, /queue is a name/],
    ['a backoff that there is not', { retry: { backoff: 'linear' } }, /retry.backoff/],
    ['an overlap that there is not', { every: '1s', overlap: 'wait' }, /overlap is one of/],
  ])('for %s', (_what, options, message) => {
    expect(() => declare(options)).toThrow(
      expect.objectContaining({ code: 'bad-input', message: expect.stringMatching(message) as string }),
    );
  });

  it('for the payload of its runs, where the schema says so at once', () => {
    const input = z.object({ day: z.string() });
    expect(() => declare({ every: '1h', input })).toThrow(
      expect.objectContaining({ name: 'SchemaMismatch' }),
    );
    expect(() => declare({ every: '1h', input, payload: { day: 1 } })).toThrow('day');
    expect(() => declare({ every: '1h', input, payload: { day: 'today' } })).not.toThrow();
  });
});

describe('a call is refused', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'enqueue: no such option',
      () => task.enqueue(1, { deadlin: '2s' }),
      /'deadlin' is no option of enqueue/,
    ],
    ['enqueue: no options', () => task.enqueue(1, 'high'), /an object, not a string/],
    ['enqueue: dedupe', () => task.enqueue(1, { dedupe: { id: 'A', fr: '1h' } }), /did you mean 'for'/],
    ['enqueue: key', () => task.enqueue(1, { key: 42 }), /the key .* text .* not a number/],
    ['enqueue: long key', () => task.enqueue(1, { key: '€'.repeat(86) }), /not text of 258/],
    ['enqueue: long tenant', () => task.enqueue(1, { tenant: 'a'.repeat(256) }), /the tenant .* text of 256/],
    ['enqueueAll: no list', () => task.enqueueAll('abc'), /a list/],
    ['enqueueAll: no such option', () => task.enqueueAll([1], { prio: 1 }), /'prio' is no option/],
    ['enqueueAll: dedupe', () => task.enqueueAll([1], { dedupe: { id: 'A', for: 1 } }), /for one task/],
    ['result', () => task.find('x').result({ timeot: 1 }), /did you mean 'timeout'/],
    ['cancel', () => task.find('x').cancel('a'.repeat(5_000)), /at most 4096/],
    ['gather: no such option', () => untyped.gather([], { concurency: 1 }), /'concurency'/],
    ['gather: onError', () => untyped.gather([], { onError: 'ignore' }), /fail-fast/],
    ['gather: no calls', () => untyped.gather([1]), /task.with/],
    ['worker: no such option', () => untyped.worker({ tasks: [task], concurency: 1 }), /'concurency'/],
    ['worker: no options', () => untyped.worker(), /an object, not undefined/],
    ['worker: no tasks', () => untyped.worker({ tasks: ['charge'] }), /app.task/],
    ['worker.close', () => closeWorker({ timeot: 1 }), /'timeot'/],
    ['queue', () => untyped.queue('q', { ordr: 'fifo' }).declare(), /did you mean 'order'/],
    ['analyze', () => untyped.analyze({ worker: 4 }), /did you mean 'workers'/],
    ['advise', () => untyped.advise(task, { wat: 1 }), /'wat'/],
    ['redrive', () => app.deadLetters('q').redrive({ dryrun: true } as never), /did you mean 'dryRun'/],
    ['open: no such option', () => open({ engine: './x', naem: 'a' } as OpenOptions), /did you mean 'name'/],
    ['open: no engine', () => open({} as OpenOptions), /open needs an engine/],
    ['open: nothing', () => open(undefined as never), /an object, not undefined/],
    ['open: a port', () => open({ engine: './x', http: 70_000 }), /a port/],
  ])('%s', async (_what, call, message) => {
    await expect(Promise.resolve().then(call)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(message) as string,
    });
  });

  it('and nothing was sent', async () => {
    expect((await app.queue('sluice.tasks.charge').info())?.ready ?? 0).toBe(0);
  });
});

async function closeWorker(options: object): Promise<void> {
  const worker = untyped.worker({ tasks: [task] });
  try {
    await worker.close(options);
  } finally {
    await worker.close();
  }
}
