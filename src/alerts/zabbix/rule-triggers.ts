/**
 * Sluice's alert rules as triggers of the Zabbix template, so that both judge alike. Invariant: a rule that Zabbix cannot
 * say is left out with the reason, never said otherwise.
 */
import type { ObjectKind } from '../../monitor/index.js';
import { catalogue, seriesOf } from '../../monitor/index.js';
import {
  itemKinds,
  type Threshold,
  type TriggerPlan,
  type ZabbixSeverity,
} from '../../monitor/zabbix/index.js';
import { parseExpression } from '../rules/expression.js';
import type { Rule } from '../rules/rule.js';
import type { Severity } from '../types.js';
import { condition, NotForZabbix } from './condition.js';

/** A rule with what it tells people. */
export interface ExplainedRule {
  readonly rule: Rule;
  readonly help?: string | undefined;
}

export interface RuleTriggers {
  readonly triggers: readonly TriggerPlan[];
  readonly leftOut: readonly { readonly rule: string; readonly reason: string }[];
}

const severities: Readonly<Record<Severity, ZabbixSeverity>> = {
  info: 'INFO',
  warning: 'WARNING',
  critical: 'HIGH',
};

/** Rules that are turned off are not told of. */
export function ruleTriggers(rules: readonly ExplainedRule[]): RuleTriggers {
  const triggers: TriggerPlan[] = [];
  const leftOut: { rule: string; reason: string }[] = [];
  for (const each of rules.filter(({ rule }) => rule.enabled)) {
    try {
      triggers.push(triggerOf(each));
    } catch (thrown) {
      if (!(thrown instanceof NotForZabbix)) throw thrown;
      leftOut.push({ rule: each.rule.name, reason: thrown.message });
    }
  }
  return { triggers, leftOut };
}

interface Judged {
  readonly expression: string;
  readonly recovery?: string;
  readonly thresholds: readonly Threshold[];
}

function triggerOf({ rule, help }: ExplainedRule): TriggerPlan {
  const kind = catalogue.find(({ name }) => name === rule.of);
  if (kind === undefined || !itemKinds.some((each) => each.kind === kind))
    throw new NotForZabbix(`Zabbix has no items of a ${rule.of}`);
  if (Object.keys(rule.where).length > 0) throw new NotForZabbix('it is about some objects only');
  return {
    ...{ kind: kind.name, id: rule.name, name: rule.name.replaceAll('-', ' ') },
    severity: severities[rule.severity],
    ...judged(rule, kind),
    description: help ?? `Rule ${rule.name} of Sluice's configuration.`,
  };
}

function judged(rule: Rule, kind: ObjectKind): Judged {
  switch (rule.kind) {
    case 'threshold':
      return thresholdJudged(rule, kind);
    case 'forecast':
      return { ...forecastJudged(rule, kind), thresholds: [] };
    case 'burn-rate':
      return { expression: burning(rule), thresholds: [] };
    case 'staleness':
      return { expression: stale(rule, kind), thresholds: [] };
    case 'change':
    case 'anomaly':
    case 'absence':
    case 'signal':
      throw new NotForZabbix(`Zabbix has nothing like the kind ${rule.kind}`);
  }
}

function thresholdJudged(rule: Rule & { readonly kind: 'threshold' }, kind: ObjectKind): Judged {
  const metric = parseExpression(rule.metric, kind);
  const isAbove = rule.above !== undefined;
  const macro = `SLUICE.${rule.name.toUpperCase().replaceAll('-', '_')}`;
  const of = (name: string, value: number | undefined, description: string): Threshold => ({
    macro: name,
    value: String(value),
    description: `Rule ${rule.name}: ${description} this level.`,
  });
  const fires = of(macro, rule.above ?? rule.below, `fires ${isAbove ? 'above' : 'below'}`);
  const guards = guardsOf(rule, kind, rule.for);
  const holds = condition(kind, metric, isAbove ? '>' : '<', `<$${macro}>`, rule.for);
  const expression = [holds, ...guards].join(' and ');
  if (rule.clear === undefined) return { expression, thresholds: [fires] };
  const clears = of(`${macro}.CLEAR`, rule.clear, `is over ${isAbove ? 'below' : 'above'}`);
  // What was a share of something is over when there is nothing at all.
  const isOver = condition(kind, metric, isAbove ? '<=' : '>=', `<$${clears.macro}>`, rule.clearFor);
  const recovery = [isOver, ...guards.map((guard) => `not (${guard})`)].join(' or ');
  return { expression, recovery, thresholds: [fires, clears] };
}

function guardsOf(rule: Rule, kind: ObjectKind, seconds: number): readonly string[] {
  return rule.while.map(({ metric, above, below }) =>
    condition(
      kind,
      parseExpression(metric, kind),
      above === undefined ? '<' : '>',
      String(above ?? below),
      seconds,
    ),
  );
}

/** A line through half a window is not believed: it would forecast from a minute's noise. */
function forecastJudged(
  rule: Rule & { readonly kind: 'forecast' },
  kind: ObjectKind,
): { expression: string } {
  const { metric, over, within, above, below } = rule;
  const line = `timeleft(<${metric}>,${over}s,${above ?? below ?? 0})<${within}`;
  const isKnown = `count(<${metric}>,300s:now-${Math.floor(over / 2)}s)>0`;
  return { expression: [isKnown, line, ...guardsOf(rule, kind, rule.for)].join(' and ') };
}

function burning({ bad, total, objective, windows }: Rule & { readonly kind: 'burn-rate' }): string {
  const pairs = windows.map(({ factor, long, short }) => {
    const share = Number((factor * (1 - objective)).toPrecision(6));
    const burns = (seconds: number): string =>
      `avg(<${bad}>,${seconds}s)>${share}*avg(<${total}>,${seconds}s)`;
    return `(${burns(long)} and ${burns(short)})`;
  });
  return pairs.join(' or ');
}

const staleSecondsMin = 180;

/** Without a series, the first that is no counter: whatever is known has it. */
function stale(rule: Rule & { readonly kind: 'staleness' }, kind: ObjectKind): string {
  const series = rule.metric ?? seriesOf(kind).find((each) => each.kind === 'gauge')?.name;
  if (series === undefined) throw new NotForZabbix(`a ${kind.name} has only counters`);
  return `nodata(<${series}>,${Math.max(rule.above, staleSecondsMin)}s)=1`;
}
