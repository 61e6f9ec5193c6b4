/**
 * Deliveries that come back to one queue, and who had them, on their way into `requeue` records. Invariant: they are
 * written in the order in which they were added.
 */
import { CustodyRuns, type ReturnCause } from './custody/custody-runs.js';
import type { Party } from './custody/party.js';
import { PositionRanges, rangesMax } from './position-ranges.js';
import type { Queue } from './queue.js';
import { RequeueKind } from './record-types.js';
import type { Recorder } from './recorder.js';

export class GivenBack {
  readonly #recorder: Recorder;
  readonly #queue: Queue;
  readonly #kind: RequeueKind;
  readonly #cause: ReturnCause;
  readonly #positions = new PositionRanges();
  readonly #by = new CustodyRuns();

  constructor(recorder: Recorder, queue: Queue, kind: RequeueKind, cause: ReturnCause) {
    this.#recorder = recorder;
    this.#queue = queue;
    this.#kind = kindIn(queue, kind);
    this.#cause = cause;
  }

  add(position: number, party: Party, deliveredMs: number): void {
    if (this.#positions.length >= rangesMax || this.#by.isFullFor(party)) this.write();
    this.#positions.add(position);
    this.#by.add(party, deliveredMs, this.#recorder.nowMs);
  }

  /** Writes what was added. */
  write(): void {
    if (this.#positions.length === 0) return;
    this.#by.cause = this.#cause;
    this.#recorder.requeue(this.#queue, this.#positions, this.#kind, this.#by);
    this.#positions.clear();
    this.#by.clear();
  }
}

/** Only queues of type `quorum` tell failed deliveries from others. */
export function kindIn(queue: Queue, kind: RequeueKind): RequeueKind {
  return queue.settings.type === 'quorum' ? kind : RequeueKind.failed;
}
