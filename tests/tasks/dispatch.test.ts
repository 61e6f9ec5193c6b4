/** Tenants that share a task's queue, and limits over all of its workers; time moves only when told. */
import { afterEach, describe, expect, it } from 'vitest';
import { openTesting, type TestingApp } from '../../src/testing/index.js';

let app: TestingApp;

afterEach(() => app.close());

interface Job {
  readonly org: string;
  readonly number: number;
}

const tenant = ({ org }: Job): string => org;

function jobsOf(org: string, count: number): Job[] {
  return Array.from({ length: count }, (_, index) => ({ org, number: index + 1 }));
}

/** When each run began, in milliseconds from now on, and how many there were at a time. */
function clocked(forMs: number) {
  const startMs = app.clock.now().getTime();
  const at: number[] = [];
  const seen = { at, running: 0, most: 0 };
  const run = async (): Promise<void> => {
    at.push(app.clock.now().getTime() - startMs);
    seen.most = Math.max(seen.most, ++seen.running);
    if (forMs > 0) await app.clock.sleep(forMs);
    seen.running--;
  };
  return { seen, run };
}

describe('tenants of a task', () => {
  it('share its workers by weight, each first in first out, whoever came first', async () => {
    app = await openTesting();
    const seen: string[] = [];
    const work = app.task('work', {
      tenant,
      fair: { gold: 3, '*': 1 },
      run: ({ org, number }: Job) => void seen.push(`${org}${number}`),
    });
    await work.enqueueAll(jobsOf('bulk', 40));
    await work.enqueueAll(jobsOf('gold', 12));
    app.worker({ tasks: [work], concurrency: 1 });
    await app.idle();
    const first = seen.slice(0, 16);
    expect(first.filter((name) => name.startsWith('gold'))).toEqual(
      jobsOf('gold', 12).map(({ number }) => `gold${number}`),
    );
    expect(seen.filter((name) => name.startsWith('bulk'))).toEqual(
      jobsOf('bulk', 40).map(({ number }) => `bulk${number}`),
    );
  });

  it('pay what their tasks are expected to cost', async () => {
    app = await openTesting();
    const seen: string[] = [];
    const work = app.task('work', { tenant, fair: {}, run: ({ org }: Job) => void seen.push(org) });
    for (const job of jobsOf('dear', 8)) await work.enqueue(job, { cost: '3ms' });
    for (const job of jobsOf('cheap', 8)) await work.enqueue(job, { cost: '1ms' });
    app.worker({ tasks: [work], concurrency: 1 });
    await app.idle();
    expect(seen.slice(0, 8).filter((org) => org === 'cheap').length).toBeGreaterThanOrEqual(5);
  });

  it('go at a rate each, and so many at a time', async () => {
    app = await openTesting();
    const { seen, run } = clocked(0);
    const paced = app.task('paced', { tenant, tenantRateLimit: { count: 1, per: '1s' }, run });
    app.worker({ tasks: [paced] });
    await paced.enqueueAll([...jobsOf('a', 3), ...jobsOf('b', 1)]);
    await app.clock.advance('5s');
    expect(seen.at).toEqual([0, 0, 1_000, 2_000]);
    const narrow = clocked(100);
    const alone = app.task('alone', { tenant, tenantConcurrency: 1, run: narrow.run });
    app.worker({ tasks: [alone] });
    await alone.enqueueAll([...jobsOf('a', 3), ...jobsOf('b', 1)]);
    await app.clock.advance('5s');
    expect(narrow.seen.at).toEqual([0, 0, 100, 200]);
  });
});

describe('a rate limit of a task', () => {
  it('holds to the millisecond, over two workers and through retries', async () => {
    app = await openTesting();
    const { seen, run } = clocked(0);
    const mail = app.task('mail', {
      rateLimit: { count: 2, per: '1s', burst: 1 },
      retry: { delay: '10ms', backoff: 'fixed' },
      run: async (number: number, { attempt }) => {
        await run();
        if (number === 0 && attempt === 1) throw new Error('once');
      },
    });
    app.worker({ tasks: [mail] });
    app.worker({ tasks: [mail] });
    await mail.enqueueAll([0, 1, 2, 3]);
    await app.clock.advance('10s');
    expect(seen.at).toEqual([0, 500, 1_000, 1_500, 2_000]);
  });

  it('lets a burst go after a rest', async () => {
    app = await openTesting();
    const { seen, run } = clocked(0);
    const mail = app.task('mail', { rateLimit: { count: 3, per: '300ms' }, run });
    app.worker({ tasks: [mail] });
    await mail.enqueueAll(Array.from({ length: 5 }, () => undefined));
    await app.clock.advance('1s');
    expect(seen.at).toEqual([0, 0, 0, 100, 200]);
  });

  it('of each key holds back that key alone', async () => {
    app = await openTesting();
    const { seen, run } = clocked(0);
    const keyed = app.task('keyed', {
      key: (key: string) => key,
      keyRateLimit: { count: 1, per: '1s' },
      run,
    });
    app.worker({ tasks: [keyed] });
    await keyed.enqueueAll(['a', 'a', 'b']);
    await app.clock.advance('3s');
    expect(seen.at).toEqual([0, 0, 1_000]);
  });
});

describe('the concurrency of a task', () => {
  it('is that of all its workers together, and all of it is used', async () => {
    app = await openTesting();
    const { seen, run } = clocked(100);
    const work = app.task('work', { concurrency: 3, run });
    app.worker({ tasks: [work], concurrency: 16 });
    app.worker({ tasks: [work], concurrency: 2 });
    await work.enqueueAll(Array.from({ length: 9 }, () => undefined));
    await app.clock.advance('1s');
    expect(seen.most).toBe(3);
    expect(seen.at).toEqual([0, 0, 0, 100, 100, 100, 200, 200, 200]);
  });
});

describe('what makes no sense', () => {
  it('is refused where the task is declared', async () => {
    app = await openTesting();
    const refused = expect.objectContaining({ code: 'bad-input' }) as Error;
    expect(() => app.task('x', { fair: { gold: 0 } })).toThrow(refused);
    expect(() => app.task('x', { rateLimit: { count: 1, per: 'soon' as never } })).toThrow(refused);
    expect(() => app.task('x', { concurrency: 0 })).toThrow(refused);
    expect(() => app.task('x', { fairBudget: { gold: '1ms/2ms' } })).toThrow('deadline');
    expect(() => app.task('x', { queue: 'billing', concurrency: 2 })).toThrow('concurrency');
    app.task('x', { queue: app.queue('billing', { concurrency: 2 }), tenant: () => 'gold' });
  });
});
