import { expect, test } from 'vitest';
import { FakeClock, seededRandom } from '../kernel/index.js';
import { newEntry } from './new-entry.js';
import { emptyFieldTable } from './content/index.js';
import { frontPositions } from './front-positions.js';
import { EntryState } from './page.js';
import { readQueueSettings } from './queue-settings.js';
import { Queue } from './queue.js';

const account = { retain: () => undefined, release: () => undefined };

/** A clock on which each look takes a millisecond. */
class TickingClock extends FakeClock {
  override monotonic(): number {
    this.advance(1);
    return super.monotonic();
  }
}

function queueOf(ranks: readonly number[]): Queue {
  const settings = readQueueSettings(emptyFieldTable, 'queue');
  const queue = new Queue(
    {
      ...{ id: 1, vhost: '/', name: 'q', durable: true, exclusive: false, autoDelete: false },
      ...{ arguments: emptyFieldTable, settings, isJournaled: true, owner: undefined },
    },
    account,
  );
  ranks.forEach((rank, position) => {
    queue.admit({ ...newEntry(), position, segment: 1, rank, isRanked: true }, undefined);
  });
  return queue;
}

test('gives the smallest ranks first, equal ones by position, as sorting everything would', async () => {
  const seed = Number(process.env['SLUICE_SEED'] ?? 7);
  const random = seededRandom(seed);
  const ranks = Array.from({ length: 5_000 }, () => random.integer(40));
  const queue = queueOf(ranks);
  let pauses = 0;
  const clock = new TickingClock();
  const pause = (): Promise<void> => {
    pauses++;
    return Promise.resolve();
  };
  const request = { queue, state: EntryState.ready, count: 300, rankAt: (at: number) => queue.rankAt(at) };
  const front = await frontPositions(request, clock, pause);
  const sorted = ranks
    .map((rank, position) => ({ rank, position }))
    .sort((a, b) => a.rank - b.rank || a.position - b.position);
  expect(front, `seed ${seed}`).toEqual(sorted.slice(0, 300).map((one) => one.position));
  expect(pauses).toBeGreaterThan(0);
});

test('without ranks it stops at the last position it needs', async () => {
  const queue = queueOf([3, 2, 1, 0]);
  const never = (): Promise<void> => Promise.reject(new Error('no pause is needed'));
  const request = { queue, state: EntryState.ready, count: 2, rankAt: undefined };
  expect(await frontPositions(request, new FakeClock(), never)).toEqual([0, 1]);
  expect(await frontPositions({ ...request, count: 0 }, new FakeClock(), never)).toEqual([]);
});
