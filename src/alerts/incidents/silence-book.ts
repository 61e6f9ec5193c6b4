/** Silences as they are made and ended. Invariant: one that is over stays readable, and matches nothing. */
import { createHash } from 'node:crypto';
import { SluiceError, type Clock } from '../../kernel/index.js';
import type { Silence } from '../types.js';
import type { AlertRecord } from './alert-record.js';
import type { AlertState } from './alert-state.js';
import { checkMatch } from './silencing.js';

/** A silence that is asked for. */
export interface SilenceRequest {
  /** `rule`, `kind`, `severity` and labels, as in `Silence`. */
  readonly match: Readonly<Record<string, string>>;
  /** Now, unless given. */
  readonly fromMs?: number | undefined;
  readonly forMs: number;
  readonly by: string;
  readonly reason: string;
}

const silencesMax = 1_000;

export class SilenceBook {
  readonly #state: AlertState;
  readonly #clock: Clock;
  /** Applies a record and keeps it. */
  readonly #commit: (record: AlertRecord) => void;

  constructor(state: AlertState, clock: Clock, commit: (record: AlertRecord) => void) {
    this.#state = state;
    this.#clock = clock;
    this.#commit = commit;
  }

  all(): readonly Silence[] {
    return [...this.#state.silences.values()];
  }

  /** @throws SluiceError `bad-input`, `limit-reached`. */
  add({ match, fromMs, forMs, by, reason }: SilenceRequest): Silence {
    const nowMs = this.#clock.now();
    const beginsMs = fromMs ?? nowMs;
    const silence = { match, fromMs: beginsMs, toMs: beginsMs + forMs, by, reason };
    if (Object.keys(match).length === 0) throw new SluiceError('bad-input', 'a silence must match something');
    if (silence.toMs <= Math.max(beginsMs, nowMs))
      throw new SluiceError('bad-input', 'a silence must end after it begins, and after now');
    if (this.#state.silences.size >= silencesMax)
      throw new SluiceError('limit-reached', `there are ${silencesMax} silences already`);
    checkMatch(match);
    const id = createHash('sha256')
      .update(JSON.stringify([silence, nowMs]))
      .digest('hex')
      .slice(0, 10);
    this.#commit({ type: 'silence', silence: { id, ...silence } });
    return { id, ...silence };
  }

  /** Ends it now. @throws SluiceError `not-found`. */
  end(id: string): Silence {
    const silence = this.#state.silences.get(id);
    if (silence === undefined) throw new SluiceError('not-found', `there is no silence ${id}`);
    const ended = { ...silence, toMs: Math.min(silence.toMs, this.#clock.now()) };
    this.#commit({ type: 'silence', silence: ended });
    return ended;
  }
}
