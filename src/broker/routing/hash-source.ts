/** What an `x-consistent-hash` exchange hashes, and the weights of its bindings, as RabbitMQ's plugin reads them. */
import type { FieldTable } from '../content/index.js';
import { hashProperties, type HashProperty } from './binding-index.js';

/** Where the hashed value comes from. */
export type HashSource =
  | { readonly kind: 'routing-key' }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'property'; readonly name: HashProperty };

/** Reads the arguments of an exchange; what `checkExchangeArguments` would refuse counts as absent. */
export function hashSourceOf(exchangeArguments: FieldTable): HashSource {
  const header = exchangeArguments.get('hash-header');
  if (typeof header === 'string') return { kind: 'header', name: header };
  const name = hashProperties.find((known) => known === exchangeArguments.get('hash-property'));
  return name === undefined ? { kind: 'routing-key' } : { kind: 'property', name };
}

/** The weight a routing key names: a whole number from 1; `undefined` for any other text. */
export function weightOf(routingKey: string): number | undefined {
  if (!/^\+?\d{1,15}$/.test(routingKey)) return undefined;
  const weight = Number(routingKey);
  return weight >= 1 ? weight : undefined;
}
