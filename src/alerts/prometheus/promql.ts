/**
 * A rule's expression in PromQL, over what `/metrics` shows. Invariants: what is unknown is absent, so whatever is
 * computed from it is absent too; nothing is divided by zero; what PromQL cannot say is refused, never said otherwise.
 */
import { SluiceError } from '../../kernel/index.js';
import { seriesOf, type Metric, type ObjectKind, type Series } from '../../monitor/index.js';
import { rateSecondsDefault, type Expression, type PairOperator } from '../rules/expression.js';
import type { Rule } from '../rules/rule.js';
import { isExact } from '../rules/selector.js';

/** What PromQL cannot say; the message is the reason. */
export class NotForPrometheus extends SluiceError {
  constructor(reason: string) {
    super('unsupported', reason);
  }
}

/** The figures of a histogram that are quantiles, by the ending of their series. */
const quantiles: Readonly<Record<string, number>> = { _p50: 0.5, _p95: 0.95, _p99: 0.99, _p999: 0.999 };

/** The ways out of a queue, of which an engine tells at least the first. */
const leaving = ['acknowledged', 'expired', 'dead_lettered', 'dropped'];

/** What queues become shorter by, recorded once for all rules that ask for the time to drain. */
export const drainRateRecord = 'sluice:drain_rate';

/** A duration as PromQL writes it: whole numbers only. */
export function promDuration(seconds: number): string {
  for (const [unit, length] of [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ] as const)
    if (seconds >= length && seconds % length === 0) return `${seconds / length}${unit}`;
  return `${Math.round(seconds * 1_000)}ms`;
}

/** The metric of a series, and the quantile that it is of its histogram. */
export function metricOf(
  kind: ObjectKind,
  { id, name }: Series,
): { readonly metric: Metric; readonly quantile: number | undefined } {
  const metric = kind.metrics.find((each) => each.id === Math.floor(id / 8))!;
  return { metric, quantile: quantiles[name.slice(metric.name.length)] };
}

/** Writes expressions over the objects of one kind that a rule is about. */
export class PromWriter {
  readonly #kind: ObjectKind;
  readonly #series: readonly Series[];
  readonly #matchers: string;

  /** Throws `NotForPrometheus` for a selector that Prometheus cannot match. */
  constructor(kind: ObjectKind, selected: Pick<Rule, 'where' | 'except'>) {
    this.#kind = kind;
    this.#series = seriesOf(kind);
    this.#matchers = matchersOf(kind, selected);
  }

  /** A number as it is, everything else as a vector in parentheses where it needs them. */
  text(expression: Expression): string {
    const constant = constantOf(expression);
    if (constant !== undefined) return String(constant);
    switch (expression.kind) {
      case 'number':
        return String(expression.value);
      case 'now':
        return this.now(expression.column);
      case 'past':
        return this.now(expression.column, ` offset ${promDuration(expression.seconds)}`);
      case 'rate':
        return this.rate(expression.column, expression.seconds);
      case 'drain':
        return this.#drain();
      case 'pair':
        return this.#pair(expression.operator, expression.left, expression.right);
    }
  }

  /** What a column is; `offset` as PromQL writes it. */
  now(column: number, offset = ''): string {
    const series = this.#series[column]!;
    const { metric, quantile } = metricOf(this.#kind, series);
    if (quantile !== undefined) {
      const buckets = `${metric.name}_bucket${this.#matchers}[${promDuration(rateSecondsDefault)}]${offset}`;
      return `histogram_quantile(${quantile}, rate(${buckets}))`;
    }
    return `${this.#exported(series)}${this.#matchers}${offset}`;
  }

  /** A column through the last `seconds`, for functions over time. */
  range(column: number, seconds: number): string {
    const isQuantile = metricOf(this.#kind, this.#series[column]!).quantile !== undefined;
    return `${this.now(column)}[${promDuration(seconds)}${isQuantile ? ':1m' : ''}]`;
  }

  rate(column: number, seconds: number): string {
    return `rate(${this.#exported(this.#series[column]!)}${this.#matchers}[${promDuration(seconds)}])`;
  }

  column(name: string): number {
    return this.#series.findIndex((series) => series.name === name);
  }

  #exported({ name }: Series): string {
    if (name.endsWith('_max'))
      throw new NotForPrometheus(`/metrics has no ${name}: a histogram has no greatest value`);
    return name;
  }

  #pair(operator: PairOperator, left: Expression, right: Expression): string {
    const [a, b] = [this.text(left), this.text(right)];
    switch (operator) {
      case '+':
      case '-':
      case '*':
        return `(${a} ${operator} ${b})`;
      case '/':
        return constantOf(right) === undefined ? `(${a} / (${b} != 0))` : divided(a, b);
      case 'share':
        return constantOf(right) === undefined ? `(${a} / (${b} != 0) or ${b} == 0 and ${a})` : divided(a, b);
      case 'max':
        return this.#extreme('clamp_min', '>', [left, a], [right, b]);
      case 'min':
        return this.#extreme('clamp_max', '<', [left, a], [right, b]);
    }
  }

