/**
 * Cases for `promtool test rules`: objects with which a rule fires, and objects with which it does not, each named by what
 * it is a case of. Their figures are found by asking Sluice's own judge, so that a case fails where Prometheus would judge
 * otherwise. Invariant: the same rules give the same cases.
 */
import { seriesOf } from '../../monitor/index.js';
import { compileRule, judgeRule, type CompiledRule } from '../rules/compile.js';
import { outcome, type Outcome } from '../rules/progress.js';
import type { Rule } from '../rules/rule.js';
import { isExact } from '../rules/selector.js';
import { findMotions } from './motion-search.js';
import { promDuration } from './promql.js';
import { alertLabels, alertName, type ExportedRule, type GroupOptions } from './rule-groups.js';
import { computable, ruleQuery } from './rule-query.js';
import { inputSeries, type InputSeries, type Motions, type SteadyTerms } from './steady-terms.js';

/** One test of `promtool test rules`. */
export interface RuleCase {
  readonly name: string;
  readonly interval: string;
  readonly input_series: readonly InputSeries[];
  readonly promql_expr_test: readonly {
    readonly expr: string;
    readonly eval_time: string;
    readonly exp_samples: readonly { readonly labels: string; readonly value: number }[];
  }[];
}

export interface RuleCases {
  readonly cases: readonly RuleCase[];
  /** Rules for which no figures were found that fire, and some that do not. */
  readonly untested: readonly string[];
}

/** An object, and whether the rule is to fire for it. */
interface Subject {
  /** `fires`, `does-not-fire`, `goes-on-within-band`, `without-while-1`. */
  readonly name: string;
  readonly isFiring: boolean;
  readonly series: (labels: readonly string[], samples: number) => readonly InputSeries[];
}

const stepSeconds = 15;
/** After everything has been long enough. */
const marginSeconds = 120;

/** The cases of rules that are said, found rule by rule: what is yielded between is a moment to let others run. */
export function* findRuleCases(
  rules: readonly ExportedRule[],
  options: GroupOptions = {},
): Generator<undefined, RuleCases, undefined> {
  const cases: RuleCase[] = [];
  const untested: string[] = [];
  for (const { rule } of rules) {
    const own = casesOf(rule, options);
    cases.push(...own);
    if (!holds(own)) untested.push(rule.name);
    yield undefined;
  }
  return { cases, untested };
}

/** Whether there is a case on both sides. */
function holds(cases: readonly RuleCase[]): boolean {
  return (
    cases.some(({ name }) => name.includes('fires')) && cases.some(({ name }) => name.includes('does-not'))
  );
}

/** One test for all subjects where a label is free to name them, else one for each. */
function casesOf(given: Rule, options: GroupOptions): readonly RuleCase[] {
  const rule = computable(given);
  const compiled = compileRule(rule);
  if (compiled === undefined) return [];
  const forSeconds = options.forSeconds ?? ruleQuery(rule).forSeconds;
  const subjects = subjectsOf(rule, compiled);
  const free = compiled.kind.labels.findLast((label) => rule.where[label] === undefined);
  const together =
    free === undefined || rule.kind === 'absence' ? subjects.map((each) => [each]) : [subjects];
  return together.flatMap((own) => caseOf(compiled, own, free, forSeconds) ?? []);
}

function subjectsOf(rule: Rule, compiled: CompiledRule): readonly Subject[] {
  if (rule.kind === 'absence')
    return [watched(compiled, 'fires', true, '_'), watched(compiled, 'does-not-fire', false, '1')];
  if (rule.kind === 'staleness')
    return [
      watched(compiled, 'fires', true, '1', 'stale _'),
      watched(compiled, 'does-not-fire', false, '1', '1'),
    ];
  return judgedSubjects(rule, compiled);
}

/** Of a rule that looks whether a series is there: its values in the first half, and in the second. */
function watched(
  compiled: CompiledRule,
  name: string,
  isFiring: boolean,
  first: string,
  second = first,
): Subject {
  const { kind } = compiled;
  const named = seriesOf(kind)[compiled.watched]?.name;
  const metric = named ?? (kind.metrics.find((each) => each.kind === 'gauge') ?? kind.metrics[0]!).name;
  return {
    ...{ name, isFiring },
    series: (labels, samples) => {
      const pairs = kind.labels.map((label, place) => `${label}=${JSON.stringify(labels[place])}`);
      return [
        { series: `${metric}{${pairs.join(',')}}`, values: `${first}x${samples} ${second}x${samples}` },
      ];
    },
  };
}

