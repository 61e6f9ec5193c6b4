import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../kernel/index.js';
import { DurableWaiters } from './durable-waiters.js';

/** Whether a promise is settled by now. */
async function isOver(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol('open');
  return (await Promise.race([promise, Promise.resolve().then(() => open)])) !== open;
}

describe('who waits for the disk', () => {
  it('is told when all that it waits for is durable, and not before', async () => {
    const waiters = new DurableWaiters(10);
    expect(await isOver(waiters.settled(10))).toBe(true);
    const [first, second] = [waiters.settled(11), waiters.settled(12)];
    expect(second).toBe(first);
    waiters.advance(11);
    expect(await isOver(first)).toBe(false);
    waiters.advance(12);
    expect(await first).toBe('settled');
  });

  it('does not take a settlement after a sync for one that the sync covered', async () => {
    const waiters = new DurableWaiters(0);
    const before = waiters.settled(1);
    waiters.advance(1);
    const after = waiters.settled(2);
    expect(await before).toBe('settled');
    expect(await isOver(after)).toBe(false);
    waiters.advance(2);
    expect(await after).toBe('settled');
  });

  it('shares no promise between two turns of the event loop', async () => {
    const waiters = new DurableWaiters(0);
    const before = waiters.settled(1);
    await new Promise(setImmediate);
    expect(waiters.settled(2)).not.toBe(before);
    waiters.advance(1);
    expect(await before).toBe('settled');
  });

  it('is refused when nothing more will be durable', async () => {
    const waiters = new DurableWaiters(0);
    const waiting = [waiters.settled(1), waiters.settled(2), waiters.wait(3)];
    waiters.fail(new SluiceError('durability-lost', 'the disk failed'));
    for (const promise of [...waiting, waiters.settled(4)])
      await expect(promise).rejects.toMatchObject({ code: 'durability-lost' });
  });
});
