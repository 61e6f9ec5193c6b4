/**
 * Amounts of many objects at once: each expression fills a column for the chosen rows of a block. Invariant: what it
 * fills is what `amountOf` gives for each of them alone; what is seldom asked for is taken from there.
 */
import { Block, blockRows, slotOf } from './block.js';
import { amountOf } from './evaluate.js';
import type { Amount } from './expression.js';
import type { Field } from './field.js';
import { stepSeconds, stepsKept } from './steps.js';
import type { Table } from './table.js';

/** Rows of a block that are looked at, in the first `count` places. */
export interface Chosen {
  readonly number: number;
  readonly block: Block;
  readonly rows: Uint8Array;
  count: number;
}

export interface ScreenAmount {
  /** Fills its column for the chosen rows, in their order; it is filled again by the next call. */
  readonly fill: (chosen: Chosen) => Float64Array;
  /** About nanoseconds a row, to ask what is cheap first. */
  readonly cost: number;
}

const alone = 400;

/** An amount of the objects of `table`. */
export function screenAmount(amount: Amount, table: Table, field: Field): ScreenAmount {
  if (typeof amount === 'number') {
    const constant = new Float64Array(blockRows).fill(amount);
    return { fill: () => constant, cost: 0 };
  }
  if ('series' in amount) return ofSeries(amount, table, field);
  if ('parts' in amount) {
    const left = screenAmount(amount.parts[0], table, field);
    const right = screenAmount(amount.parts[1], table, field);
    return { fill: joined(amount.take, left, right), cost: left.cost + right.cost + 1 };
  }
  return oneByOne(amount, table, field);
}

function oneByOne(amount: Amount, table: Table, field: Field): ScreenAmount {
  const into = new Float64Array(blockRows);
  const fill = ({ number, rows, count }: Chosen): Float64Array => {
    for (let at = 0; at < count; at++) into[at] = amountOf(amount, table.inRow(number, rows[at]!), field);
    return into;
  };
  return { fill, cost: alone };
}

function ofSeries(
  amount: Extract<Amount, { readonly series: string }>,
  table: Table,
  field: Field,
): ScreenAmount {
  const { take, series, seconds } = amount;
  const column = table.columns.get(series);
  if (column === undefined) return screenAmount(NaN, table, field);
  const learned = (which: 0 | 1 | 2): ScreenAmount => {
    const into = new Float64Array(blockRows);
    const fill = ({ block, rows, count }: Chosen): Float64Array => {
      block.readLearned(which, column, rows, count, into);
      return into;
    };
    return { fill, cost: 4 };
  };
  switch (take) {
    case 'now':
      return { fill: newest(column, field), cost: 2 };
    case 'usual':
      return learned(0);
    case 'usual-spread':
      return learned(1);
    case 'highest':
      return learned(2);
    case 'still':
      return { fill: stillOf(column, field), cost: 5 };
    case 'mean':
    case 'rate': {
      const steps = Math.min(Math.max(1, Math.round(seconds / stepSeconds)), stepsKept);
      return { fill: meanOf(column, steps, field), cost: 3 * steps };
    }
    case 'least':
    case 'greatest':
    case 'slope':
    case 'usual-hour':
    case 'longest-still':
      return oneByOne(amount, table, field);
  }
}

/** Every object's newest step is known once a measurement has been taken in. */
function newest(column: number, field: Field): ScreenAmount['fill'] {
  const into = new Float64Array(blockRows);
  return ({ block, rows, count }) => {
    const { values, width } = block;
    const from = slotOf(field.step) * blockRows * width + column;
    for (let at = 0; at < count; at++) into[at] = values[from + rows[at]! * width]!;
    return into;
  };
}

function stillOf(column: number, field: Field): ScreenAmount['fill'] {
  const into = new Float64Array(blockRows);
  return ({ block, rows, count }) => {
    block.readStill(column, field.step, rows, count, into);
    return into;
  };
}

/** Unknown where less than half of the steps is known. */
function meanOf(column: number, steps: number, field: Field): ScreenAmount['fill'] {
  const into = new Float64Array(blockRows);
  const from = new Int32Array(steps);
  return ({ block, rows, count }) => {
    const { values, width } = block;
    for (let back = 0; back < steps; back++)
      from[back] = slotOf(field.step - back) * blockRows * width + column;
    for (let at = 0; at < count; at++) {
      let known = 0;
      let sum = 0;
      for (let back = 0; back < steps; back++) {
        const value = values[from[back]! + rows[at]! * width]!;
        if (Number.isNaN(value)) continue;
        known++;
        sum += value;
      }
      into[at] = known * 2 < steps ? NaN : sum / known;
    }
    return into;
  };
}

function joined(
  take: 'plus' | 'minus' | 'times' | 'over' | 'larger' | 'smaller',
  left: ScreenAmount,
  right: ScreenAmount,
): ScreenAmount['fill'] {
  const into = new Float64Array(blockRows);
  return (chosen) => {
    const [lefts, rights] = [left.fill(chosen), right.fill(chosen)];
    const { count } = chosen;
    switch (take) {
      case 'plus':
        for (let at = 0; at < count; at++) into[at] = lefts[at]! + rights[at]!;
        break;
      case 'minus':
        for (let at = 0; at < count; at++) into[at] = lefts[at]! - rights[at]!;
        break;
      case 'times':
        for (let at = 0; at < count; at++) into[at] = lefts[at]! * rights[at]!;
        break;
      case 'over':
        for (let at = 0; at < count; at++) into[at] = rights[at] === 0 ? NaN : lefts[at]! / rights[at]!;
        break;
      case 'larger':
        for (let at = 0; at < count; at++) into[at] = Math.max(lefts[at]!, rights[at]!);
        break;
      case 'smaller':
        for (let at = 0; at < count; at++) into[at] = Math.min(lefts[at]!, rights[at]!);
        break;
    }
    return into;
  };
}
