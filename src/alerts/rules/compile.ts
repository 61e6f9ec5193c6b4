/**
 * Rules made ready to run: labels to match, columns to read, one number to compare with levels. Invariant: every kind
 * of rule ends in the same comparison, so that hysteresis, `for` and unknown figures are dealt with in one place.
 */
import { assert } from '../../kernel/index.js';
import { secondsUntil, seriesOf, type MetricUnit, type ObjectKind } from '../../monitor/index.js';
import { computed, readsOf, type Computed } from './compute.js';
import { parseExpression, rateSecondsDefault, type Expression } from './expression.js';
import { burnOf } from './burning.js';
import { levelJudge } from './levels.js';
import { engineMatcher } from './measured-engines.js';
import { outcome, type Outcome, type Timing } from './progress.js';
import { objectKind, type Rule } from './rule.js';
import { isExact, objectMatcher, type LabelMatcher, type TextMatcher } from './selector.js';
import type { Terms } from './terms.js';

/** A column, and how far back it is read. */
export interface Read {
  readonly column: number;
  readonly seconds: number;
}

export interface CompiledRule {
  readonly rule: Rule;
  readonly kind: ObjectKind;
  readonly matches: LabelMatcher;
  readonly timing: Timing;
  /** The number that is compared; NaN: unknown. Of absence and staleness it is seconds without the object. */
  readonly value: Computed;
  /** What a value says. */
  readonly judge: (value: number) => Outcome;
  readonly guards: readonly { readonly value: Computed; readonly holds: (value: number) => boolean }[];
  /** Everything that it reads, once for each column with the longest time. */
  readonly reads: readonly Read[];
  /** In a reading: what the value is a figure of, and its unit. */
  readonly series: string;
  readonly unit: MetricUnit | 'per-second';
  /** For absence and staleness: the column that should be known; -1: any. */
  readonly watched: number;
  /** For absence where every label is named: the object that should be there. */
  readonly expected: readonly string[] | undefined;
  /** Names of the engines that its objects may be of. */
  readonly engineMatches: TextMatcher;
}

/** Compiles a rule that was parsed; undefined for a signal, which is told and not computed. */
export function compileRule(rule: Rule): CompiledRule | undefined {
  const kind = objectKind(rule.of);
  if (rule.kind === 'signal' || kind === undefined) return undefined;
  const guards = rule.while.map(({ metric, above, below }) => ({
    expression: parseExpression(metric, kind),
    holds: (value: number) => (above === undefined ? value < below! : value > above),
  }));
  const measure = measureOf(rule, kind);
  return {
    rule,
    kind,
    ...measure,
    matches: objectMatcher(kind.labels, rule.where, rule.except),
    timing: { forSeconds: rule.for, clearSeconds: rule.clearFor },
    guards: guards.map(({ expression, holds }) => ({ value: computed(expression), holds })),
    reads: mergedReads([...measure.reads, ...guards.flatMap(({ expression }) => readsOf(expression))]),
    expected: expectedOf(rule, kind),
    engineMatches: engineMatcher(rule),
  };
}

/** What a rule says of an object at a moment. */
export function judgeRule(
  { guards, value, judge }: CompiledRule,
  terms: Terms,
): { readonly seen: Outcome; readonly value: number } {
  let isGuardUnknown = false;
  for (const guard of guards) {
    const guarded = guard.value(terms);
    if (Number.isNaN(guarded)) isGuardUnknown = true;
    else if (!guard.holds(guarded)) return { seen: outcome.clears, value: NaN };
  }
  const figure = value(terms);
  const seen = judge(figure);
  return { seen: isGuardUnknown && seen !== outcome.clears ? outcome.unknown : seen, value: figure };
}

type Measure = Pick<CompiledRule, 'value' | 'judge' | 'reads' | 'series' | 'unit' | 'watched'>;
type Computable = Exclude<Rule, { readonly kind: 'signal' }>;

function measureOf(rule: Computable, kind: ObjectKind): Measure {
  switch (rule.kind) {
    case 'threshold': {
      const expression = parseExpression(rule.metric, kind);
      return {
        ...{ value: computed(expression), reads: readsOf(expression), watched: -1 },
        judge: levelJudge(rule),
        ...faceOf(rule.metric, expression, kind),
      };
    }
    case 'change':
      return changeMeasure(rule, kind);
    case 'forecast':
      return forecastMeasure(rule, kind);
    case 'anomaly':
      return anomalyMeasure(rule, kind);
    case 'burn-rate':
      return burnMeasure(rule, kind);
    case 'absence':
    case 'staleness': {
      const watched = rule.metric === undefined ? -1 : columnOf(kind, rule.metric);
      // Seconds without it come from whoever counts objects.
      const judge = levelJudge({ above: rule.kind === 'absence' ? 0 : rule.above });
      const reads = watched === -1 ? [] : [{ column: watched, seconds: 0 }];
      const series = `seconds without ${rule.metric ?? kind.name}`;
      return { value: () => NaN, judge, reads, watched, series, unit: 'seconds' };
    }
  }
}

function changeMeasure(rule: Extract<Rule, { kind: 'change' }>, kind: ObjectKind): Measure {
  const expression = parseExpression(rule.metric, kind);
  assert(expression.kind === 'now', 'a change is of one series');
  const { column } = expression;
  const { over, relative } = rule;
  const isCounter = seriesOf(kind)[column]!.kind === 'counter';
  return {
    value(terms) {
      if (isCounter) return terms.rate(column, over) * over;
      const before = terms.past(column, over);
      const change = terms.now(column) - before;
      if (!relative) return change;
      // Nothing that stayed nothing did not change; what came of nothing has no share.
      if (before === 0) return change === 0 ? 0 : NaN;
      return change / Math.abs(before);
    },
    ...{ judge: levelJudge(rule), reads: [{ column, seconds: over }], watched: -1 },
    series: `change(${rule.metric})`,
    unit: relative ? 'ratio' : seriesOf(kind)[column]!.unit,
  };
}

