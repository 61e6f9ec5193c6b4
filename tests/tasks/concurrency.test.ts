/** A worker whose concurrency changes while it runs: more at once, fewer as those that run end. */
import { afterEach, expect, it, vi } from 'vitest';
import { openTesting, type TestingApp } from '../../src/testing/index.js';

let app: TestingApp;

/** Of the test that runs. */
let opened: Gates | undefined;

afterEach(async () => {
  opened?.openAll();
  await app.close();
});

/** Handlers that end when the test says so. */
class Gates {
  readonly #open: (() => void)[] = [];
  running = 0;
  runningMax = 0;
  done = 0;

  #isOpen = false;

  /** Nobody waits any more, so that a test that failed ends. */
  openAll(): void {
    this.#isOpen = true;
    for (const open of this.#open.splice(0)) open();
  }

  readonly run = async (): Promise<void> => {
    this.runningMax = Math.max(this.runningMax, ++this.running);
    if (!this.#isOpen) await new Promise<void>((resolve) => this.#open.push(resolve));
    this.running--;
    this.done++;
  };

  /** Ends the handler that runs longest, and resolves when it has ended. */
  async endOne(): Promise<void> {
    const end = this.#open.shift();
    expect(end).toBeDefined();
    const expected = this.done + 1;
    end!();
    await vi.waitFor(() => {
      expect(this.done).toBe(expected);
    });
  }

  async reach(running: number): Promise<void> {
    await vi.waitFor(
      () => {
        expect(this.running).toBe(running);
      },
      { timeout: 30_000 },
    );
  }
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

it('more handlers run at once, and the engine delivers to them', async () => {
  app = await openTesting();
  const gates = (opened = new Gates());
  const slow = app.task<number>('slow', { run: gates.run });
  await slow.enqueueAll(range(6));
  const worker = app.worker({ tasks: [slow], concurrency: { start: 1, max: 4 } });
  await gates.reach(1);
  expect([worker.concurrency, worker.concurrencyMax]).toEqual([1, 4]);
  const told: number[] = [];
  worker.on('concurrency', ({ concurrency }) => told.push(concurrency));
  await worker.setConcurrency(3);
  await gates.reach(3);
  expect(told).toEqual([3]);
  const [sample] = await app.engine.observe(['sluice.tasks.slow']);
  // The one that was held before is beside what may be held now.
  expect(sample).toMatchObject({ ready: 2, unacknowledged: 4 });
  for (let ended = 0; ended < 6; ended++) await gates.endOne();
  expect(gates.runningMax).toBe(3);
});

it('fewer run as those that run end, and none is stopped', async () => {
  app = await openTesting();
  const gates = (opened = new Gates());
  const slow = app.task<number>('slow', { run: gates.run });
  await slow.enqueueAll(range(8));
  const worker = app.worker({ tasks: [slow], concurrency: 3 });
  await gates.reach(3);
  await worker.setConcurrency(1);
  expect(gates.running).toBe(3);
  await gates.endOne();
  await gates.endOne();
  await gates.reach(1);
  gates.runningMax = 0;
  for (let ended = 0; ended < 6; ended++) await gates.endOne();
  expect([gates.done, gates.runningMax]).toEqual([8, 1]);
});

it('goes on with those that are left when all that run end at once after it shrank', async () => {
  app = await openTesting();
  const gates = (opened = new Gates());
  const slow = app.task<number>('slow', { run: gates.run });
  await slow.enqueueAll(range(3));
  const worker = app.worker({ tasks: [slow], concurrency: 3 });
  await gates.reach(3);
  await worker.setConcurrency(1);
  gates.openAll();
  await gates.reach(0);
  await slow.enqueueAll(range(3));
  await app.idle();
  expect(gates.done).toBe(6);
});

it('an idle worker of several queues that shrinks runs one at a time, and gives back what it may not begin', async () => {
  app = await openTesting();
  const gates = (opened = new Gates());
  const tasks = ['one', 'two', 'three'].map((name) => app.task<number>(name, { run: gates.run }));
  const worker = app.worker({ tasks, concurrency: 8 });
  await worker.ready;
  await worker.setConcurrency(1);
  for (const task of tasks) await task.enqueueAll(range(2));
  await gates.reach(1);
  await gates.endOne();
  await gates.reach(1);
  const closing = worker.close();
  await gates.endOne();
  await closing;
  expect([gates.done, gates.runningMax]).toEqual([2, 1]);
  const samples = await app.engine.observe(tasks.map(({ queue }) => queue));
  expect(samples.reduce((sum, { ready }) => sum + ready!, 0)).toBe(4);
  expect(samples.reduce((sum, { unacknowledged }) => sum + unacknowledged!, 0)).toBe(0);
});

it('is refused above its ceiling, below one, and where one holds back', async () => {
  app = await openTesting();
  const task = app.task('any', { run: () => undefined });
  const worker = app.worker({ tasks: [task], concurrency: { start: 2, max: 4 } });
  await expect(worker.setConcurrency(5)).rejects.toThrow('from 1 to 4, not 5');
  await expect(worker.setConcurrency(0)).rejects.toMatchObject({ code: 'bad-input' });
  const careful = app.worker({ tasks: [task], holdBack: true });
  await expect(careful.setConcurrency(2)).rejects.toMatchObject({ code: 'bad-input' });
  expect(() => app.worker({ tasks: [task], concurrency: { start: 5, max: 4 } })).toThrow('concurrency.start');
  expect(() => app.worker({ tasks: [task], concurrency: { start: 5 } as never })).toThrow('concurrency.max');
});

it('a worker with a ceiling is listed, runs as many as is wished, and is gone when it closes', async () => {
  app = await openTesting();
  const gates = (opened = new Gates());
  const slow = app.task<number>('slow', { run: gates.run });
  await slow.enqueueAll(range(4));
  const worker = app.worker({ tasks: [slow], concurrency: { start: 1, max: 3 } });
  await worker.ready;
  const [listed] = await app.tasks.workers(slow.queue);
  expect(listed).toMatchObject({ queue: slow.queue, tasks: ['slow'], concurrency: 1, start: 1, max: 3 });
  expect(listed!.pid).toBe(process.pid);
  await app.tasks.setConcurrency(listed!.id, 3);
  await gates.reach(3);
  expect(await app.tasks.workers()).toMatchObject([{ concurrency: 3 }]);
  await expect(app.tasks.setConcurrency(listed!.id, 4)).rejects.toMatchObject({ code: 'bad-input' });
  await expect(app.tasks.setConcurrency('nobody', 1)).rejects.toMatchObject({ code: 'not-found' });
  await app.clock.advance('2m');
  expect(await app.tasks.workers()).toHaveLength(1);
  gates.openAll();
  await worker.close();
  expect(await app.tasks.workers()).toEqual([]);
  await expect(app.tasks.setConcurrency(listed!.id, 2)).rejects.toMatchObject({ code: 'not-found' });
});

it('the analysis counts the handlers that run now, and those of a closed worker no more', async () => {
  app = await openTesting();
  const tight = {
    run: () => undefined,
    cost: '8ms',
    deadline: '10ms',
    arrivals: { atMost: '100/s' },
  } as const;
  const [one, two] = [app.task('one', tight), app.task('two', tight)];
  expect(app.analyze()!.schedulable).toBe(false);
  const worker = app.worker({ tasks: [one, two], concurrency: 1 });
  await worker.setConcurrency(2);
  expect(app.analyze()!.schedulable).toBe(true);
  await worker.close();
  expect(app.analyze()!.schedulable).toBe(false);
});
