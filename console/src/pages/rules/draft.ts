/**
 * A rule while somebody writes it: every field as text, and back. Invariant: what was not touched says the same as
 * before; what is empty is left out, so that the server's own default stands.
 */
import type { Rule } from './answers.ts';

export type FieldShape = 'text' | 'number' | 'duration' | 'choice' | 'labels' | 'flag' | 'structure';

export interface Field {
  readonly name: string;
  readonly shape: FieldShape;
  readonly choices?: readonly string[];
  readonly isNeeded?: boolean;
}

export type Draft = Readonly<Record<string, string>>;

export const ruleKinds = [
  'threshold',
  'change',
  'forecast',
  'anomaly',
  'absence',
  'burn-rate',
  'staleness',
  'signal',
] as const;

const above: Field = { name: 'above', shape: 'number' };
const below: Field = { name: 'below', shape: 'number' };
const clear: Field = { name: 'clear', shape: 'number' };
const metric: Field = { name: 'metric', shape: 'text', isNeeded: true };
const anyMetric: Field = { name: 'metric', shape: 'text' };
const over: Field = { name: 'over', shape: 'duration' };

const ofKind: Readonly<Partial<Record<string, readonly Field[]>>> = {
  threshold: [metric, above, below, clear],
  change: [metric, over, { name: 'relative', shape: 'flag' }, above, below, clear],
  forecast: [metric, over, above, below, { name: 'within', shape: 'duration', isNeeded: true }],
  anomaly: [
    metric,
    { name: 'days', shape: 'number' },
    { name: 'deviations', shape: 'number' },
    { name: 'side', shape: 'choice', choices: ['both', 'above', 'below'] },
    { name: 'least', shape: 'number' },
  ],
  absence: [anyMetric],
  'burn-rate': [
    { name: 'bad', shape: 'text', isNeeded: true },
    { name: 'total', shape: 'text', isNeeded: true },
    { name: 'objective', shape: 'number', isNeeded: true },
    { name: 'windows', shape: 'structure' },
  ],
  staleness: [anyMetric, { name: 'above', shape: 'duration' }],
  signal: [],
};

const before: readonly Field[] = [
  { name: 'of', shape: 'text' },
  { name: 'where', shape: 'labels' },
  { name: 'except', shape: 'labels' },
];

const after: readonly Field[] = [
  { name: 'for', shape: 'duration' },
  { name: 'clearFor', shape: 'duration' },
  { name: 'while', shape: 'structure' },
  { name: 'severity', shape: 'choice', choices: ['info', 'warning', 'critical'] },
  { name: 'labels', shape: 'labels' },
  { name: 'summary', shape: 'text' },
  { name: 'runbook', shape: 'text' },
  { name: 'remedy', shape: 'structure' },
  { name: 'enabled', shape: 'flag' },
];

/** The fields of a kind of rule, but for its name and kind, in the order of the form. */
export function fieldsOf(kind: string): readonly Field[] {
  return [...before, ...(ofKind[kind] ?? []), ...after];
}

/** As short as it can be said: `5m`, `90s`. */
export function durationText(seconds: number): string {
  for (const [unit, length] of [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
  ] as const)
    if (seconds >= length && seconds % length === 0) return `${seconds / length}${unit}`;
  return `${seconds}s`;
}

/** The text of a rule's fields. */
export function draftOf(rule: Rule): Draft {
  const entries = fieldsOf(rule.kind).map(({ name, shape }) => [name, textOf(rule[name], shape)] as const);
  return { name: rule.name, kind: rule.kind, ...Object.fromEntries(entries) };
}

function textOf(value: unknown, shape: FieldShape): string {
  if (value === undefined) return '';
  switch (shape) {
    case 'duration':
      return typeof value === 'number' ? durationText(value) : plain(value);
    case 'labels':
      return Object.entries(value as Record<string, string>)
        .map(([label, text]) => `${label}=${text}`)
        .join('\n');
    case 'structure': {
      const isEmpty = Array.isArray(value) && value.length === 0;
      return isEmpty ? '' : JSON.stringify(value, undefined, 1);
    }
    case 'text':
    case 'number':
    case 'choice':
    case 'flag':
      return plain(value);
  }
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export interface Read {
  /** As the API takes it, without its name. */
  readonly rule: Readonly<Record<string, unknown>>;
  /** By field: why the text could not be read. */
  readonly problems: Readonly<Record<string, Problem>>;
}

export type Problem = 'noNumber' | 'noLabels' | 'noJson';

/** The rule that a draft says. What cannot be read is left out of it, and told. */
export function ruleOf(draft: Draft): Read {
  const kind = draft['kind'] ?? 'threshold';
  const rule: Record<string, unknown> = { kind };
  const problems: Record<string, Problem> = {};
  for (const { name, shape } of fieldsOf(kind)) {
    const text = (draft[name] ?? '').trim();
    if (text === '') continue;
    const read = valueOf(text, shape);
    if ('problem' in read) problems[name] = read.problem;
    else rule[name] = read.value;
  }
  return { rule, problems };
}

function valueOf(
  text: string,
  shape: FieldShape,
): { readonly value: unknown } | { readonly problem: Problem } {
  switch (shape) {
    case 'number': {
      const value = Number(text);
      return Number.isFinite(value) ? { value } : { problem: 'noNumber' };
    }
    case 'flag':
      return { value: text === 'true' };
    case 'labels':
      return labelsOf(text);
    case 'structure':
      try {
        return { value: JSON.parse(text) as unknown };
      } catch {
        return { problem: 'noJson' };
      }
    case 'text':
    case 'choice':
    case 'duration':
      return { value: text };
  }
}

function labelsOf(text: string): { readonly value: unknown } | { readonly problem: Problem } {
  const pairs: [string, string][] = [];
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const at = line.indexOf('=');
    if (at < 1 || line.slice(at + 1) === '') return { problem: 'noLabels' };
    pairs.push([line.slice(0, at).trim(), line.slice(at + 1)]);
  }
  return { value: Object.fromEntries(pairs) };
}

/** What the server says is wrong, by the field that it names; the rest under the empty name. */
export function problemsByField(problems: readonly string[], kind: string): ReadonlyMap<string, string> {
  const names = new Set(['name', 'kind', ...fieldsOf(kind).map(({ name }) => name)]);
  const found = new Map<string, string>();
  for (const problem of problems) {
    const [, field = '', text = problem] = /^([a-zA-Z]+)(?:\.[\w.-]+)?: (.*)$/s.exec(problem) ?? [];
    const place = names.has(field) ? field : '';
    const told = place === '' ? problem : text;
    found.set(place, found.has(place) ? `${found.get(place)!}; ${told}` : told);
  }
  return found;
}