function forecastMeasure(rule: Extract<Rule, { kind: 'forecast' }>, kind: ObjectKind): Measure {
  const column = columnOf(kind, rule.metric);
  const { above, below, over, within } = rule;
  const limit = above ?? below!;
  return {
    value(terms) {
      const level = terms.now(column);
      if (Number.isNaN(level)) return NaN;
      if (above === undefined ? level <= limit : level >= limit) return 0;
      const trend = terms.trend(column, over);
      if (trend === undefined) return NaN;
      // A line through the past of something that stands, or goes the other way, never gets there.
      if (above === undefined ? trend.slopePerSecond >= 0 : trend.slopePerSecond <= 0) return Infinity;
      const seconds = secondsUntil(limit, trend) ?? 0;
      return Math.max(0, seconds - (terms.second - trend.atSecond));
    },
    // A quarter of the time is the band: lines through noise swing.
    judge: levelJudge({ below: within, clear: within * 1.25 }),
    ...{ reads: [{ column, seconds: over }], watched: -1 },
    ...{ series: `time until ${rule.metric} reaches its limit`, unit: 'seconds' },
  };
}

/** Of anything that hardly varies, a tenth of its size counts as its spread. */
const spreadShareMin = 0.1;

function anomalyMeasure(rule: Extract<Rule, { kind: 'anomaly' }>, kind: ObjectKind): Measure {
  const expression = parseExpression(rule.metric, kind);
  assert(expression.kind === 'now' || expression.kind === 'rate', 'an anomaly is of one series');
  const { column } = expression;
  const value = computed(expression);
  const { days, side, least } = rule;
  const leastStep = leastStepOf(expression, kind);
  return {
    value(terms) {
      const figure = value(terms);
      const usual = terms.baseline(column, days);
      if (usual === undefined || Number.isNaN(figure)) return NaN;
      const distance = figure - usual.median;
      if (Math.abs(distance) <= least) return 0;
      if ((side === 'above' && distance < 0) || (side === 'below' && distance > 0)) return 0;
      const spread = Math.max(usual.spread, Math.abs(usual.median) * spreadShareMin, leastStep);
      return spread === 0 ? Infinity : Math.abs(distance) / spread;
    },
    judge: levelJudge({ above: rule.deviations, clear: rule.deviations / 2 }),
    reads: [{ column, seconds: Math.max(days * 86_400 + 1_800, rateSecondsDefault) }],
    ...{ watched: -1, series: `deviation(${rule.metric})`, unit: 'ratio' },
  };
}

/** What is counted moves by one at least: where it never moved at all, a step of one is no anomaly. */
function leastStepOf(expression: Extract<Expression, { kind: 'now' | 'rate' }>, kind: ObjectKind): number {
  const { unit } = seriesOf(kind)[expression.column]!;
  if (unit !== 'messages' && unit !== 'count') return 0;
  return expression.kind === 'rate' ? 1 / expression.seconds : 1;
}

function burnMeasure(rule: Extract<Rule, { kind: 'burn-rate' }>, kind: ObjectKind): Measure {
  const [bad, total] = [columnOf(kind, rule.bad), columnOf(kind, rule.total)];
  const allowed = 1 - rule.objective;
  return {
    value: (terms) =>
      burnOf(rule.windows, allowed, (seconds) => {
        const [lost, all] = [terms.rate(bad, seconds), terms.rate(total, seconds)];
        if (Number.isNaN(lost)) return NaN;
        // Nothing of nothing is no share.
        return all === 0 ? 0 : lost / all;
      }),
    judge: (value) => (Number.isNaN(value) ? outcome.unknown : value >= 1 ? outcome.fires : outcome.clears),
    reads: rule.windows.flatMap(({ long, short }) =>
      [bad, total].flatMap((column) => [long, short].map((seconds) => ({ column, seconds }))),
    ),
    ...{ watched: -1, series: `burn rate of ${rule.bad}`, unit: 'ratio' },
  };
}

function columnOf(kind: ObjectKind, name: string): number {
  return seriesOf(kind).findIndex((series) => series.name === name);
}

function faceOf(
  text: string,
  expression: Expression,
  kind: ObjectKind,
): { readonly series: string; readonly unit: MetricUnit | 'per-second' } {
  if (expression.kind === 'now' || expression.kind === 'past')
    return { series: text, unit: seriesOf(kind)[expression.column]!.unit };
  if (expression.kind === 'rate') return { series: text, unit: 'per-second' };
  if (expression.kind === 'drain') return { series: text, unit: 'seconds' };
  const isShare = expression.kind === 'pair' && ['/', 'share'].includes(expression.operator);
  return { series: text, unit: isShare ? 'ratio' : 'count' };
}

/** Different windows of one column are read each; the same ones once. */
function mergedReads(reads: readonly Read[]): readonly Read[] {
  return [...new Map(reads.map((read) => [`${read.column}/${read.seconds}`, read])).values()];
}

function expectedOf(rule: Rule, kind: ObjectKind): readonly string[] | undefined {
  if (rule.kind !== 'absence') return undefined;
  const texts = kind.labels.map((label) => rule.where[label]);
  return texts.every((text) => text !== undefined && isExact(text)) ? (texts as string[]) : undefined;
}
