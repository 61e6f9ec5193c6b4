/** Gives up what a queue that goes has kept. Invariant: afterwards no record is counted as alive for its sake. */
import { EntryState, pageEntries } from './page.js';
import type { Queue } from './queue.js';

/** Gives every record up: a step a page. */
export function* releaseEntries(queue: Queue): Generator<undefined> {
  const { backlog, held, largeBodies } = queue;
  for (const position of [...largeBodies.keys()]) queue.releaseLargeBody(position);
  yield* held.endAll();
  for (const { base, page } of [...backlog.livePages()]) {
    for (let slot = 0; slot < pageEntries; slot++) {
      if (page.state(slot) !== EntryState.gone) backlog.remove(base + slot);
    }
    yield undefined;
  }
}
