import { expect, it } from 'vitest';
import { actsIn, type ActRecord } from './acts.js';

const record = (atMs: number, changes: Partial<ActRecord> = {}): ActRecord => ({
  ...{ atMs, event: 'messages-purged', actor: 'ann', subject: 'queue a', outcome: 'success', count: 1 },
  ...changes,
});

it('tells what one person did again and again in one line, with its span and a count', () => {
  const records = [record(30, { reason: '2 messages' }), record(20, { count: 7 }), record(10)];
  expect(actsIn(records)).toEqual({
    acts: [
      {
        ...{ fromMs: 10, toMs: 30, actor: 'ann', event: 'messages-purged', subject: 'queue a' },
        ...{ others: 0, outcome: 'success', count: 9 },
      },
    ],
    leftOut: 0,
  });
});

it('keeps apart who did it, what, and how it went, oldest first', () => {
  const records = [
    record(40, { outcome: 'failure', reason: 'no such queue' }),
    record(30, { actor: 'bob' }),
    record(20, { event: 'queue-paused' }),
    record(10),
  ];
  const { acts } = actsIn(records);
  expect(acts.map(({ actor, event, outcome }) => [actor, event, outcome].join(' '))).toEqual([
    'ann messages-purged success',
    'ann queue-paused success',
    'bob messages-purged success',
    'ann messages-purged failure',
  ]);
  expect(acts[3]).toMatchObject({ reason: 'no such queue' });
});

it('names up to three things that the same was done to, and of more the newest and how many there are', () => {
  const many = (count: number): ActRecord[] =>
    Array.from({ length: count }, (_, n) => record(1_000 - n, { subject: `queue ${n}` }));
  expect(actsIn(many(3)).acts.map(({ subject }) => subject)).toEqual(['queue 2', 'queue 1', 'queue 0']);
  expect(actsIn(many(500)).acts).toMatchObject([
    { subject: 'queue 0', others: 499, count: 500, fromMs: 501, toMs: 1_000 },
  ]);
});

it('is bounded: it keeps the newest, and tells how many acts are left out', () => {
  const records = Array.from({ length: 1_000 }, (_, n) =>
    record(1_000 - n, { actor: `user ${n}`, count: 2 }),
  );
  const { acts, leftOut } = actsIn(records);
  expect(acts).toHaveLength(200);
  expect(acts.at(-1)).toMatchObject({ actor: 'user 0' });
  expect(leftOut).toBe(1_600);
});