  #extreme(
    clamp: string,
    sign: string,
    [left, a]: readonly [Expression, string],
    [right, b]: readonly [Expression, string],
  ): string {
    if (constantOf(right) !== undefined) return `${clamp}(${a}, ${b})`;
    if (constantOf(left) !== undefined) return `${clamp}(${b}, ${a})`;
    return `(${a} ${sign}= ${b} or ${b} ${sign} ${a})`;
  }

  /** Length by what leaves more than comes; +Inf where nothing does, 0 where there is nothing. */
  #drain(): string {
    const net = `${drainRateRecord}${this.#matchers}`;
    const ready = this.now(this.column('sluice_messages_ready'));
    return `(${ready} / (${net} > 0) or (${ready} > 0 and ${net} <= 0) * Inf or ${ready} == 0)`;
  }

  /** Messages a second by which a queue becomes shorter; an engine that does not tell of a way out has none. */
  drainRate(): string {
    const rate = (name: string): string =>
      this.rate(this.column(`sluice_messages_${name}_total`), rateSecondsDefault);
    const [first, ...others] = leaving.map(rate);
    const out = [first, ...others.map((each) => `(${each} or ${first!} * 0)`)].join(' + ');
    return `${out} - ${rate('published')}`;
  }
}

function divided(a: string, b: string): string {
  if (Number(b) === 0) throw new NotForPrometheus('it divides by nothing');
  return `(${a} / ${b})`;
}

/** The value of an expression that names no series. */
export function constantOf(expression: Expression): number | undefined {
  if (expression.kind === 'number') return expression.value;
  if (expression.kind !== 'pair') return undefined;
  const [a, b] = [constantOf(expression.left), constantOf(expression.right)];
  if (a === undefined || b === undefined) return undefined;
  switch (expression.operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case 'share':
      return b === 0 ? 0 : a / b;
    case 'max':
      return Math.max(a, b);
    case 'min':
      return Math.min(a, b);
  }
}

/** Sums of a kind have fewer labels than its objects: only objects are judged. */
function matchersOf(kind: ObjectKind, { where, except }: Pick<Rule, 'where' | 'except'>): string {
  const matchers = [
    ...Object.entries(where).map(([label, source]) => matcherOf(label, source, '=')),
    ...Object.entries(except).map(([label, source]) => matcherOf(label, source, '!')),
  ];
  const last = kind.labels.at(-1)!;
  if (kind.summedBy !== undefined && where[last] === undefined) matchers.push(`${last}!=""`);
  return matchers.length === 0 ? '' : `{${matchers.join(',')}}`;
}

/** `sign`: what is matched, or left out. */
function matcherOf(label: string, source: string, sign: '=' | '!'): string {
  if (isExact(source)) return `${label}${sign === '=' ? '=' : '!='}${JSON.stringify(source)}`;
  if (!source.startsWith('/')) return `${label}${sign}~${JSON.stringify(globPattern(source))}`;
  if (/\(\?[=!<]/.test(source))
    throw new NotForPrometheus(`it matches ${label} with a look-around, which Prometheus does not have`);
  return `${label}${sign}~${JSON.stringify(source.slice(1, -1))}`;
}

function globPattern(glob: string): string {
  const escaped = glob.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  return escaped.replace(/[*?]/g, (sign) => (sign === '*' ? '(?s:.*)' : '(?s:.)'));
}
