/** Durations of a minute and more as people tell them: `8 h 40 min`. Pure. Invariant: at most two units, both whole. */
export interface DurationPart {
  readonly count: number;
  readonly word: 'seconds' | 'minutes' | 'hoursShort' | 'days';
}

const minute = 60;
const hour = 3_600;
const day = 86_400;

/** A number of seconds from 60 on, as its two greatest units; the smaller one is absent where it says nothing. */
export function durationParts(seconds: number): readonly DurationPart[] {
  if (seconds < 10 * minute - 0.5) return parts(seconds, minute, 'minutes', 1, 'seconds');
  if (seconds < hour - minute / 2) return [{ count: Math.round(seconds / minute), word: 'minutes' }];
  if (seconds < 2 * day - minute / 2) return parts(seconds, hour, 'hoursShort', minute, 'minutes');
  if (seconds < 10 * day - hour / 2) return parts(seconds, day, 'days', hour, 'hoursShort');
  return [{ count: Math.round(seconds / day), word: 'days' }];
}

function parts(
  seconds: number,
  great: number,
  greatWord: DurationPart['word'],
  small: number,
  smallWord: DurationPart['word'],
): readonly DurationPart[] {
  const smallOnes = Math.round(seconds / small);
  const each = great / small;
  const told: readonly DurationPart[] = [
    { count: Math.floor(smallOnes / each), word: greatWord },
    { count: smallOnes % each, word: smallWord },
  ];
  return told.filter(({ count }) => count > 0);
}
