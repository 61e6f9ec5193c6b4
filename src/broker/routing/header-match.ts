/**
 * What the arguments of a binding to a headers exchange ask of a message (AMQP 0-9-1, section 3.1.3.4, with
 * RabbitMQ's `x-match` values). A void value asks only that the header be there.
 */
import { decodeText, valuesEquivalent, type FieldTable, type FieldValue } from '../content/index.js';
import type { HeaderLookup } from './binding-index.js';

/** The values of `x-match`. Without `-with-x`, arguments whose names begin with `x-` are not compared. */
export const matchModes = ['all', 'any', 'all-with-x', 'any-with-x'] as const;

/** One header asked for; `null` for its presence alone. */
export interface Criterion {
  readonly name: string;
  readonly value: FieldValue;
}

export interface HeaderMatch {
  /** Whether every criterion must hold, or one. */
  readonly needsAll: boolean;
  readonly criteria: readonly Criterion[];
}

/** Reads binding arguments. An `x-match` that is missing or means nothing counts as `all`, as in RabbitMQ. */
export function headerMatchOf(bindingArguments: FieldTable): HeaderMatch {
  const given = bindingArguments.get('x-match');
  const mode = matchModes.find((known) => known === given) ?? 'all';
  const criteria: Criterion[] = [];
  for (const [name, value] of bindingArguments) {
    const isCompared = name !== 'x-match' && (mode.endsWith('-with-x') || !name.startsWith('x-'));
    if (isCompared) criteria.push({ name, value });
  }
  return { needsAll: mode.startsWith('all'), criteria };
}

/** Whether a message meets a match. Of no criteria, all hold and not one does. */
export function matchesHeaders(match: HeaderMatch, headers: HeaderLookup): boolean {
  const { needsAll, criteria } = match;
  for (let at = 0; at < criteria.length; at++) {
    if (meets(criteria[at]!, headers) !== needsAll) return !needsAll;
  }
  return needsAll;
}

function meets({ name, value }: Criterion, headers: HeaderLookup): boolean {
  const header = headers.get(name);
  if (header === undefined) return false;
  return value === null || valuesEquivalent(comparable(value), comparable(header));
}

/** Text and bytes are one kind here, as in RabbitMQ: clients differ in which they send. */
export function comparable(value: FieldValue): FieldValue {
  return Buffer.isBuffer(value) ? decodeText(value, 0, value.length) : value;
}
