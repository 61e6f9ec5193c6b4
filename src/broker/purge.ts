/** Empties a queue of what waits in it; what is unacknowledged or delayed stays. */
import type { BrokerCore } from './core.js';
import { EntryState } from './page.js';
import type { Queue } from './queue.js';
import { SettleReason } from './record-types.js';

/** Returns how many messages went. */
export function purge(core: Pick<BrokerCore, 'recorder' | 'state'>, queue: Queue): number {
  const { backlog } = queue;
  const count = backlog.waiting;
  for (let position = backlog.nextLive(0); position >= 0; position = backlog.nextLive(position + 1)) {
    const state = backlog.stateAt(position);
    if (state !== EntryState.ready && state !== EntryState.gated) continue;
    core.recorder.settle(queue, position, SettleReason.purged);
    core.state.applySettle(queue, position);
  }
  core.recorder.flushSettled();
  return count;
}
