/** What alerts tell people, as Prometheus's templates: the placeholders of a summary become what Prometheus knows. */
import { compileRule } from '../rules/compile.js';
import { durationText } from '../rules/durations.js';
import type { Rule } from '../rules/rule.js';
import { conditionText, type ReadingUnit } from '../wording.js';
import { computable } from './rule-query.js';

const valueOf: Readonly<Record<ReadingUnit, string>> = {
  bytes: '{{ $value | humanize1024 }}B',
  seconds: '{{ $value | humanizeDuration }}',
  ratio: '{{ $value | humanizePercentage }}',
  'per-second': '{{ $value | humanize }}/s',
  boolean: '{{ $value }}',
  messages: '{{ $value | humanize }}',
  count: '{{ $value | humanize }}',
};

/** Text that no template reads anything into. */
function literal(text: string): string {
  return text.replaceAll('{', '{{ "{" }}');
}

/** The summary of an alert. */
export function summaryTemplate(given: Rule): string {
  const rule = computable(given);
  const compiled = compileRule(rule);
  const unit = compiled?.unit ?? 'count';
  const labels = compiled?.kind.labels ?? [];
  const known = new Map<string, string>([
    ...labels.map((label) => [label, `{{ $labels.${label} }}`] as const),
    ['rule', literal(rule.name)],
    ['condition', literal(conditionText(rule, unit))],
    ['value', valueTemplate(rule, unit)],
  ]);
  const text = rule.summary ?? `{rule}: {value} (${labels.map((label) => `{${label}}`).join(' ')})`;
  return text
    .split(/(\{[a-z_]+\})/)
    .map((part) => (part.startsWith('{') ? (known.get(part.slice(1, -1)) ?? literal(part)) : literal(part)))
    .join('');
}

function valueTemplate(rule: Rule, unit: ReadingUnit): string {
  if (rule.kind === 'staleness') return durationText(rule.above);
  if (rule.kind === 'absence') return 'none';
  return valueOf[rule.kind === 'burn-rate' ? 'ratio' : unit];
}

/** What a rule tells besides. Only addresses are links; a page of the documentation is named. */
export function annotations(rule: Rule, help: string | undefined): Record<string, string> {
  const { runbook } = rule;
  return {
    summary: summaryTemplate(rule),
    ...(help === undefined ? {} : { description: literal(help) }),
    ...(runbook === undefined
      ? {}
      : { [runbook.startsWith('http') ? 'runbook_url' : 'runbook']: literal(runbook) }),
  };
}
