import { expect, it } from 'vitest';
import { FakeClock } from './clock.js';
import { SluiceError } from './errors.js';
import { Rounds } from './rounds.js';

/** Promises that stand in a row have been followed up by then. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

function rounds(round: () => void | Promise<void>): { clock: FakeClock; rounds: Rounds; problems: string[] } {
  const clock = new FakeClock(0);
  const problems: string[] = [];
  const onProblem = (problem: string): void => void problems.push(problem);
  return { clock, problems, rounds: new Rounds({ clock, delayMs: () => 100, round, onProblem }) };
}

it('runs a round after each wait, however often it was started', async () => {
  let count = 0;
  const at = rounds(() => {
    count++;
  });
  at.rounds.start();
  at.rounds.start();
  at.clock.advance(99);
  expect(count).toBe(0);
  for (const expected of [1, 2, 3]) {
    at.clock.advance(100);
    await settle();
    expect(count).toBe(expected);
  }
});

it('begins the next wait only when the round has ended', async () => {
  let count = 0;
  const ends: (() => void)[] = [];
  const at = rounds(() => {
    count++;
    return new Promise((resolve) => ends.push(resolve));
  });
  at.rounds.start();
  at.clock.advance(1_000);
  await settle();
  expect([count, at.clock.nextTimerMs]).toEqual([1, Infinity]);
  ends.pop()!();
  await settle();
  expect(at.clock.nextTimerMs).toBe(1_100);
});

it('waits at its stop for the round under way, and begins no other', async () => {
  let count = 0;
  let isStopped = false;
  let end: () => void = () => undefined;
  const at = rounds(() => {
    count++;
    return new Promise((resolve) => (end = resolve));
  });
  at.rounds.start();
  at.clock.advance(100);
  const stopped = at.rounds.stop().then(() => (isStopped = true));
  await settle();
  expect([isStopped, at.rounds.isRunning]).toEqual([false, false]);
  end();
  await stopped;
  at.clock.advance(1_000);
  expect([count, at.clock.nextTimerMs]).toEqual([1, Infinity]);
});

it('can be stopped before its start, and started again after a stop', async () => {
  let count = 0;
  const at = rounds(() => {
    count++;
  });
  await at.rounds.stop();
  at.rounds.start();
  await at.rounds.stop();
  at.clock.advance(500);
  expect(count).toBe(0);
  at.rounds.start();
  at.clock.advance(100);
  expect(count).toBe(1);
});

it('waits anew where it is told to, and not while a round is under way', async () => {
  let everyMs = 100;
  let count = 0;
  let end: () => void = () => undefined;
  const clock = new FakeClock(0);
  const round = (): Promise<void> => {
    count++;
    return new Promise((resolve) => (end = resolve));
  };
  const each = new Rounds({ clock, delayMs: () => everyMs, round, onProblem: () => undefined });
  each.rearm();
  expect(clock.nextTimerMs).toBe(Infinity);
  each.start();
  everyMs = 10;
  each.rearm();
  clock.advance(10);
  expect(count).toBe(1);
  each.rearm();
  expect(clock.nextTimerMs).toBe(Infinity);
  end();
  await settle();
  expect(clock.nextTimerMs).toBe(20);
});

it('tells what failed, at once or later, and goes on', async () => {
  let count = 0;
  const at = rounds(() => {
    const failure = new SluiceError('bad-input', `round ${++count}`);
    if (count === 1) throw failure;
    return Promise.reject(failure);
  });
  at.rounds.start();
  for (let round = 0; round < 2; round++) {
    at.clock.advance(100);
    await settle();
  }
  expect(at.problems).toEqual(['round 1', 'round 2']);
  expect(at.clock.nextTimerMs).toBe(300);
});
