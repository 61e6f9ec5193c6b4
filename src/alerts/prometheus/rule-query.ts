/**
 * What a rule compares, in PromQL: one value with one level, whatever its kind, as `rules/compile.ts` has it. A rule
 * whose kind has no value (absence, staleness, burn rate) is a condition as a whole.
 */
import type { ObjectKind } from '../../monitor/index.js';
import { seriesOf } from '../../monitor/index.js';
import { parseExpression } from '../rules/expression.js';
import type { Levels } from '../rules/levels.js';
import { objectKind, parseRule, type Rule } from '../rules/rule.js';
import { constantOf, NotForPrometheus, promDuration, PromWriter } from './promql.js';

/** A vector, and where it fires. */
export interface LevelQuery {
  readonly kind: 'level';
  readonly value: string;
  readonly sign: '>' | '<';
  readonly level: number;
  /** An alert that fires goes on up to here. */
  readonly clear: number | undefined;
}

/** A vector that has elements only where the rule fires. */
export interface ConditionQuery {
  readonly kind: 'condition';
  readonly condition: string;
}

export interface RuleQuery {
  readonly main: LevelQuery | ConditionQuery;
  /** Conditions that must hold as well. */
  readonly guards: readonly string[];
  readonly forSeconds: number;
}

/** Signals that figures tell of too. */
const signalSeries: Readonly<Record<string, string>> = { 'notification-broken': 'sluice_receiver_broken' };

/** A signal that figures tell of, as a rule of those; others as they are. */
export function computable(rule: Rule): Rule {
  const metric = signalSeries[rule.name];
  return rule.kind === 'signal' && metric !== undefined
    ? parseRule({ ...rule, kind: 'threshold', metric, above: 0 })
    : rule;
}

/** The query of a rule. Throws `NotForPrometheus`. */
export function ruleQuery(given: Rule): RuleQuery {
  const rule = computable(given);
  const kind = objectKind(rule.of);
  if (rule.kind === 'signal' || kind === undefined)
    throw new NotForPrometheus('the program tells it by itself: no figure says so');
  const writer = new PromWriter(kind, rule);
  const guards = rule.while.map(({ metric, above, below }) => {
    const sign = above === undefined ? '<' : '>';
    return `${vector(writer, metric, kind)} ${sign} ${above ?? below!}`;
  });
  const lasting = rule.kind === 'staleness' ? rule.above : 0;
  return { main: mainQuery(rule, kind, writer), guards, forSeconds: rule.for + lasting };
}

function mainQuery(
  rule: Exclude<Rule, { kind: 'signal' }>,
  kind: ObjectKind,
  writer: PromWriter,
): LevelQuery | ConditionQuery {
  switch (rule.kind) {
    case 'threshold':
      return leveled(vector(writer, rule.metric, kind), rule);
    case 'change':
      return leveled(changed(rule, kind, writer), rule);
    case 'forecast': {
      const level = { below: rule.within, clear: rule.within * 1.25 };
      return leveled(secondsUntilLimit(rule, writer), level);
    }
    case 'burn-rate':
      return { kind: 'condition', condition: burning(rule, writer) };
    case 'absence':
      return { kind: 'condition', condition: `absent(${writer.now(watched(rule.metric, kind, writer))})` };
    case 'staleness': {
      const column = watched(rule.metric, kind, writer);
      const known = writer.range(column, rule.above + 3_600);
      return { kind: 'condition', condition: `last_over_time(${known}) unless ${writer.now(column)}` };
    }
    case 'anomaly':
      throw new NotForPrometheus(
        'it compares with the same hour of earlier days, of which Prometheus takes no median over time',
      );
  }
}

function vector(writer: PromWriter, text: string, kind: ObjectKind): string {
  const expression = parseExpression(text, kind);
  if (constantOf(expression) !== undefined) throw new NotForPrometheus('it names no figure');
  return writer.text(expression);
}

function leveled(value: string, { above, below, clear }: Levels): LevelQuery {
  const sign = above === undefined ? '<' : '>';
  return { kind: 'level', value, sign, level: above ?? below!, clear };
}

function changed(rule: Rule & { kind: 'change' }, kind: ObjectKind, writer: PromWriter): string {
  const column = writer.column(rule.metric);
  if (seriesOf(kind)[column]!.kind === 'counter') return `${writer.rate(column, rule.over)} * ${rule.over}`;
  const before = writer.now(column, ` offset ${promDuration(rule.over)}`);
  const change = `(${writer.now(column)} - ${before})`;
  return rule.relative ? `(${change} / abs(${before} != 0))` : change;
}

/** Along the line through the past, which half of its time at least must be known. */
function secondsUntilLimit(rule: Rule & { kind: 'forecast' }, writer: PromWriter): string {
  const column = writer.column(rule.metric);
  const now = writer.now(column);
  const slope = `deriv(${writer.range(column, rule.over)})`;
  const known = writer.now(column, ` offset ${promDuration(Math.floor(rule.over / 2))}`);
  const isAbove = rule.above !== undefined;
  const limit = rule.above ?? rule.below ?? 0;
  const left = isAbove ? `(${limit} - ${now}) / (${slope} > 0)` : `(${now} - ${limit}) / -(${slope} < 0)`;
  const isThere = `(${now} ${isAbove ? '>=' : '<='} ${limit}) * 0`;
  return `(${isThere} or ${left} and ${known})`;
}

function burning(
  { bad, total, objective, windows }: Rule & { kind: 'burn-rate' },
  writer: PromWriter,
): string {
  const [lost, all] = [writer.column(bad), writer.column(total)];
  const pairs = windows.map(({ factor, long, short }) => {
    const share = Number((factor * (1 - objective)).toPrecision(6));
    const burns = (seconds: number): string =>
      `${writer.rate(lost, seconds)} / (${writer.rate(all, seconds)} > 0) >= ${share}`;
    return `(${burns(long)} and ${burns(short)})`;
  });
  return pairs.join(' or ');
}

/** Without a series, the first that is no counter and no quantile: whatever is known has it. */
function watched(metric: string | undefined, kind: ObjectKind, writer: PromWriter): number {
  if (metric !== undefined) return writer.column(metric);
  const gauge = kind.metrics.find((each) => each.kind === 'gauge') ?? kind.metrics[0]!;
  return writer.column(gauge.kind === 'histogram' ? `${gauge.name}_count` : gauge.name);
}
