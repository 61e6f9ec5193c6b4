/**
 * A task whose message is there twice, as a send leaves it whose confirm was lost with the server: it may run twice,
 * and ends once.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NonRetryable } from '../../src/tasks/index.js';
import { openTesting, type TestingApp } from '../../src/testing/index.js';

let app: TestingApp;

beforeEach(async () => {
  app = await openTesting();
  await app.queue('done').declare();
});
afterEach(() => app.close());

/** Sends one task's message `count` times. */
async function sendCopies(queue: string, count: number): Promise<string> {
  const copy = { type: 'job', messageId: 'job-1', body: Buffer.from('{}') };
  await app.engine.send(queue, Array(count).fill(copy));
  return copy.messageId;
}

async function doneCount(): Promise<number> {
  return (await app.queue('done').peek(10)).length;
}

describe('a task whose message is there twice', () => {
  it('completes once, with what it sends', async () => {
    let runs = 0;
    const job = app.task('job', {
      run: (_, { send }) => {
        send('done', 'done');
        return ++runs;
      },
    });
    const worker = app.worker({ tasks: [job], concurrency: 1 });
    await worker.ready;
    const told: string[] = [];
    worker.on('completed', () => told.push('completed'));
    worker.on('lost', () => told.push('lost'));
    const handle = job.find(await sendCopies(job.queue, 3));
    await app.idle();
    expect(told.sort()).toEqual(['completed', 'lost', 'lost']);
    expect(await handle.result()).toBe(1);
    expect(await doneCount()).toBe(1);
    expect(await app.queue(job.queue).info()).toMatchObject({ ready: 0, unacknowledged: 0 });
  });

  it('fails once: there is one dead letter, which may be sent back', async () => {
    let isBroken = true;
    const job = app.task('job', {
      run: (_, { send }) => {
        if (isBroken) throw new NonRetryable('broken');
        send('done', 'done');
      },
    });
    await app.worker({ tasks: [job] }).ready;
    const handle = job.find(await sendCopies(job.queue, 2));
    await app.idle();
    const letters = app.deadLetters(job);
    expect(await letters.list()).toHaveLength(1);
    isBroken = false;
    expect(await letters.redrive()).toEqual({ seen: 1, redriven: 1 });
    await app.idle();
    expect(await handle.outcome()).toMatchObject({ state: 'completed' });
    expect(await doneCount()).toBe(1);
  });

  it('that was moved out of the dead letters by hand ends anew', async () => {
    let isBroken = true;
    const job = app.task('job', {
      run: () => {
        if (isBroken) throw new NonRetryable('broken');
      },
    });
    const worker = app.worker({ tasks: [job] });
    await worker.ready;
    const handle = job.find(await sendCopies(job.queue, 1));
    await app.idle();
    for (const state of ['failed', 'completed']) {
      isBroken = state === 'failed';
      for await (const letter of app.queue(app.deadLetters(job).name).receive()) {
        const { properties, body } = letter;
        await letter.ack({ send: { queue: job.queue, message: { ...properties, body } } });
        break;
      }
      await app.idle();
      expect(await handle.outcome()).toMatchObject({ state });
    }
  });

  it('stays completed when its other message is cancelled', async () => {
    const job = app.task('job', { run: () => 'done' });
    const worker = app.worker({ tasks: [job] });
    await worker.ready;
    const handle = job.find(await sendCopies(job.queue, 1));
    await app.idle();
    await worker.close();
    await sendCopies(job.queue, 1);
    expect(await handle.cancel()).toBe('done');
    expect(await handle.outcome()).toMatchObject({ state: 'completed' });
    expect(await app.queue(job.queue).info()).toMatchObject({ ready: 0 });
  });

  it('stays cancelled when its other message is worked on', async () => {
    const job = app.task('job', {
      run: (_, { send }) => {
        send('done', 'done');
      },
    });
    const handle = job.find('job-1');
    // Makes the queue.
    await job.enqueue(undefined, { delay: '1h' });
    await sendCopies(job.queue, 2);
    expect(await handle.cancel('unwanted')).toBe('cancelled');
    app.worker({ tasks: [job] });
    await app.idle();
    expect(await handle.outcome()).toMatchObject({ state: 'cancelled', reason: 'unwanted' });
    expect(await doneCount()).toBe(0);
  });
});
