/**
 * Refuses exchange and binding arguments that mean nothing to the exchange's type. Called before a change is
 * decided, never when one is replayed.
 */
import { SluiceError } from '../../kernel/index.js';
import { emptyFieldTable, type FieldTable } from '../content/index.js';
import { hashProperties, type IndexType } from './binding-index.js';
import { weightOf } from './hash-source.js';
import { matchModes } from './header-match.js';

/** Throws `precondition-failed` for an exchange that could not route. */
export function checkExchangeArguments(type: IndexType, exchangeArguments: FieldTable): void {
  if (type !== 'x-consistent-hash') return;
  const header = exchangeArguments.get('hash-header');
  const property = exchangeArguments.get('hash-property');
  if (header !== undefined && property !== undefined) {
    throw refused("give 'hash-header' or 'hash-property', not both");
  }
  if (header !== undefined && typeof header !== 'string') throw refused("'hash-header' must be a string");
  if (property !== undefined && !hashProperties.some((known) => known === property)) {
    throw refused(`'hash-property' must be one of ${hashProperties.join(', ')}`);
  }
}

/** Throws `precondition-failed` for a binding that could not match. */
export function checkBinding(
  type: IndexType,
  routingKey: string,
  bindingArguments: FieldTable = emptyFieldTable,
): void {
  if (type === 'x-consistent-hash' && weightOf(routingKey) === undefined) {
    throw refused(`the routing key is the weight: a whole number from 1, not '${routingKey}'`);
  }
  if (type !== 'headers') return;
  const mode = bindingArguments.get('x-match');
  if (mode !== undefined && !matchModes.some((known) => known === mode)) {
    throw refused(`'x-match' must be one of ${matchModes.join(', ')}`);
  }
}

function refused(message: string): SluiceError {
  return new SluiceError('precondition-failed', message);
}
