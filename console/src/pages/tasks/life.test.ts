import { describe, expect, it } from 'vitest';
import type { TaskAnswer, TraceAnswer, TraceEvent } from './answers.ts';
import { lifeOf, shareOf } from './life.ts';

const queue = 'sluice.tasks.charge';
const place = { queue };
const worker = { user: 'guest', connection: 'a -> b', clientName: 'till' };

function traced(...events: TraceEvent[]): TraceAnswer {
  return { lives: [{ events }], isCut: false, isWhole: true, unknown: [] };
}

const published: TraceEvent = { kind: 'published', atMs: 1_000, by: worker, routes: [{ queue }] };
const twoFailures: TraceEvent[] = [
  published,
  { kind: 'delivered', atMs: 1_010, to: worker, place },
  { kind: 'held-back', atMs: 1_060, isFailure: true, dueMs: 2_060, place },
  { kind: 'delivered', atMs: 2_070, to: worker, place },
];

function ended(state: 'completed' | 'failed', attempts: number, endedMs: number): TaskAnswer {
  const failure = { name: 'Error', message: 'the bank said no' };
  return {
    ...{ id: '1', queue, kind: 'done' },
    outcome: { state, attempts, endedMs, ...(state === 'failed' ? { failure } : {}) },
  };
}

describe('the life of a task', () => {
  it('tells waits, attempts with their errors, and its end', () => {
    const answer = {
      ...ended('failed', 2, 2_120),
      failedAttempts: [
        { attempt: 1, beganMs: 1_010, endedMs: 1_061, failure: { name: 'Error', message: 'timeout' } },
      ],
    };
    const trace = traced(
      ...twoFailures,
      { kind: 'ended', atMs: 2_121, why: 'acknowledged', place },
      { kind: 'published', atMs: 2_120, routes: [{ queue: 'sluice.dead.sluice.tasks.charge' }] },
    );
    const life = lifeOf(answer, trace);
    expect(life).toMatchObject({ enqueuedMs: 1_000, enqueuedBy: 'till (a -> b)', endedMs: 2_120 });
    expect(life.stages).toMatchObject([
      { kind: 'wait', fromMs: 1_000, toMs: 1_010 },
      { kind: 'attempt', number: 1, fromMs: 1_010, toMs: 1_060, end: 'retried', worker: 'till (a -> b)' },
      { kind: 'delay', isRetry: true, fromMs: 1_060, toMs: 2_060 },
      { kind: 'wait', fromMs: 2_060, toMs: 2_070 },
      { kind: 'attempt', number: 2, fromMs: 2_070, toMs: 2_121, end: 'failed' },
    ]);
    expect(life.stages[1]).toHaveProperty('failure.message', 'timeout');
    expect(life.stages[4]).toHaveProperty('failure.message', 'the bank said no');
  });

  it('goes on while the task runs, though the journal tells of a delivery only when it is over', () => {
    const since = new Date(2_070).toISOString();
    const answer: TaskAnswer = { id: '1', queue, kind: 'running', attempt: 2, since, by: 'a -> b' };
    const { stages, endedMs } = lifeOf(answer, traced(...twoFailures.slice(0, 3)));
    expect(endedMs).toBeUndefined();
    expect(stages.at(-1)).toMatchObject({ kind: 'attempt', number: 2, fromMs: 2_070, end: 'running' });
    expect(stages.at(-1)!.toMs).toBeUndefined();
  });

  it('knows only what the server says where the journal may not be read', () => {
    const since = new Date(5_000).toISOString();
    const enqueuedAt = new Date(1_000).toISOString();
    const running: TaskAnswer = { id: '1', queue, kind: 'running', attempt: 3, since, enqueuedAt };
    expect(lifeOf(running, undefined).stages).toMatchObject([
      { kind: 'attempt', number: 3, fromMs: 5_000, toMs: undefined },
    ]);
    expect(lifeOf(ended('completed', 1, 9_000), undefined).stages).toMatchObject([
      { kind: 'attempt', fromMs: undefined, toMs: 9_000, end: 'completed' },
    ]);
    expect(lifeOf({ id: '1', queue, kind: 'position', enqueuedAt, attempts: 0 }, undefined).stages).toEqual([
      { kind: 'wait', fromMs: 1_000, toMs: undefined },
    ]);
  });

  it('counts attempts anew for one that was sent back from the dead letters', () => {
    const trace = traced(
      published,
      { kind: 'delivered', atMs: 1_010, to: worker, place },
      { kind: 'ended', atMs: 1_020, place },
      { ...published, atMs: 5_000 },
      { kind: 'delivered', atMs: 5_001, to: worker, place },
      { kind: 'ended', atMs: 5_050, place },
    );
    const { stages, enqueuedMs } = lifeOf(ended('completed', 1, 5_050), trace);
    expect(enqueuedMs).toBe(1_000);
    expect(stages.filter(({ kind }) => kind === 'attempt')).toMatchObject([
      { number: 1, end: 'unknown' },
      { number: 1, end: 'completed' },
    ]);
  });

  it('shows a delay from the beginning, and no wait before it', () => {
    const until = new Date(9_000).toISOString();
    const { stages } = lifeOf({ id: '1', queue, kind: 'delayed', until, attempts: 0 }, traced(published));
    expect(stages).toEqual([{ kind: 'delay', isRetry: false, fromMs: 1_000, toMs: 9_000 }]);
  });

  it('gives shares of the whole, and none for what is unknown', () => {
    const span = { fromMs: 0, toMs: 100 };
    expect(shareOf({ fromMs: 25, toMs: 75 }, span)).toEqual({ start: 0.25, length: 0.5 });
    expect(shareOf({ fromMs: 90, toMs: undefined }, span)!.length).toBeCloseTo(0.1);
    expect(shareOf({ fromMs: undefined, toMs: 50 }, span)).toBeUndefined();
  });
});
