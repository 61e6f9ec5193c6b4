/** The figures behind a condition, as incidents show them. Invariant: each figure once; unknown ones without a value. */
import type { Reading } from '../types.js';
import { amountOf } from './evaluate.js';
import type { Amount, Condition } from './expression.js';
import type { Field } from './field.js';
import type { Recent } from './recent.js';
import { stepSeconds } from './steps.js';
import type { ReadingUnit } from './words.js';

/** What a condition rests on, of one object. */
export function readingsOf(condition: Condition, recent: Recent, field: Field): readonly Reading[] {
  const found = new Map<string, Reading>();
  collect(condition, recent, field, found);
  return [...found.values()];
}

function collect(
  expression: Condition | Amount,
  recent: Recent,
  field: Field,
  found: Map<string, Reading>,
): void {
  if (typeof expression === 'number') return;
  if ('is' in expression) {
    const parts: readonly (Condition | Amount)[] =
      'part' in expression ? [expression.part] : expression.parts;
    for (const part of parts) collect(part, recent, field, found);
    return;
  }
  if ('parts' in expression) {
    const ratio = meanOfHistogram(expression);
    if (ratio === undefined) for (const part of expression.parts) collect(part, recent, field, found);
    else add(ratio, 'seconds', expression, recent, field, found);
    return;
  }
  add(nameOf(expression), unitOf(expression, recent.subject.kind, field), expression, recent, field, found);
}

function add(
  series: string,
  unit: ReadingUnit,
  amount: Amount,
  recent: Recent,
  field: Field,
  found: Map<string, Reading>,
): void {
  if (found.has(series)) return;
  const value = amountOf(amount, recent, field);
  const atMs = field.step * stepSeconds * 1_000;
  const known = Number.isNaN(value) ? undefined : value;
  found.set(series, { series, subject: recent.subject, value: known, unit, atMs });
}

/** `mean(x)` for the sum of a histogram over its count. */
function meanOfHistogram(amount: Extract<Amount, { readonly parts: unknown }>): string | undefined {
  const [sum, count] = amount.parts;
  if (amount.take !== 'over' || typeof sum === 'number' || typeof count === 'number') return undefined;
  if (!('series' in sum && 'series' in count) || sum.take !== count.take) return undefined;
  if (!sum.series.endsWith('_sum') || !count.series.endsWith('_count')) return undefined;
  const name = sum.series.slice(0, -'_sum'.length);
  return sum.take === 'rate' ? `mean(${name})` : `${sum.take}(${name})`;
}

function nameOf(amount: Exclude<Amount, number>): string {
  if ('series' in amount) return amount.take === 'now' ? amount.series : `${amount.take}(${amount.series})`;
  if (amount.take === 'age' || amount.take === 'watched') return amount.take;
  if ('parts' in amount)
    return amount.parts
      .map((part) => (typeof part === 'number' ? `${part}` : nameOf(part)))
      .join(` ${amount.take} `);
  const inner = typeof amount.amount === 'number' ? `${amount.amount}` : nameOf(amount.amount);
  return amount.take === 'peers' ? `${amount.how}(peers ${inner})` : `${amount.how}(${inner})`;
}

function unitOf(amount: Exclude<Amount, number>, kind: string, field: Field): ReadingUnit {
  if (amount.take === 'age' || amount.take === 'watched' || amount.take === 'still') return 'seconds';
  if (amount.take === 'longest-still') return 'seconds';
  if ('amount' in amount) {
    const inner = amount.take === 'related' ? amount.kind : kind;
    if (amount.how === 'count') return 'count';
    return typeof amount.amount === 'number' ? 'count' : unitOf(amount.amount, inner, field);
  }
  if ('parts' in amount) {
    if (amount.take === 'over') return 'ratio';
    const part = amount.parts.find((each) => typeof each !== 'number');
    return part === undefined || typeof part === 'number' ? 'count' : unitOf(part, kind, field);
  }
  // Of a counter its pace is remembered, all but its last value.
  const isPace = amount.take !== 'now' && amount.series.endsWith('_total');
  const isPerSecond = isPace || amount.take === 'rate' || amount.take === 'slope';
  return isPerSecond ? 'per-second' : (field.tables.get(kind)?.units.get(amount.series) ?? 'count');
}
