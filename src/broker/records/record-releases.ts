/**
 * Releases messages once the records that they wait for have been written: records that outcome, a slice a turn.
 * Invariant: what is satisfied and not yet released is found again after a crash, because the fold counts alike.
 */
import type { Clock } from '../../kernel/index.js';
import type { Dispatcher } from '../dispatcher.js';
import { EntryState, pageEntries } from '../page.js';
import type { BrokerState } from '../state.js';
import type { RecordWait, RecordWaits } from './record-waits.js';

export interface ReleaseParts {
  readonly state: BrokerState;
  readonly clock: Clock;
  readonly dispatcher: Pick<Dispatcher, 'holdBack' | 'enforceLimits'>;
  readonly turns: {
    /** Calls back before the current turn of the event loop ends. */
    readonly soon: (run: () => void) => void;
    /** Calls back in a later turn. */
    readonly later: (run: () => void) => void;
  };
}

export class RecordReleases {
  readonly #parts: ReleaseParts;
  readonly #waiting = new Set<RecordWaits>();
  readonly #satisfied: RecordWait[] = [];
  #isScheduled = false;
  #isStopped = false;

  constructor(parts: ReleaseParts) {
    this.#parts = parts;
  }

  /** Records of a virtual host were put, or it was recovered. */
  consider(waits: RecordWaits): void {
    if (!waits.hasWork) return;
    this.#waiting.add(waits);
    // Not at once: whoever puts a record may be in the middle of a group.
    this.#schedule(this.#parts.turns.soon);
  }

  stop(): void {
    this.#isStopped = true;
  }

  #run(): void {
    this.#isScheduled = false;
    for (const waits of this.#waiting) {
      if (this.#isStopped) return;
      waits.step(this.#satisfied);
      for (const wait of this.#satisfied.splice(0)) this.#release(wait);
      if (!waits.hasWork) this.#waiting.delete(waits);
    }
    if (this.#waiting.size > 0) this.#schedule(this.#parts.turns.later);
  }

  #schedule(when: (run: () => void) => void): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    when(() => {
      this.#run();
    });
  }

  #release({ queue: id, position }: RecordWait): void {
    const { state, clock, dispatcher } = this.#parts;
    const queue = state.queues.get(id);
    if (queue?.backlog.stateAt(position) !== EntryState.held) return;
    const dueMs = queue.backlog.pageOf(position)!.due![position % pageEntries]!;
    queue.freedSequence = Infinity;
    dispatcher.holdBack(queue, position, dueMs > clock.now() ? dueMs : 0, false);
    dispatcher.enforceLimits(queue);
  }
}
