/** Whether tasks can meet their deadlines: told before they run, and before one is missed. */
import { afterEach, describe, expect, it } from 'vitest';
import { openTesting, type TestingApp } from '../../src/testing/index.js';

let app: TestingApp;

afterEach(() => app.close());

const run = (): undefined => undefined;

describe('analyze', () => {
  it('gives the verdict over the declared tasks, and names those it cannot judge', async () => {
    app = await openTesting();
    app.task('rollup', { every: '10s', deadline: '5s', cost: '300ms', run });
    app.task('charge', { arrivals: { atMost: '2/s' }, deadline: '400ms', cost: { p95: '40ms' }, run });
    app.task('unknown', { deadline: '1s', run });
    const plan = app.analyze({ workers: 1 })!;
    expect(plan).toMatchObject({ schedulable: true, confidence: 'guaranteed' });
    // One rollup may have just begun: 300 ms less a microsecond, then its own 40.
    expect(plan.tasks.find(({ name }) => name === 'charge')).toMatchObject({
      costMs: 40,
      responseMax: 339.999,
    });
    expect(plan.left).toEqual([{ name: 'unknown', unknown: expect.stringContaining('cost') as string }]);
  });

  it('refuses what one worker cannot do, and says how many can', async () => {
    app = await openTesting();
    for (const name of ['a', 'b', 'c']) app.task(name, { arrivals: { atMost: '10/s' }, cost: '60ms', run });
    const plan = app.analyze()!;
    expect(plan.schedulable).toBe(false);
    expect(plan.utilisation).toBeCloseTo(1.8, 6);
    expect(plan.fewestWorkers).toBeGreaterThan(1);
    expect(app.analyze({ workers: plan.fewestWorkers! })!.schedulable).toBe(true);
  });

  it('learns costs by running, and calls its verdict statistical', async () => {
    app = await openTesting();
    const job = app.task('job', { arrivals: { atMost: '2/s' }, run: () => app.clock.sleep('100ms') });
    expect(app.analyze()).toBeUndefined();
    app.worker({ tasks: [job], concurrency: 1 });
    await job.enqueueAll(Array.from({ length: 30 }, () => undefined));
    await app.clock.advance('10s');
    const plan = app.analyze()!;
    expect(plan.confidence).toBe('statistical');
    expect(plan.tasks[0]).toMatchObject({ isLearned: true });
    expect(plan.tasks[0]!.costMs).toBeCloseTo(100, -1);
    const advice = await app.advise(job, { arrivalsPerSecond: 35, wait: '1s' });
    expect(advice.workers).toBe(5);
  });
});

describe('admission', () => {
  it('refuses a declaration that could make a deadline be missed, and says why', async () => {
    app = await openTesting();
    app.task('a', { arrivals: { atMost: '10/s' }, cost: '60ms', run });
    const options = { arrivals: { atMost: '10/s' }, cost: '60ms', run } as const;
    expect(() => app.task('b', { ...options, admission: 'reject' })).toThrow(
      /not admitted: With b the deadlines/,
    );
    app.task('b', { ...options, admission: 'reject', workers: 4 });
    expect(() => app.task('c', { admission: 'reject', run })).toThrow('cost');
  });

  it('refuses an enqueue that comes sooner than the declaration says', async () => {
    app = await openTesting();
    const job = app.task('job', { arrivals: { atMost: '2/s' }, cost: '60ms', admission: 'reject', run });
    await job.enqueue(undefined);
    await expect(job.enqueue(undefined)).rejects.toMatchObject({ code: 'limit-reached', retryable: true });
    await app.clock.advance('500ms');
    await job.enqueue(undefined);
  });
});

describe('the deadline-risk event', () => {
  it('comes before the miss', async () => {
    app = await openTesting();
    const risks: unknown[] = [];
    const job = app.task('job', { deadline: '1s', cost: '300ms', run: () => app.clock.sleep('300ms') });
    const worker = app.worker({ tasks: [job], concurrency: 1 });
    worker.on('deadline-risk', ({ taskId, expectedEnd, deadline }) =>
      risks.push([taskId, expectedEnd.getTime() - deadline.getTime()]),
    );
    const handles = await job.enqueueAll([undefined, undefined, undefined, undefined]);
    await app.clock.advance('2s');
    expect(risks).toEqual([[handles[3]!.id, 200]]);
  });
});
