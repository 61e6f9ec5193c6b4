/** Once a turn for each, and after a sync only those that wait. */
import { describe, expect, it } from 'vitest';
import { FlushQueue, type Flushable } from './flush-queue.js';

class ConnectionDouble implements Flushable {
  inTurn = false;
  inWait = false;
  readonly flushes: number[] = [];
  /** What it waits for; flushes at or above it are the last. */
  waitsFor = 0;

  flush(durableSequence: number): boolean {
    this.flushes.push(durableSequence);
    return durableSequence < this.waitsFor;
  }
}

describe('the flush queue', () => {
  it('flushes each connection once a turn', async () => {
    const queue = new FlushQueue(() => 3);
    const connection = new ConnectionDouble();
    queue.add(connection);
    queue.add(connection);
    expect(connection.flushes).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(connection.flushes).toEqual([3]);
    queue.add(connection);
    await new Promise((resolve) => setImmediate(resolve));
    expect(connection.flushes).toEqual([3, 3]);
  });

  it('visits after a sync only who waits, until it waits no longer', () => {
    const queue = new FlushQueue(() => 0);
    const waiting = new ConnectionDouble();
    const idle = new ConnectionDouble();
    waiting.waitsFor = 5;
    queue.add(waiting);
    queue.add(idle);
    queue.runOnce();
    for (const durable of [3, 5, 6]) queue.advance(durable);
    expect(waiting.flushes).toEqual([0, 3, 5]);
    expect(idle.flushes).toEqual([0]);
  });

  it('keeps those that begin to wait while others are flushed', () => {
    const queue = new FlushQueue(() => 0);
    const late = new ConnectionDouble();
    late.waitsFor = 9;
    const first = new ConnectionDouble();
    first.waitsFor = 2;
    const flush = first.flush.bind(first);
    first.flush = (durable) => {
      if (durable === 2) {
        queue.add(late);
        queue.runOnce();
      }
      return flush(durable);
    };
    queue.add(first);
    queue.runOnce();
    queue.advance(2);
    queue.advance(9);
    expect(late.flushes).toEqual([0, 9]);
    expect(first.flushes).toEqual([0, 2]);
  });

  it('leaves what a flush adds to the next turn', () => {
    const queue = new FlushQueue(() => 0);
    const connection = new ConnectionDouble();
    connection.flush = (durable) => {
      connection.flushes.push(durable);
      if (connection.flushes.length < 3) queue.add(connection);
      return false;
    };
    queue.add(connection);
    queue.runOnce();
    expect(connection.flushes).toHaveLength(1);
    queue.runOnce();
    expect(connection.flushes).toHaveLength(2);
  });
});
