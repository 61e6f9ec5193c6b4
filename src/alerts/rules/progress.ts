/**
 * One rule over one object through time: pure. Invariants: only what is known moves it. An unknown figure neither fires
 * nor clears; the time in which nothing was known counts for nothing; inside the band between firing and clearing a
 * firing alert goes on firing.
 */

/** What a figure says of a condition. */
export const outcome = { unknown: 0, clears: 1, between: 2, fires: 3 } as const;
export type Outcome = (typeof outcome)[keyof typeof outcome];

/** How long things must last, in seconds. */
export interface Timing {
  readonly forSeconds: number;
  readonly clearSeconds: number;
  /** Two figures further apart than this do not say what was between them; 30 unless said otherwise. */
  readonly gapSeconds?: number;
}

/** Where a rule stands with an object; undefined: nothing holds. */
export interface Progress {
  readonly state: 'pending' | 'firing' | 'unknown';
  /** Unix second of the first figure that fired. */
  readonly sinceSecond: number;
  /** Seconds for which the condition was known to hold (pending), or to be over (firing). */
  readonly heldSeconds: number;
  /** The last second of a known figure, from which the next one counts; undefined: there was a gap. */
  readonly countsFromSecond: number | undefined;
  /** When it was last known. */
  readonly knownSecond: number;
}

/** What a step did that others care about. */
export type Transition = 'pending' | 'cancelled' | 'fired' | 'unknown' | 'known' | 'resolved';

export interface Step {
  readonly progress: Progress | undefined;
  readonly transition: Transition | undefined;
}

const gapSecondsDefault = 30;
/** A firing alert without figures for so long is told to be unknown. */
export const unknownAfterSeconds = 15;

const nothing: Step = { progress: undefined, transition: undefined };

/** The next step. `second` never goes back. */
export function step(progress: Progress | undefined, seen: Outcome, second: number, timing: Timing): Step {
  if (progress === undefined) return seen === outcome.fires ? begin(second, timing) : nothing;
  if (seen === outcome.unknown) return wait(progress, second);
  return progress.state === 'pending'
    ? hold(progress, seen, second, timing)
    : burn(progress, seen, second, timing);
}

function begin(second: number, { forSeconds }: Timing): Step {
  const known = { sinceSecond: second, heldSeconds: 0, knownSecond: second };
  if (forSeconds <= 0)
    return { progress: { state: 'firing', ...known, countsFromSecond: undefined }, transition: 'fired' };
  return { progress: { state: 'pending', ...known, countsFromSecond: second }, transition: 'pending' };
}

/** Nothing is known: what was counted stays, and this time is not added to it. */
function wait(progress: Progress, second: number): Step {
  const isTold = progress.state === 'firing' && second - progress.knownSecond >= unknownAfterSeconds;
  if (!isTold && progress.countsFromSecond === undefined) return { progress, transition: undefined };
  const heldSeconds = progress.state === 'pending' ? progress.heldSeconds : 0;
  const state = isTold ? 'unknown' : progress.state;
  return {
    progress: { ...progress, state, heldSeconds, countsFromSecond: undefined },
    transition: isTold ? 'unknown' : undefined,
  };
}

function hold(progress: Progress, seen: Outcome, second: number, timing: Timing): Step {
  if (seen !== outcome.fires) return { progress: undefined, transition: 'cancelled' };
  const heldSeconds = progress.heldSeconds + counted(progress, second, timing);
  const known = { sinceSecond: progress.sinceSecond, knownSecond: second };
  if (heldSeconds < timing.forSeconds)
    return {
      progress: { state: 'pending', heldSeconds, countsFromSecond: second, ...known },
      transition: undefined,
    };
  return {
    progress: { state: 'firing', heldSeconds: 0, countsFromSecond: undefined, ...known },
    transition: 'fired',
  };
}

function burn(progress: Progress, seen: Outcome, second: number, timing: Timing): Step {
  const transition = progress.state === 'unknown' ? 'known' : undefined;
  const { sinceSecond } = progress;
  if (seen !== outcome.clears) {
    const known = { sinceSecond, heldSeconds: 0, countsFromSecond: undefined, knownSecond: second };
    return { progress: { state: 'firing', ...known }, transition };
  }
  const heldSeconds = progress.heldSeconds + counted(progress, second, timing);
  if (heldSeconds >= timing.clearSeconds) return { progress: undefined, transition: 'resolved' };
  const known = { sinceSecond, heldSeconds, countsFromSecond: second, knownSecond: second };
  return { progress: { state: 'firing', ...known }, transition };
}

/** Seconds from the last known figure to this one; none over a gap. */
function counted({ countsFromSecond }: Progress, second: number, { gapSeconds }: Timing): number {
  if (countsFromSecond === undefined) return 0;
  const seconds = second - countsFromSecond;
  return seconds <= (gapSeconds ?? gapSecondsDefault) ? seconds : 0;
}
