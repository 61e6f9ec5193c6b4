/**
 * A rule's expression as Zabbix computes it. Zabbix has functions over the values of an item within a time, and no state
 * of a rule that goes on: that a condition has held for a while becomes a bound of all values of that time. Invariant:
 * nothing is divided, so that no trigger fails where nothing is sent.
 */
import { SluiceError } from '../../kernel/index.js';
import type { ObjectKind } from '../../monitor/index.js';
import { seriesOf } from '../../monitor/index.js';
import type { Expression, PairOperator } from '../rules/expression.js';

/** Which side of the values of a time is looked at: above a level all are when the least is. */
type Bound = 'least' | 'greatest';

export type Comparison = '>' | '<' | '>=' | '<=';

/** Values come every half minute or so: a shorter time would hold one of them, or none. */
const windowSecondsMin = 180;

/** What Zabbix cannot say; the message is the reason. */
export class NotForZabbix extends SluiceError {
  constructor(reason: string) {
    super('unsupported', reason);
  }
}

const aggregate: Readonly<Record<Bound, string>> = { least: 'min', greatest: 'max' };
const opposite: Readonly<Record<Bound, Bound>> = { least: 'greatest', greatest: 'least' };

/** `expression comparison level`, for all of `seconds`. Figures are not negative. Throws `NotForZabbix`. */
export function condition(
  kind: ObjectKind,
  expression: Expression,
  comparison: Comparison,
  level: string,
  seconds: number,
): string {
  const writer = new Writer(kind, seconds);
  const bound = comparison.startsWith('>') ? 'least' : 'greatest';
  const [left, right] = fraction(expression);
  const levelText = right === undefined ? level : `${level}*${writer.text(right, opposite[bound], true)}`;
  return `${writer.text(left, bound, false)}${comparison}${levelText}`;
}

/** A fraction is compared as a product with what is below it. */
function fraction(expression: Expression): readonly [Expression | Drained, Expression | Drained | undefined] {
  if (expression.kind === 'drain') return [drainLength, drainRate];
  const isFraction = expression.kind === 'pair' && ['/', 'share'].includes(expression.operator);
  return isFraction ? [expression.left, expression.right] : [expression, undefined];
}

class Writer {
  readonly #kind: ObjectKind;
  readonly #seconds: number;

  constructor(kind: ObjectKind, seconds: number) {
    this.#kind = kind;
    this.#seconds = seconds;
  }

  text(expression: Expression | Drained, bound: Bound, isInner: boolean): string {
    switch (expression.kind) {
      case 'number':
        return String(expression.value);
      case 'now':
        return this.#now(expression.column, bound);
      case 'rate':
        return this.#rate(this.#series(expression.column).name, expression.seconds);
      case 'pair': {
        const text = this.#pair(expression.operator, expression.left, expression.right, bound);
        return isInner ? `(${text})` : text;
      }
      case 'drained':
        return expression.text(this.#rate.bind(this), aggregate[bound], this.#window(0));
      case 'past':
      case 'drain':
        throw new NotForZabbix(
          `it uses ${expression.kind === 'past' ? 'past()' : 'time_to_drain() within a sum'}`,
        );
    }
  }

  #series(column: number): { readonly name: string; readonly kind: string } {
    return seriesOf(this.#kind)[column]!;
  }

  #window(seconds: number): string {
    return `${Math.max(seconds, this.#seconds, windowSecondsMin)}s`;
  }

  #now(column: number, bound: Bound): string {
    const { name, kind } = this.#series(column);
    if (kind === 'counter')
      throw new NotForZabbix(`it compares ${name} itself, of which Zabbix keeps the rate`);
    return this.#seconds < windowSecondsMin / 3
      ? `last(<${name}>)`
      : `${aggregate[bound]}(<${name}>,${this.#window(0)})`;
  }

  #rate(series: string, seconds: number): string {
    return `avg(<${series}>,${this.#window(seconds)})`;
  }

  #pair(operator: PairOperator, left: Expression, right: Expression, bound: Bound): string {
    switch (operator) {
      case '+':
      case '*':
        return `${this.text(left, bound, true)}${operator}${this.text(right, bound, true)}`;
      case '-':
        return `${this.text(left, bound, true)}-${this.text(right, opposite[bound], true)}`;
      case 'max':
      case 'min':
        return `${operator}(${this.text(left, bound, false)},${this.text(right, bound, false)})`;
      case '/':
      case 'share':
        throw new NotForZabbix('it divides within a sum');
    }
  }
}

/** The two sides of the time to drain: length / (leaving − coming). */
interface Drained {
  readonly kind: 'drained';
  text(rate: (series: string, seconds: number) => string, aggregate: string, window: string): string;
}

const leaving = ['acknowledged', 'expired', 'dead_lettered', 'dropped'];
const drainSeconds = 300;

const drainLength: Drained = {
  kind: 'drained',
  text: (_rate, bound, window) => `${bound}(<sluice_messages_ready>,${window})`,
};

const drainRate: Drained = {
  kind: 'drained',
  text(rate) {
    const of = (name: string): string => rate(`sluice_messages_${name}_total`, drainSeconds);
    return `(${leaving.map(of).join('+')}-${of('published')})`;
  },
};
