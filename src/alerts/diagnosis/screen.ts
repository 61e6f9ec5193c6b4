/**
 * The cheap look at a block of objects: which of them a signature's symptoms may hold of. Invariant: it may keep one of
 * which they do not hold, and never leaves out one of which they do; what it keeps is looked at alone.
 */
import { blockRows, type Block } from './block.js';
import type { Condition } from './expression.js';
import type { Field } from './field.js';
import { screenAmount, type Chosen } from './screen-amounts.js';
import type { Table } from './table.js';

export interface Sieve {
  /** Leaves those rows in `chosen`, in their order, of which the condition may be true. */
  readonly narrow: (chosen: Chosen) => void;
  /** About nanoseconds a row; infinite where it keeps all. */
  readonly cost: number;
}

/** Of all rows of a block that are used. */
export function usedRows(block: Block, number: number): Chosen {
  const rows = new Uint8Array(blockRows);
  let count = 0;
  for (let row = 0; row < blockRows; row++) if (block.isUsed[row] === 1) rows[count++] = row;
  return { number, block, rows, count };
}

const copied = new Uint8Array(blockRows);

/** The same rows, in a list that the next call fills again. */
export function copyOf({ number, block, rows, count }: Chosen): Chosen {
  copied.set(rows);
  return { number, block, rows: copied, count };
}

/** Keeps every row. */
export const keepsAll: Sieve = { narrow: () => undefined, cost: Infinity };

/** Looks for the objects of `table` of which a condition may be true. */
export function sieveOf(condition: Condition, table: Table, field: Field): Sieve {
  switch (condition.is) {
    case 'more':
    case 'less':
      return comparing(condition, table, field);
    case 'all':
      return allOf(condition.parts.map((part) => sieveOf(part, table, field)));
    case 'any':
      return anyOf(condition.parts.map((part) => sieveOf(part, table, field)));
    case 'lasting':
      // It has to hold now, at least.
      return condition.seconds > 0 ? sieveOf(condition.part, table, field) : keepsAll;
    case 'not':
      return keepsAll;
  }
}

/** What is unknown is neither more nor less. */
function comparing(
  { is, parts }: Extract<Condition, { readonly is: 'more' | 'less' }>,
  table: Table,
  field: Field,
): Sieve {
  const left = screenAmount(parts[is === 'more' ? 0 : 1], table, field);
  const right = screenAmount(parts[is === 'more' ? 1 : 0], table, field);
  const narrow = (chosen: Chosen): void => {
    const [lefts, rights] = [left.fill(chosen), right.fill(chosen)];
    const { rows, count } = chosen;
    let kept = 0;
    for (let at = 0; at < count; at++) if (lefts[at]! > rights[at]!) rows[kept++] = rows[at]!;
    chosen.count = kept;
  };
  return { narrow, cost: left.cost + right.cost + 1 };
}

/** The cheap ones first; the dear ones then have little left to look at. */
function allOf(parts: readonly Sieve[]): Sieve {
  const inOrder = parts.filter(({ cost }) => cost < Infinity).sort((left, right) => left.cost - right.cost);
  if (inOrder.length === 0) return keepsAll;
  const narrow = (chosen: Chosen): void => {
    for (let at = 0; at < inOrder.length && chosen.count > 0; at++) inOrder[at]!.narrow(chosen);
  };
  return { narrow, cost: inOrder[0]!.cost };
}

/** Each looks at those that none before it kept. */
function anyOf(parts: readonly Sieve[]): Sieve {
  const inOrder = parts.toSorted((left, right) => left.cost - right.cost);
  if (parts.some(({ cost }) => cost === Infinity)) return keepsAll;
  const isKept = new Uint8Array(blockRows);
  const rest = new Uint8Array(blockRows);
  const narrow = (chosen: Chosen): void => {
    const { number, block, rows, count } = chosen;
    isKept.fill(0);
    for (let part = 0, left = count; part < inOrder.length && left > 0; part++) {
      const looked: Chosen = { number, block, rows: rest, count: 0 };
      for (let at = 0; at < count; at++) if (isKept[rows[at]!] === 0) rest[looked.count++] = rows[at]!;
      left = looked.count;
      inOrder[part]!.narrow(looked);
      for (let at = 0; at < looked.count; at++) isKept[rest[at]!] = 1;
    }
    let kept = 0;
    for (let at = 0; at < count; at++) if (isKept[rows[at]!] === 1) rows[kept++] = rows[at]!;
    chosen.count = kept;
  };
  return { narrow, cost: parts.reduce((sum, { cost }) => sum + cost, 0) };
}
