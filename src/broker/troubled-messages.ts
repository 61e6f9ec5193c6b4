/**
 * Finds the messages that operators look for when a queue is in trouble: those that fail again and again, and the first
 * of a key. Walks in slices, and looks at so many at most: what it did not look at is told by `seen`.
 */
import type { Clock } from '../kernel/index.js';
import type { FoundMessage } from './administration-face.js';
import { blockedLines } from './blocked-keys.js';
import { frontPositions } from './front-positions.js';
import { EntryState, pageEntries } from './page.js';
import type { Queue } from './queue.js';

/** A message that was looked at, with its key. */
export type Described = FoundMessage & { readonly key: string | undefined };

export interface Turns {
  readonly clock: Clock;
  readonly pause: () => Promise<void>;
}

type Describe = (position: number) => Promise<Described | undefined>;

/** Messages looked at in each state, and keys. */
const lookedAtMax = 10_000;
const firstMax = 1_000;
const states = [EntryState.unacknowledged, EntryState.ready, EntryState.delayed] as const;

/** Up to `count` messages that failed before, those that failed most first. */
export async function failedMost(
  queue: Queue,
  count: number,
  describe: Describe,
  { clock, pause }: Turns,
): Promise<{ readonly messages: readonly FoundMessage[]; readonly seen: number }> {
  const failed: { readonly position: number; readonly failures: number }[] = [];
  let seen = 0;
  for (const state of states) {
    const request = { queue, state, count: lookedAtMax, rankAt: undefined };
    for (const position of await frontPositions(request, clock, pause)) {
      seen++;
      const failures = queue.backlog.pageOf(position)?.deliveryCount(position % pageEntries) ?? 0;
      if (failures > 0) failed.push({ position, failures });
    }
  }
  failed.sort((a, b) => b.failures - a.failures || a.position - b.position);
  const messages: FoundMessage[] = [];
  for (const { position } of failed.slice(0, count)) {
    const message = await describe(position);
    if (message !== undefined) messages.push(message);
  }
  return { messages, seen };
}

/** The first message of a key, where others wait for it or it is among the first thousand. */
export async function firstOfKey(
  queue: Queue,
  key: string,
  describe: Describe,
  { clock, pause }: Turns,
): Promise<FoundMessage | undefined> {
  for (const { head } of await blockedLines(queue, firstMax, clock, pause)) {
    const found = await describe(head);
    if (found?.key === key) return found;
  }
  for (const state of states) {
    const request = { queue, state, count: firstMax, rankAt: undefined };
    for (const position of await frontPositions(request, clock, pause)) {
      const found = await describe(position);
      if (found?.key === key) return found;
    }
  }
  return undefined;
}
