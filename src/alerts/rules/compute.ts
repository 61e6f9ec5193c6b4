/** Computes expressions. Invariant: an unknown part makes the whole unknown (NaN), and nothing is divided by zero. */
import { seriesOf, timeToDrain, queueKind } from '../../monitor/index.js';
import type { Expression, PairOperator } from './expression.js';
import { rateSecondsDefault } from './expression.js';
import type { Terms } from './terms.js';

export type Computed = (terms: Terms) => number;

const queueColumns = new Map(seriesOf(queueKind).map(({ name }, column) => [name, column]));
const columnOf = (name: string): number => queueColumns.get(`sluice_messages_${name}`) ?? -1;
const ready = columnOf('ready');
const published = columnOf('published_total');
const leaving = ['acknowledged', 'expired', 'dead_lettered', 'dropped'].map((name) =>
  columnOf(`${name}_total`),
);

/** The function that an expression is: closures over numbers, made once. */
export function computed(expression: Expression): Computed {
  switch (expression.kind) {
    case 'number': {
      const { value } = expression;
      return () => value;
    }
    case 'now': {
      const { column } = expression;
      return (terms) => terms.now(column);
    }
    case 'rate': {
      const { column, seconds } = expression;
      return (terms) => terms.rate(column, seconds);
    }
    case 'past': {
      const { column, seconds } = expression;
      return (terms) => terms.past(column, seconds);
    }
    case 'drain':
      return drainSeconds;
    case 'pair':
      return pair(expression.operator, computed(expression.left), computed(expression.right));
  }
}

function pair(operator: PairOperator, left: Computed, right: Computed): Computed {
  switch (operator) {
    case '+':
      return (terms) => left(terms) + right(terms);
    case '-':
      return (terms) => left(terms) - right(terms);
    case '*':
      return (terms) => left(terms) * right(terms);
    case '/':
      return (terms) => divided(left(terms), right(terms), NaN);
    // Nothing of nothing is no share.
    case 'share':
      return (terms) => divided(left(terms), right(terms), 0);
    case 'max':
      return (terms) => Math.max(left(terms), right(terms));
    case 'min':
      return (terms) => Math.min(left(terms), right(terms));
  }
}

function divided(value: number, by: number, byNothing: number): number {
  if (Number.isNaN(value) || Number.isNaN(by)) return NaN;
  return by === 0 ? byNothing : value / by;
}

/** Seconds until a queue is empty; Infinity: it does not become shorter. */
function drainSeconds(terms: Terms): number {
  let out = 0;
  for (const column of leaving) {
    const rate = terms.rate(column, rateSecondsDefault);
    // An engine that does not tell of one way out has none, as far as anyone can see.
    if (!Number.isNaN(rate)) out += rate;
    else if (column === leaving[0]) return NaN;
  }
  const length = terms.now(ready);
  const coming = terms.rate(published, rateSecondsDefault);
  if (Number.isNaN(length) || Number.isNaN(coming)) return length === 0 ? 0 : NaN;
  const drain = timeToDrain(length, coming, out);
  if (drain.kind === 'draining') return drain.seconds;
  return drain.kind === 'empty' ? 0 : Infinity;
}

/** Every column that an expression reads, with the longest time back that it needs of it. */
export function readsOf(
  expression: Expression,
): readonly { readonly column: number; readonly seconds: number }[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'now':
      return [{ column: expression.column, seconds: 0 }];
    case 'rate':
    case 'past':
      return [{ column: expression.column, seconds: expression.seconds }];
    case 'drain':
      return [
        { column: ready, seconds: 0 },
        ...[published, ...leaving].map((column) => ({ column, seconds: rateSecondsDefault })),
      ];
    case 'pair':
      return [...readsOf(expression.left), ...readsOf(expression.right)];
  }
}
