/** Receivers as sources of samples. Invariant: whether a receiver works is unknown until something was sent to it. */
import type { Clock } from '../../kernel/index.js';
import {
  notificationKind,
  receiverKind,
  SampleFrame,
  type Sample,
  type SampleSource,
} from '../../monitor/index.js';
import type { FinalOutcome, ReceiverState } from './receiver-state.js';

const outcomes: readonly FinalOutcome[] = ['delivered', 'refused', 'expired', 'dropped'];

export class ReceiverSource implements SampleSource {
  readonly name = 'notifications';
  readonly #states: () => readonly ReceiverState[];
  readonly #clock: Clock;
  readonly #receivers = new SampleFrame(receiverKind);
  readonly #notifications = new SampleFrame(notificationKind);

  constructor(states: () => readonly ReceiverState[], clock: Clock) {
    this.#states = states;
    this.#clock = clock;
  }

  *observe(): Generator<Sample, void, undefined> {
    for (const state of this.#states()) {
      yield this.#receiver(state);
      for (const outcome of outcomes) {
        this.#notifications.figures[0] = state.totals[outcome];
        const labels = [state.name, outcome];
        yield { kind: notificationKind.name, labels, figures: this.#notifications.figures };
      }
    }
  }

  #receiver({ name, state, waiting, oldestMs, failedAttempts }: ReceiverState): Sample {
    const { figures } = this.#receivers;
    const isBroken = state === 'untried' ? NaN : Number(state === 'broken');
    const ageSeconds = oldestMs === undefined ? 0 : Math.max(0, this.#clock.now() - oldestMs) / 1_000;
    figures.set([isBroken, waiting, ageSeconds, failedAttempts]);
    return { kind: receiverKind.name, labels: [name], figures };
  }
}
