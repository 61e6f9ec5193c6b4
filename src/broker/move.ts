/** What a queue keeps of messages on their way elsewhere. */
import type { FailureLetter } from './mover.js';
import type { Held } from './recorder.js';

/** A message on its way from one queue to other ones. */
export interface Move {
  readonly position: number;
  readonly reason: DeathReason;
  /** Set where a client says what went wrong. */
  readonly letter: FailureLetter | undefined;
  /** Who had it, or asked for this; undefined: the broker moves it by itself. */
  readonly held?: Held | undefined;
}

/** Why a message is moved: RabbitMQ's names in `x-death`, and our own for delayed exchanges. */
export type DeathReason = 'rejected' | 'expired' | 'maxlen' | 'delivery_limit' | 'delayed';
