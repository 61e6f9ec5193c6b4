/** Puts labels and figures into the words of a signature. Invariant: what is unknown is called so, never a number. */
import type { MetricUnit } from '../../monitor/index.js';

export type ReadingUnit = MetricUnit | 'per-second';

/** A figure as people read it. */
export function figureText(value: number, unit: ReadingUnit): string {
  if (Number.isNaN(value)) return 'unknown';
  switch (unit) {
    case 'seconds':
      return secondsText(value);
    case 'bytes':
      return bytesText(value);
    case 'ratio':
      return `${Math.round(value * 100)} %`;
    case 'boolean':
      return value > 0 ? 'yes' : 'no';
    case 'messages':
    case 'count':
    case 'per-second':
      return numberText(value);
  }
}

function numberText(value: number): string {
  const digits = Math.abs(value) < 10 && !Number.isInteger(value) ? 1 : 0;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

function secondsText(value: number): string {
  if (Math.abs(value) < 1) return `${numberText(value * 1_000)} ms`;
  if (Math.abs(value) < 120) return `${numberText(value)} s`;
  if (Math.abs(value) < 7_200) return `${Math.round(value / 60)} minutes`;
  return `${Math.round(value / 3_600)} hours`;
}

function bytesText(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [left, unit] = [value, 0];
  while (Math.abs(left) >= 1_024 && unit < units.length - 1) {
    left /= 1_024;
    unit++;
  }
  return `${numberText(left)} ${units[unit]!}`;
}

/** Replaces `{name}` by what `find` knows of it; a name that nobody knows is an error of the signature's data. */
export function fillWords(template: string, find: (name: string) => string): string {
  return template.replace(/\{([A-Za-z]+)\}/g, (_, name: string) => find(name));
}

/** The names in braces of a template. */
export function namesIn(template: string): string[] {
  return [...template.matchAll(/\{([A-Za-z]+)\}/g)].map(([, name]) => name!);
}
