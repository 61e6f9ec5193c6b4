/** How a receiver is doing, as it is listed and measured. Pure. */
import type { ReceiverType } from './settings.js';

/** What became of a notification in the end. `dropped`: too many waited. `expired`: it was tried for too long. */
export type FinalOutcome = 'delivered' | 'refused' | 'expired' | 'dropped';

export interface ReceiverState {
  readonly name: string;
  readonly type: ReceiverType;
  /** `untried`: nothing was sent since the start. `broken`: refused, or failed again and again. */
  readonly state: 'untried' | 'working' | 'failing' | 'broken';
  /** Notifications that wait. */
  readonly waiting: number;
  /** When the oldest of them was made, in milliseconds since the Unix epoch. */
  readonly oldestMs?: number;
  /** Attempts that failed since the last that did not. */
  readonly failuresInRow: number;
  readonly lastSuccessMs?: number;
  readonly lastFailureMs?: number;
  /** Why, without secrets. */
  readonly lastFailure?: string;
  /** Since the start. */
  readonly totals: Readonly<Record<FinalOutcome, number>>;
  /** Attempts since the start that failed and were to be made again. */
  readonly failedAttempts: number;
}

/** Failures in a row after which a receiver is held to be broken. */
export const failuresUntilBroken = 3;

export function newReceiverState(name: string, type: ReceiverType): ReceiverState {
  return {
    ...{ name, type, state: 'untried', waiting: 0, failuresInRow: 0, failedAttempts: 0 },
    totals: { delivered: 0, refused: 0, expired: 0, dropped: 0 },
  };
}

export function afterSuccess(state: ReceiverState, nowMs: number): ReceiverState {
  return { ...state, state: 'working', failuresInRow: 0, lastSuccessMs: nowMs };
}

/** `isFinal`: trying again cannot help. */
export function afterFailure(
  state: ReceiverState,
  reason: string,
  isFinal: boolean,
  nowMs: number,
): ReceiverState {
  const failuresInRow = state.failuresInRow + 1;
  return {
    ...state,
    state: isFinal || failuresInRow >= failuresUntilBroken || state.state === 'broken' ? 'broken' : 'failing',
    failuresInRow,
    lastFailureMs: nowMs,
    lastFailure: reason,
    failedAttempts: state.failedAttempts + (isFinal ? 0 : 1),
  };
}

export function counted(state: ReceiverState, outcome: FinalOutcome): ReceiverState {
  return { ...state, totals: { ...state.totals, [outcome]: state.totals[outcome] + 1 } };
}
