import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../kernel/index.js';
import { analysisRequest, analyzed } from './analysis-request.js';
import { Analyst } from './analyst.js';

const request = analysisRequest.parse({ tasks: [{ name: 'a', cost: '3ms', period: 10 }] });
const { signal } = new AbortController();

/** A thread that answers when told. */
class Thread extends EventEmitter {
  readonly asked: unknown[] = [];
  isEnded = false;

  postMessage(message: unknown): void {
    this.asked.push(message);
  }

  answer(): void {
    this.emit('message', { kind: 'analyzed', answer: { schedulable: true } });
  }

  terminate(): Promise<number> {
    this.isEnded = true;
    this.emit('exit', 1);
    return Promise.resolve(1);
  }

  unref(): void {
    // Nothing waits for it anyway.
  }
}

function analyst() {
  const clock = new FakeClock();
  const threads: Thread[] = [];
  const made = new Analyst(clock, () => {
    const thread = new Thread();
    threads.push(thread);
    return thread as unknown as Worker;
  });
  return { clock, threads, made };
}

describe('an analyst', () => {
  it('answers one after another, in one thread', async () => {
    const { threads, made } = analyst();
    const answers = [made.analyze(request, signal), made.analyze(request, signal)];
    expect(threads[0]!.asked).toHaveLength(1);
    threads[0]!.answer();
    threads[0]!.answer();
    expect(await Promise.all(answers)).toEqual([{ schedulable: true }, { schedulable: true }]);
    expect(threads).toHaveLength(1);
  });

  it('ends a thread that takes too long, and goes on with the next in another', async () => {
    const { clock, threads, made } = analyst();
    const slow = made.analyze(request, signal);
    const next = made.analyze(request, signal);
    clock.advance(15_001);
    await expect(slow).rejects.toMatchObject({ code: 'timeout' });
    expect(threads[0]!.isEnded).toBe(true);
    await expect.poll(() => threads.length).toBe(2);
    threads[1]!.answer();
    await expect(next).resolves.toEqual({ schedulable: true });
  });

  it('says so when its thread breaks off, and starts anew', async () => {
    const { threads, made } = analyst();
    const broken = made.analyze(request, signal);
    threads[0]!.emit('error', new RangeError('out of memory'));
    await expect(broken).rejects.toMatchObject({ code: 'internal' });
    const again = made.analyze(request, signal);
    threads[1]!.answer();
    await expect(again).resolves.toBeDefined();
  });

  it('refuses when too many wait, forgets who has gone, and ends its thread when idle or closed', async () => {
    const { clock, threads, made } = analyst();
    const gone = new AbortController();
    const first = made.analyze(request, signal);
    const waiting = Array.from({ length: 16 }, () => made.analyze(request, gone.signal));
    await expect(made.analyze(request, signal)).rejects.toMatchObject({ code: 'limit-reached' });
    gone.abort();
    threads[0]!.answer();
    await first;
    for (const each of waiting) await expect(each).rejects.toMatchObject({ code: 'closed' });
    expect(threads[0]!.asked).toHaveLength(1);
    clock.advance(30_001);
    expect(threads[0]!.isEnded).toBe(true);
    const last = made.analyze(request, signal);
    const closing = expect(last).rejects.toMatchObject({ code: 'closed' });
    await made.close();
    await closing;
  });
});

describe('an analysis', () => {
  it('is what the command tells, with the schedule if that is wanted', () => {
    expect(analyzed(request)).toMatchObject({
      schedulable: true,
      test: 'edf-demand-non-preemptive',
      tasks: [{ name: 'a', responseMax: 3, slack: 7 }],
    });
    expect(analyzed(request)).not.toHaveProperty('schedule');
    expect(analyzed({ ...request, schedule: true })).toHaveProperty('schedule', {
      tasks: [{ name: 'a', period: 10, deadline: 10 }],
      workers: 1,
      horizon: 10,
      isCut: false,
      slices: [{ task: 0, job: 0, worker: 0, from: 0, to: 3 }],
      misses: [],
    });
  });

  it('tells the misses, and names what is wrong', () => {
    const tasks = [
      { name: 'a', cost: 2, period: 10 },
      { name: 'b', cost: 2, period: 10 },
      { name: 'c', cost: 10, period: 11 },
    ];
    expect(analyzed({ ...request, tasks, workers: 2, schedule: true })).toMatchObject({
      schedulable: false,
      schedule: { misses: expect.arrayContaining([{ task: 2, job: 0, due: 11, endedAt: 12 }]) as unknown },
    });
    expect(() => analyzed({ ...request, tasks: [{ name: 'a', cost: 'x', period: 1 }] })).toThrow(
      'tasks[0].cost',
    );
  });
});
