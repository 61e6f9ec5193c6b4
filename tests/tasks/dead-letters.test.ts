/** Tasks that were given up: looked at, and sent back, one, some or all. */
import { afterEach, describe, expect, it } from 'vitest';
import { NonRetryable } from '../../src/tasks/index.js';
import { openTesting, type TestingApp } from '../../src/testing/index.js';

let app: TestingApp;
let isBroken: boolean;
let ran: unknown[];

/** Ten tasks, five of each kind, all among the dead letters. */
async function givenUp(): Promise<ReturnType<typeof declare>> {
  app = await openTesting();
  isBroken = true;
  ran = [];
  const job = declare();
  app.worker({ tasks: [job] });
  await job.enqueueAll(Array.from({ length: 10 }, (_, n) => ({ n, kind: n % 2 === 0 ? 'even' : 'odd' })));
  await app.idle();
  return job;
}

function declare() {
  return app.task('job', {
    run: (payload: { n: number; kind: string }, { attempt }) => {
      if (isBroken) throw new NonRetryable(`${payload.kind} ones are broken`);
      ran.push([payload.n, attempt]);
    },
  });
}

afterEach(() => app.close());

describe('dead letters', () => {
  it('tell what went wrong', async () => {
    const job = await givenUp();
    const dead = await app.deadLetters(job).list();
    expect(dead).toHaveLength(10);
    expect(dead.find(({ reason }) => reason.startsWith('odd'))).toMatchObject({
      task: 'job',
      queue: job.queue,
      reason: 'odd ones are broken',
      errorName: 'NonRetryable',
      stack: expect.stringContaining('dead-letters.test') as string,
      attempts: 1,
    });
    expect(await app.deadLetters('no such queue').list()).toEqual([]);
  });

  it('go back by a filter, their attempts counted anew', async () => {
    const job = await givenUp();
    isBroken = false;
    const where = ({ reason }: { reason: string }): boolean => reason.startsWith('odd');
    expect(await app.deadLetters(job).redrive({ where, dryRun: true })).toEqual({ seen: 10, redriven: 5 });
    expect(ran).toEqual([]);
    expect(await app.deadLetters(job).redrive({ where })).toEqual({ seen: 10, redriven: 5 });
    await app.idle();
    expect(ran).toEqual([1, 3, 5, 7, 9].map((n) => [n, 1]));
    expect(await app.deadLetters(job).list()).toHaveLength(5);
  });

  it('go back so many a second', async () => {
    const job = await givenUp();
    isBroken = false;
    const done = app.deadLetters(job).redrive({ perSecond: 2 });
    await app.clock.advance('2100ms');
    expect(ran).toHaveLength(5);
    await app.clock.advance('10s');
    expect(await done).toEqual({ seen: 10, redriven: 10 });
    expect(ran).toHaveLength(10);
  });

  it('whose cause is still there come back', async () => {
    const job = await givenUp();
    await app.deadLetters(job).redrive();
    await app.idle();
    expect(await app.deadLetters(job).list()).toHaveLength(10);
  });
});
