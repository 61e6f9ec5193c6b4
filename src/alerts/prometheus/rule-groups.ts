/**
 * Sluice's alert rules as Prometheus's groups of rules: for each rule the value that it compares is recorded, then judged.
 * Invariant: a rule that PromQL cannot say is left out with the reason. Within the band between firing and clearing an
 * alert that fires goes on, which Prometheus knows from its own series `ALERTS`.
 */
import type { Rule } from '../rules/rule.js';
import { queueKind } from '../../monitor/index.js';
import { drainRateRecord, NotForPrometheus, promDuration, PromWriter } from './promql.js';
import { ruleQuery, type LevelQuery } from './rule-query.js';
import { annotations } from './templates.js';

/** A rule with what it tells people. */
export interface ExportedRule {
  readonly rule: Rule;
  readonly help?: string | undefined;
}

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (RecordingRule | AlertingRule)[];
}

export interface RuleGroups {
  readonly groups: readonly RuleGroup[];
  /** The rules that are said. */
  readonly said: readonly ExportedRule[];
  readonly leftOut: readonly { readonly rule: string; readonly reason: string }[];
}

export interface GroupOptions {
  /** Instead of each rule's own `for` and `clearFor`: to try an installation. */
  readonly forSeconds?: number | undefined;
}

/** The groups: one for each kind of object. Rules that are turned off are not told of. */
export function ruleGroups(rules: readonly ExportedRule[], options: GroupOptions = {}): RuleGroups {
  const byKind = new Map<string, (RecordingRule | AlertingRule)[]>();
  const said: ExportedRule[] = [];
  const leftOut: { rule: string; reason: string }[] = [];
  for (const each of rules.filter(({ rule }) => rule.enabled)) {
    try {
      const made = rulesOf(each, options);
      const { of } = each.rule;
      byKind.set(of, [...(byKind.get(of) ?? []), ...made]);
      said.push(each);
    } catch (thrown) {
      if (!(thrown instanceof NotForPrometheus)) throw thrown;
      leftOut.push({ rule: each.rule.name, reason: thrown.message });
    }
  }
  const groups = [...byKind].map(([kind, own]) => ({
    name: `sluice-${kind.replaceAll('_', '-')}`,
    rules: [...sharedRecords(own), ...own],
  }));
  return { groups, said, leftOut };
}

/** Records that the rules of a group rest on. */
function sharedRecords(rules: RuleGroup['rules']): RuleGroup['rules'] {
  if (!rules.some(({ expr }) => expr.includes(drainRateRecord))) return [];
  return [
    { record: drainRateRecord, expr: new PromWriter(queueKind, { where: {}, except: {} }).drainRate() },
  ];
}

/** `backlog-growing` as `SluiceBacklogGrowing`. */
export function alertName(rule: string): string {
  return `Sluice${rule
    .split('-')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('')}`;
}

/** Labels of the alert that the rule gives. */
export function alertLabels({ labels, severity, name }: Rule): Record<string, string> {
  const own = Object.entries(labels).filter(([label]) => !label.startsWith('__') && label !== 'alertname');
  return { ...Object.fromEntries(own), severity, rule: name };
}

function rulesOf({ rule, help }: ExportedRule, options: GroupOptions): (RecordingRule | AlertingRule)[] {
  const { main, guards, forSeconds } = ruleQuery(rule);
  const record = `sluice:${rule.name.replaceAll('-', '_')}`;
  const isRecorded = main.kind === 'level' && main.value.includes('(');
  const head =
    main.kind === 'condition'
      ? parenthesized(main.condition)
      : judged({ ...main, value: isRecorded ? record : main.value }, rule);
  const alert: AlertingRule = {
    alert: alertName(rule.name),
    expr: [head, ...guards.map(parenthesized)].join('\nand '),
    ...duration('for', options.forSeconds ?? forSeconds),
    ...duration('keep_firing_for', options.forSeconds ?? rule.clearFor),
    labels: alertLabels(rule),
    annotations: annotations(rule, help),
  };
  return isRecorded ? [{ record, expr: main.value }, alert] : [alert];
}

function judged({ value, sign, level, clear }: LevelQuery, rule: Rule): string {
  const fires = `${value} ${sign} ${level}`;
  if (clear === undefined) return parenthesized(fires);
  const added = ['alertname', 'alertstate', ...Object.keys(alertLabels(rule))].join(', ');
  const firing = `ALERTS{alertname="${alertName(rule.name)}",alertstate="firing"}`;
  return `(${fires} or ${value} ${sign} ${clear} and ignoring(${added}) ${firing})`;
}

function parenthesized(text: string): string {
  return `(${text})`;
}

function duration(name: string, seconds: number): Record<string, string> {
  return seconds > 0 ? { [name]: promDuration(seconds) } : {};
}
