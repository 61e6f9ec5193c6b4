/**
 * Evaluates amounts and conditions over recent figures. Invariant: pure; a condition is true, false or unknown, and
 * unknown only where what is known does not decide it (Kleene's three values).
 */
import type { Amount, Condition, Gathering } from './expression.js';
import type { Field } from './field.js';
import type { Recent } from './recent.js';
import { coarseSeconds, stepSeconds, stepsKept } from './steps.js';

/** True, false, or undefined: unknown. */
export type Truth = boolean | undefined;

/** An object that was there before anything was measured may be of any age; from here on it counts as old. */
const ageKnownSeconds = 180;

/** `amount` of an object, so many steps ago; NaN: unknown. */
export function amountOf(amount: Amount, recent: Recent, field: Field, back = 0): number {
  if (typeof amount === 'number') return amount;
  if ('series' in amount) return taken(amount, recent, field, back);
  switch (amount.take) {
    case 'age':
      return ageOf(recent, field, back);
    case 'watched':
      return (field.step - back - recent.firstStep) * stepSeconds;
    case 'related':
      return gather(amount.how, amount.amount, field.related(recent, amount.kind), field, back);
    case 'peers':
      return gather(amount.how, amount.amount, field.peers(recent, amount.label), field, back);
    case 'plus':
    case 'minus':
    case 'times':
    case 'over':
    case 'larger':
    case 'smaller': {
      const left = amountOf(amount.parts[0], recent, field, back);
      return combine(amount.take, left, amountOf(amount.parts[1], recent, field, back));
    }
  }
}

function combine(
  how: 'plus' | 'minus' | 'times' | 'over' | 'larger' | 'smaller',
  left: number,
  right: number,
): number {
  switch (how) {
    case 'plus':
      return left + right;
    case 'minus':
      return left - right;
    case 'times':
      return left * right;
    case 'over':
      return right === 0 ? NaN : left / right;
    case 'larger':
      return Math.max(left, right);
    case 'smaller':
      return Math.min(left, right);
  }
}

function ageOf(recent: Recent, field: Field, back: number): number {
  const seconds = (field.step - back - recent.firstStep) * stepSeconds;
  const wasThere = recent.firstStep === field.tables.get(recent.subject.kind)?.firstStep;
  return wasThere && seconds < ageKnownSeconds ? NaN : seconds;
}

function taken(
  { take, series, seconds }: Extract<Amount, { readonly series: string }>,
  recent: Recent,
  field: Field,
  back: number,
): number {
  const table = field.tables.get(recent.subject.kind)!;
  const column = table.columns.get(series);
  if (column === undefined) return NaN;
  switch (take) {
    case 'now':
      return recent.at(column, field.step, back);
    case 'usual':
      return recent.usual(column);
    case 'usual-spread':
      return recent.usualSpread(column);
    case 'highest':
      return recent.highest(column);
    case 'usual-hour':
      return recent.usualAtHour(column, field.step);
    case 'still':
      return recent.stillSeconds(column, field.step);
    case 'longest-still':
      return recent.longestStillSeconds(column);
    case 'slope':
      return slopeOf(recent, column, field.step, back, seconds);
    case 'mean':
    case 'rate':
    case 'least':
    case 'greatest':
      return overTime(take, recent, column, field.step - back, seconds);
  }
}

