/** Figures and conditions in words: `1.2 GiB`, `3 min 20 s`, `more than 10,000 for 5m`. Pure. */
import type { MetricUnit } from '../monitor/index.js';
import { durationText } from './rules/durations.js';
import type { Rule } from './rules/rule.js';

export type ReadingUnit = MetricUnit | 'per-second';

/** A figure as people read it. */
export function figureText(value: number | undefined, unit: ReadingUnit): string {
  if (value === undefined || Number.isNaN(value)) return 'unknown';
  if (value === Infinity) return unit === 'seconds' ? 'for ever' : 'no end';
  switch (unit) {
    case 'bytes':
      return bytesText(value);
    case 'seconds':
      return secondsText(value);
    case 'ratio':
      return value > 10 ? `${plain(value)} times` : `${plain(value * 100)} %`;
    case 'per-second':
      return `${plain(value)}/s`;
    case 'boolean':
      return value > 0 ? 'yes' : 'no';
    case 'messages':
    case 'count':
      return plain(value);
  }
}

function plain(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 3;
  return Number(value.toFixed(digits)).toLocaleString('en-US');
}

function bytesText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [value, step] = [bytes, 0];
  while (Math.abs(value) >= 1_024 && step < units.length - 1) {
    value /= 1_024;
    step++;
  }
  return `${plain(value)} ${units[step]!}`;
}

function secondsText(seconds: number): string {
  if (seconds < 1) return `${plain(seconds * 1_000)} ms`;
  if (seconds < 60) return `${plain(seconds)} s`;
  const whole = Math.round(seconds);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3_600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ');
}

/** The condition of a rule in words. */
export function conditionText(rule: Rule, unit: ReadingUnit): string {
  const lasting = rule.for === 0 ? '' : ` for ${durationText(rule.for)}`;
  return `${coreText(rule, unit)}${lasting}`;
}

function coreText(rule: Rule, unit: ReadingUnit): string {
  switch (rule.kind) {
    case 'threshold':
      return `${rule.metric} ${levelText(rule, unit)}`;
    case 'change':
      return `change of ${rule.metric} over ${durationText(rule.over)} ${levelText(rule, unit)}`;
    case 'forecast':
      return `${rule.metric} ${levelText(rule, 'count')} within ${durationText(rule.within)}`;
    case 'anomaly':
      return `${rule.metric} over ${rule.deviations} deviations from what is usual at this time of day`;
    case 'absence':
      return `${rule.metric ?? rule.of} absent`;
    case 'burn-rate':
      return `${rule.bad} burns the error budget of ${plain(rule.objective * 100)} % too fast`;
    case 'staleness':
      return `${rule.metric ?? rule.of} not measured for ${durationText(rule.above)}`;
    case 'signal':
      return 'told by the program';
  }
}

function levelText(
  { above, below }: { readonly above?: number | undefined; readonly below?: number | undefined },
  unit: ReadingUnit,
): string {
  if (unit === 'boolean') return above === undefined ? 'not set' : 'set';
  return above === undefined
    ? `less than ${figureText(below, unit)}`
    : `more than ${figureText(above, unit)}`;
}

/** A rule's summary with its placeholders filled in. What is put in is never looked at again. */
export function summaryText(
  rule: Rule,
  labels: Readonly<Record<string, string>>,
  value: string,
  condition: string,
): string {
  const template = rule.summary ?? `{rule}: {value} (${Object.values(labels).join(' ')})`;
  const known: Readonly<Record<string, string>> = { rule: rule.name, value, condition };
  return template.replace(/\{([a-z_]+)\}/g, (whole, name: string) =>
    Object.hasOwn(labels, name) ? labels[name]! : Object.hasOwn(known, name) ? known[name]! : whole,
  );
}
