/**
 * Amounts and conditions over figures, as plain data, with the few words that signatures are written in. Invariant: an
 * expression holds no program; whatever it names that is not known makes it unknown, never zero and never false.
 */

/** What becomes of the figures of many objects. */
export type Gathering = 'sum' | 'greatest' | 'least' | 'median' | 'count';

/** What is taken of one series of one object. */
export type Taking =
  /** The newest value of a gauge. */
  | 'now'
  /** Of a gauge, over a time. */
  | 'mean'
  | 'least'
  | 'greatest'
  /** Increments a second of a counter, over a time. */
  | 'rate'
  /** By how much a gauge changes a second: the median slope of all pairs of points. */
  | 'slope'
  /** What it has been for about ten minutes, the last minute left out: a gauge's mean, a counter's rate. */
  | 'usual'
  /** How far its points usually lie from that, on the average. */
  | 'usual-spread'
  /** The highest that it was before the last minute; it fades by half in ten hours. */
  | 'highest'
  /** What it was at this hour of earlier days. */
  | 'usual-hour'
  /** Seconds since a counter moved last. */
  | 'still'
  /** The longest that a counter stood still before now. */
  | 'longest-still';

export type Amount =
  | number
  | {
      readonly take: Taking;
      readonly series: string;
      /** How far back it looks; 0 where that means nothing. */
      readonly seconds: number;
    }
  /** Seconds since the object came; unknown for three minutes where it was there before anything was measured. */
  | { readonly take: 'age' }
  /** Seconds for which the object has been measured. */
  | { readonly take: 'watched' }
  | {
      readonly take: 'plus' | 'minus' | 'times' | 'over' | 'larger' | 'smaller';
      readonly parts: readonly [Amount, Amount];
    }
  /** The amount of all objects of another kind that share the labels that both kinds have. */
  | {
      readonly take: 'related';
      readonly kind: string;
      readonly how: Gathering;
      readonly amount: Amount;
    }
  /** The amount of the object's peers: others of its kind that differ in this label alone. */
  | { readonly take: 'peers'; readonly label: string; readonly how: Gathering; readonly amount: Amount };

export type Condition =
  | { readonly is: 'more' | 'less'; readonly parts: readonly [Amount, Amount] }
  | { readonly is: 'all' | 'any'; readonly parts: readonly Condition[] }
  | { readonly is: 'not'; readonly part: Condition }
  /** It has held at every step for so long. */
  | { readonly is: 'lasting'; readonly seconds: number; readonly part: Condition };

const taken =
  (take: Taking) =>
  (series: string, seconds = 0): Amount => ({ take, series, seconds });

export const now = taken('now');
export const mean = taken('mean');
export const least = taken('least');
export const greatest = taken('greatest');
export const rate = taken('rate');
export const slope = taken('slope');
export const usual = taken('usual');
export const usualSpread = taken('usual-spread');
export const highest = taken('highest');
export const usualAtThisHour = taken('usual-hour');
export const still = taken('still');
export const longestStill = taken('longest-still');
export const age: Amount = { take: 'age' };
export const watched: Amount = { take: 'watched' };

type Arithmetic = 'plus' | 'minus' | 'times' | 'over' | 'larger' | 'smaller';
const joined =
  (take: Arithmetic) =>
  (left: Amount, right: Amount): Amount => ({ take, parts: [left, right] });

export const plus = joined('plus');
export const minus = joined('minus');
export const times = joined('times');
/** Unknown where the divisor is zero. */
export const over = joined('over');
export const larger = joined('larger');
export const smaller = joined('smaller');

export function related(kind: string, how: Gathering, amount: Amount): Amount {
  return { take: 'related', kind, how, amount };
}

export function peers(label: string, how: Gathering, amount: Amount): Amount {
  return { take: 'peers', label, how, amount };
}

/** The mean of a histogram over a time; unknown where nothing was recorded in it. */
export function meanTime(histogram: string, seconds: number): Amount {
  return over(rate(`${histogram}_sum`, seconds), rate(`${histogram}_count`, seconds));
}

/** What the mean of a histogram usually is. */
export function usualTime(histogram: string): Amount {
  return over(usual(`${histogram}_sum`), usual(`${histogram}_count`));
}

export const more = (left: Amount, right: Amount): Condition => ({ is: 'more', parts: [left, right] });
export const less = (left: Amount, right: Amount): Condition => ({ is: 'less', parts: [left, right] });
export const all = (...parts: readonly Condition[]): Condition => ({ is: 'all', parts });
export const any = (...parts: readonly Condition[]): Condition => ({ is: 'any', parts });
export const not = (part: Condition): Condition => ({ is: 'not', part });

export function lasting(seconds: number, part: Condition): Condition {
  return { is: 'lasting', seconds, part };
}

/** Every series that an expression names, with the kind of object it is taken of. */
export function seriesIn(
  expression: Amount | Condition,
  kind: string,
  found: (kind: string, series: string, take: Taking, seconds: number) => void,
): void {
  if (typeof expression === 'number') return;
  if ('is' in expression) {
    const parts: readonly (Amount | Condition)[] =
      'part' in expression ? [expression.part] : expression.parts;
    for (const part of parts) seriesIn(part, kind, found);
  } else if ('series' in expression) found(kind, expression.series, expression.take, expression.seconds);
  else if (expression.take === 'related') seriesIn(expression.amount, expression.kind, found);
  else if (expression.take === 'peers') seriesIn(expression.amount, kind, found);
  else if ('parts' in expression) for (const part of expression.parts) seriesIn(part, kind, found);
}
