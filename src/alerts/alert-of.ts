/** Alerts out of what rules found. Pure: the same rule and object always give the same identity. */
import { createHash } from 'node:crypto';
import type { RuleChange, RuleStanding } from './rules/evaluator.js';
import type { Rule } from './rules/rule.js';
import type { Alert, Reading, Subject } from './types.js';
import { conditionText, figureText, summaryText, type ReadingUnit } from './wording.js';

/** What an alert is made of. */
export interface AlertParts {
  readonly rule: Rule;
  readonly subject: Subject;
  readonly series: string;
  readonly unit: ReadingUnit;
  /** NaN: unknown. */
  readonly value: number;
  readonly second: number;
  readonly sinceSecond: number;
  readonly state: Alert['state'];
}

/** The identity of an alert. */
export function alertId(rule: string, { kind, labels }: Subject): string {
  const text = [rule, kind, ...Object.entries(labels).flat()].join('\u0000');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

export function alertOf(parts: AlertParts): Alert {
  const { rule, subject, unit, value, sinceSecond, state } = parts;
  const condition = conditionText(rule, unit);
  return {
    id: alertId(rule.name, subject),
    rule: rule.name,
    severity: rule.severity,
    subject,
    labels: rule.labels,
    state,
    reading: readingOf(parts),
    condition,
    summary: summaryText(rule, subject.labels, figureText(value, unit), condition),
    ...(rule.runbook === undefined ? {} : { runbook: rule.runbook }),
    sinceMs: sinceSecond * 1_000,
  };
}

export function readingOf({ subject, series, unit, value, second }: AlertParts): Reading {
  // JSON has no infinity: what never ends has no figure.
  return { series, subject, value: Number.isFinite(value) ? value : undefined, unit, atMs: second * 1_000 };
}

/** The subject that values of a kind's labels tell. */
export function subjectOf(kind: string, names: readonly string[], values: readonly string[]): Subject {
  return { kind, labels: Object.fromEntries(names.map((name, at) => [name, values[at] ?? ''])) };
}

/** What an evaluation changed, as parts of an alert. */
export function partsOf(change: RuleChange, state: Alert['state']): AlertParts {
  const { compiled, labels, value, second, sinceSecond } = change;
  return {
    ...{
      rule: compiled.rule,
      series: compiled.series,
      unit: compiled.unit,
      value,
      second,
      sinceSecond,
      state,
    },
    subject: subjectOf(compiled.kind.name, compiled.kind.labels, labels),
  };
}

/** An alert whose condition holds, though not for long enough. */
export function pendingAlert({ compiled, labels, progress, value }: RuleStanding): Alert {
  return alertOf({
    ...{ rule: compiled.rule, series: compiled.series, unit: compiled.unit, value, state: 'pending' },
    subject: subjectOf(compiled.kind.name, compiled.kind.labels, labels),
    second: progress.knownSecond,
    sinceSecond: progress.sinceSecond,
  });
}

/** How an alert ended: the figure that says so, and in words. */
export function endingOf(change: RuleChange): {
  readonly id: string;
  /** Undefined: no figure says so; the object is gone. */
  readonly reading: Reading | undefined;
  readonly why: string;
} {
  const parts = partsOf(change, 'resolved');
  const { rule, subject, series, unit, value } = parts;
  const id = alertId(rule.name, subject);
  if (change.isGone) return { id, reading: undefined, why: `the ${subject.kind} is gone` };
  // A condition that has to hold as well does not.
  if (Number.isNaN(value)) return { id, reading: undefined, why: `${guardText(rule)} no longer` };
  return { id, reading: readingOf(parts), why: `${series} is ${figureText(value, unit)}` };
}

function guardText({ while: guards }: Rule): string {
  return guards
    .map(({ metric, above, below }) => `${metric} ${above === undefined ? '<' : '>'} ${above ?? below ?? 0}`)
    .join(' and ');
}