/** Unknown where less than half of the time is known. */
function overTime(
  take: 'mean' | 'rate' | 'least' | 'greatest',
  recent: Recent,
  column: number,
  step: number,
  seconds: number,
): number {
  const steps = Math.min(Math.max(1, Math.round(seconds / stepSeconds)), stepsKept);
  let [known, sum, least, greatest] = [0, 0, Infinity, -Infinity];
  for (let back = 0; back < steps; back++) {
    const value = recent.at(column, step, back);
    if (Number.isNaN(value)) continue;
    known++;
    sum += value;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  if (known * 2 < steps) return NaN;
  if (take === 'least') return least;
  return take === 'greatest' ? greatest : sum / known;
}

const slopePointsMin = 4;

function slopeOf(recent: Recent, column: number, step: number, back: number, seconds: number): number {
  const values: number[] = [];
  const coarse = seconds > stepsKept * stepSeconds ? recent.coarse(column) : undefined;
  if (coarse !== undefined) coarse.read(Math.round(seconds / coarseSeconds), values);
  else
    for (let each = Math.round(seconds / stepSeconds) - 1; each >= 0; each--)
      values.push(recent.at(column, step, back + each));
  return medianSlope(values) / (coarse === undefined ? stepSeconds : coarseSeconds);
}

/** Of all pairs of points (Sen 1968); unknown where less than half, or less than four, are known. */
function medianSlope(values: readonly number[]): number {
  const slopes: number[] = [];
  let known = 0;
  for (let later = 0; later < values.length; later++) {
    if (Number.isNaN(values[later])) continue;
    known++;
    for (let earlier = 0; earlier < later; earlier++)
      if (!Number.isNaN(values[earlier]))
        slopes.push((values[later]! - values[earlier]!) / (later - earlier));
  }
  if (known < slopePointsMin || known * 2 < values.length) return NaN;
  return medianOf(slopes);
}

function medianOf(values: number[]): number {
  if (values.length === 0) return NaN;
  values.sort((left, right) => left - right);
  const middle = values.length >>> 1;
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}

/** Objects of which the amount is unknown count for nothing; none known: unknown, but for `count`. */
function gather(
  how: Gathering,
  amount: Amount,
  objects: readonly Recent[],
  field: Field,
  back: number,
): number {
  if (objects.length === 1) {
    const only = amountOf(amount, objects[0]!, field, back);
    return how === 'count' && !Number.isNaN(only) ? 1 : only;
  }
  const values: number[] = [];
  for (const each of objects) {
    const value = amountOf(amount, each, field, back);
    if (!Number.isNaN(value)) values.push(value);
  }
  if (values.length === 0) return NaN;
  switch (how) {
    case 'count':
      return values.length;
    case 'sum':
      return values.reduce((sum, value) => sum + value, 0);
    case 'greatest':
      return Math.max(...values);
    case 'least':
      return Math.min(...values);
    case 'median':
      return medianOf(values);
  }
}

/** Whether a condition holds of an object, so many steps ago. */
export function holds(condition: Condition, recent: Recent, field: Field, back = 0): Truth {
  switch (condition.is) {
    case 'more':
    case 'less': {
      const left = amountOf(condition.parts[0], recent, field, back);
      const right = amountOf(condition.parts[1], recent, field, back);
      if (Number.isNaN(left) || Number.isNaN(right)) return undefined;
      return condition.is === 'more' ? left > right : left < right;
    }
    case 'not': {
      const truth = holds(condition.part, recent, field, back);
      return truth === undefined ? undefined : !truth;
    }
    case 'all':
    case 'any':
      return joint(condition.is === 'any', condition.parts, recent, field, back);
    case 'lasting':
      return lasts(condition.part, Math.ceil(condition.seconds / stepSeconds), recent, field, back);
  }
}

/** One part that is `decisive` decides; otherwise one that is unknown makes it unknown. */
function joint(
  decisive: boolean,
  parts: readonly Condition[],
  recent: Recent,
  field: Field,
  back: number,
): Truth {
  let isUnknown = false;
  for (const part of parts) {
    const truth = holds(part, recent, field, back);
    if (truth === decisive) return decisive;
    if (truth === undefined) isUnknown = true;
  }
  return isUnknown ? undefined : !decisive;
}

function lasts(part: Condition, steps: number, recent: Recent, field: Field, back: number): Truth {
  let isUnknown = false;
  for (let each = 0; each < steps; each++) {
    const truth = holds(part, recent, field, back + each);
    if (truth === false) return false;
    if (truth === undefined) isUnknown = true;
  }
  return isUnknown ? undefined : true;
}