function judgedSubjects(rule: Rule, compiled: CompiledRule): readonly Subject[] {
  const fires = found(compiled, outcome.fires);
  const clears = found(compiled, outcome.clears);
  // What follows a series through time is in its band on the way, and again after a step.
  const between = rule.kind === 'threshold' ? found(compiled, outcome.between) : undefined;
  const subject = (name: string, isFiring: boolean, first?: Motions, second = first): readonly Subject[] =>
    first === undefined || second === undefined ? [] : [moving(compiled, name, isFiring, first, second)];
  return [
    ...subject('fires', true, fires),
    ...subject('does-not-fire', false, clears),
    ...rule.while.flatMap((_, place) =>
      subject(`does-not-fire-without-while-${place + 1}`, false, withoutGuard(compiled, place)),
    ),
    ...subject('does-not-begin-within-band', false, between),
    ...subject('goes-on-within-band', true, between === undefined ? undefined : fires, between),
  ];
}

function moving(
  { kind }: CompiledRule,
  name: string,
  isFiring: boolean,
  first: Motions,
  second: Motions,
): Subject {
  return {
    ...{ name, isFiring },
    series: (labels, samples) => {
      const phases =
        first === second
          ? [{ motions: first, samples: 2 * samples + 1 }]
          : [first, second].map((motions) => ({ motions, samples }));
      return inputSeries(kind, labels, phases, stepSeconds);
    },
  };
}

/** Figures with which the rule says `wanted`, and all its second conditions hold. */
function found(compiled: CompiledRule, wanted: Outcome): Motions | undefined {
  return findMotions(
    compiled,
    (terms: SteadyTerms) =>
      judgeRule(compiled, terms).seen === wanted &&
      compiled.guards.every((guard) => guard.holds(guard.value(terms))),
  );
}

/** Figures that fire, while one second condition alone does not hold. */
function withoutGuard(compiled: CompiledRule, place: number): Motions | undefined {
  return findMotions(compiled, (terms) => {
    const { guards, value, judge } = compiled;
    const isAsWanted = guards.every((guard, at) => guard.holds(guard.value(terms)) === (at !== place));
    return isAsWanted && judge(value(terms)) === outcome.fires;
  });
}

/** Undefined: the labels that the rule is about cannot be told from its patterns. */
function caseOf(
  compiled: CompiledRule,
  subjects: readonly Subject[],
  free: string | undefined,
  forSeconds: number,
): RuleCase | undefined {
  const { rule, reads } = compiled;
  const named = subjects.map((subject) => ({ ...subject, labels: labelsOf(compiled, free, subject.name) }));
  if (named.length === 0 || !named.every(({ labels }) => compiled.matches(labels))) return undefined;
  const longest = reads.reduce((most, { seconds }) => Math.max(most, seconds), 300);
  const samples = Math.ceil((longest + forSeconds + marginSeconds) / stepSeconds);
  const alertname = alertName(rule.name);
  const firing = named.filter(({ isFiring }) => isFiring).map(({ labels }) => alertOf(compiled, labels));
  const by = Object.keys(alertOf(compiled, named[0]!.labels)).join(', ');
  return {
    name: `${rule.name}: ${subjects.map(({ name }) => name).join(', ')}`,
    interval: promDuration(stepSeconds),
    input_series: named.flatMap(({ labels, series }) => series(labels, samples)),
    promql_expr_test: [
      {
        expr: `max by (${by}) (ALERTS{alertname="${alertname}",alertstate="firing"})`,
        eval_time: promDuration((2 * samples + 1) * stepSeconds),
        exp_samples: firing.map((labels) => ({ labels: labelText(labels), value: 1 })),
      },
    ],
  };
}

function labelsOf({ kind, rule }: CompiledRule, free: string | undefined, name: string): readonly string[] {
  return kind.labels.map((label) => {
    const source = rule.where[label];
    if (label === free) return name;
    if (source === undefined) return label === 'vhost' ? '/' : `a-${label.replaceAll('_', '-')}`;
    return isExact(source) ? source : source.replaceAll(/[*?]/g, 'x');
  });
}

/** The labels of a firing alert. An absence has none of the object, but for those that the rule names. */
function alertOf({ kind, rule }: CompiledRule, labels: readonly string[]): Record<string, string> {
  const isNamed = (label: string): boolean => rule.kind !== 'absence' || isExact(rule.where[label] ?? '*');
  const own = kind.labels
    .map((label, place) => [label, labels[place]!] as const)
    .filter(([label]) => isNamed(label));
  return {
    ...Object.fromEntries(own),
    ...alertLabels(rule),
    ...{ alertname: alertName(rule.name), alertstate: 'firing' },
  };
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(', ')}}`;
}
