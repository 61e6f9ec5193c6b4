/** Readers of option values: numbers, `name=value` pairs, amounts. A wrong one is a usage error that names it. */
import { InvalidArgumentError, Option } from 'commander';
import { parseDurationMs } from '../config/index.js';

/** A whole number from `min`. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    const to = max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`;
    throw new InvalidArgumentError(`It must be a whole number from ${min}${to}.`);
  };
}

/** Milliseconds from `5s`, `250ms`. */
export function duration(text: string): number {
  const value = parseDurationMs(text);
  if (value !== undefined) return value;
  throw new InvalidArgumentError('It must be a duration such as 250ms, 30s or 5m.');
}

/** An option for a duration that has a value where it is left out; help shows it as people write it. */
export function durationOption(flags: string, description: string, standard: string): Option {
  return new Option(flags, description).argParser(duration).default(duration(standard), standard);
}

/** A value of an argument or header: JSON where it is JSON (numbers, booleans, lists), else the text itself. */
function plainValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? text : value;
  } catch {
    return text;
  }
}

/** Collects `name=value`, given as often as one likes. `name:=text` keeps a number a text. */
export function pairs(text: string, before: Record<string, unknown> = {}): Record<string, unknown> {
  const match = /^([^=]+?)(:?)=(.*)$/s.exec(text);
  if (match === null) throw new InvalidArgumentError('It must be NAME=VALUE.');
  const [, name = '', colon, value = ''] = match;
  return { ...before, [name]: colon === ':' ? value : plainValue(value) };
}
