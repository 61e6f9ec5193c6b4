/** Hold-back dispatch through a real worker, with time that moves only when told. */
import { afterEach, describe, expect, it } from 'vitest';
import { simulate } from '../../src/scheduling/index.js';
import { openTesting, type TestingApp } from '../../src/testing/index.js';

const opened: TestingApp[] = [];

afterEach(async () => {
  for (const app of opened.splice(0)) await app.close();
});

/** At the start of a minute, when all periods of the sets below begin together. */
const startMs = 1_700_000_040_000;

async function testing(): Promise<TestingApp> {
  const app = await openTesting({ now: new Date(startMs - 1_000) });
  opened.push(app);
  return app;
}

interface Run {
  readonly name: string;
  /** Seconds since the start. */
  readonly from: number;
  readonly isLate: boolean;
}

/** Tasks of (cost, period) in seconds, in one queue by deadline, on one worker for a minute. */
async function runsOf(set: readonly (readonly [number, number])[], holdBack: boolean): Promise<Run[]> {
  const app = await testing();
  const runs: Run[] = [];
  const queue = app.queue('set', { order: 'deadline' });
  const tasks = set.map(([cost, period]) => {
    const name = `c${cost}t${period}`;
    return app.task(name, {
      queue,
      every: `${period}s`,
      deadline: `${period}s`,
      cost: `${cost}s`,
      run: async (_, { deadline, signal }) => {
        const from = (app.clock.now().getTime() - startMs) / 1_000;
        await app.clock.sleep(`${cost}s`, signal);
        runs.push({ name, from, isLate: app.clock.now() > deadline! });
      },
    });
  });
  const worker = app.worker({ tasks, concurrency: 1, holdBack });
  // A second before the start, and one hyperperiod.
  await app.clock.advance('61s');
  await app.clock.advance('10s');
  await worker.close({ abort: true });
  return runs.filter(({ from }) => from < 60);
}

/** As the analysis draws it: `name@second`, in the order of their starts. */
function planned(set: readonly (readonly [number, number])[]): string[] {
  const tasks = set.map(([cost, period]) => ({
    name: `c${cost}t${period}`,
    cost,
    period,
    deadline: period,
    jitter: 0,
  }));
  const how = { policy: 'edf', workers: 1, isPreemptive: false, isHoldBack: true, horizon: 60 } as const;
  return simulate(tasks, how).slices.map(({ task, from }) => `${tasks[task]!.name}@${from}`);
}

describe('a worker that holds back', () => {
  it('misses nothing of a set that plain earliest deadline first loses', async () => {
    const set = [
      [3, 10],
      [6, 12],
      [8, 60],
    ] as const;
    const plain = await runsOf(set, false);
    expect(plain.filter(({ isLate }) => isLate)).not.toEqual([]);
    const held = await runsOf(set, true);
    expect(held.filter(({ isLate }) => isLate)).toEqual([]);
    expect(held.map(({ name, from }) => `${name}@${from}`)).toEqual(planned(set));
    expect(held).toHaveLength(12);
  });

  it.each([
    [
      [
        [1, 4],
        [2, 5],
        [3, 60],
      ],
    ],
    [
      [
        [3, 10],
        [5, 15],
        [12, 60],
      ],
    ],
  ] as const)('begins each run when the analysis says: %j', async (set) => {
    const held = await runsOf(set, true);
    expect(held.map(({ name, from }) => `${name}@${from}`)).toEqual(planned(set));
  });

  it('waits for runs that its declarations announce, and no longer than they can be late', async () => {
    const app = await testing();
    const begun: string[] = [];
    const note = (name: string) => (): void => {
      begun.push(`${name}@${(app.clock.now().getTime() - startMs) / 1_000}`);
    };
    const common = { deadline: '4s', cost: '2s' } as const;
    const often = app.task('often', { ...common, arrivals: { atMost: '6/m' }, run: note('often') });
    const long = app.task('long', { deadline: '50s', cost: '5s', run: note('long') });
    const loose = app.task('loose', { cost: '5s', run: note('loose') });
    const worker = app.worker({ tasks: [often, long, loose], holdBack: true });
    await worker.ready;
    await app.clock.advance('1s');
    await often.enqueue(undefined);
    // The next is expected at 10 s.
    await app.clock.advance('8s');
    await long.enqueue(undefined);
    await app.clock.advance('2s');
    expect(begun).toEqual(['often@0']);
    // It does not come, and is soon waited for no longer.
    await app.clock.advance('200ms');
    expect(begun).toHaveLength(2);
    expect(begun[1]).toMatch(/^long@10\.1/);
    await loose.enqueue(undefined);
    await app.clock.advance('1s');
    expect(begun[2]).toMatch(/^loose@10\.2/);
  });

  it('gives back what it holds when it closes', async () => {
    const app = await testing();
    const begun: string[] = [];
    const often = app.task('often', { every: '10s', deadline: '4s', cost: '2s', run: () => undefined });
    const long = app.task('long', {
      deadline: '50s',
      cost: '12s',
      run: () => {
        begun.push('long');
      },
    });
    const first = app.worker({ tasks: [often, long], holdBack: true });
    await app.clock.advance('2s');
    await long.enqueue(undefined);
    await app.clock.advance('1s');
    expect(begun).toEqual([]);
    await first.close();
    app.worker({ tasks: [long] });
    await app.idle();
    expect(begun).toEqual(['long']);
  });

  it('lets nothing wait beyond its own latest start, and what has no deadline for a minute', async () => {
    const app = await testing();
    const begun: string[] = [];
    const at = (): string => `${(app.clock.now().getTime() - startMs) / 1_000}`;
    // Nothing that takes 12 s fits between its runs.
    const tight = app.task('tight', { every: '10s', deadline: '5s', cost: '5s', run: () => undefined });
    const due = app.task('due', { deadline: '35s', cost: '12s', run: () => void begun.push(`due@${at()}`) });
    const loose = app.task('loose', { cost: '12s', run: () => void begun.push(`loose@${at()}`) });
    app.worker({ tasks: [tight, due, loose], holdBack: true });
    await app.clock.advance('2s');
    await due.enqueue(undefined);
    await app.clock.advance('30s');
    expect(begun).toEqual(['due@20']);
    await loose.enqueue(undefined);
    await app.clock.advance('70s');
    expect(begun).toEqual(['due@20', 'loose@90']);
  });

  it('is what the analysis can be asked about', async () => {
    const app = await testing();
    for (const [cost, period] of [
      [3, 10],
      [6, 12],
      [8, 60],
    ])
      app.task(`c${cost}`, { every: `${period!}s`, deadline: `${period!}s`, cost: `${cost!}s` });
    expect(app.analyze()!.schedulable).toBe(false);
    expect(app.analyze({ holdBack: true })).toMatchObject({
      schedulable: true,
      test: 'hold-back-simulation',
    });
  });

  it('has one slot', async () => {
    const app = await testing();
    const task = app.task('one', { run: () => undefined });
    expect(() => app.worker({ tasks: [task], holdBack: true, concurrency: 2 })).toThrow('concurrency of 1');
  });
});
