/**
 * Exchanges and bindings as RabbitMQ shows them. A binding is named by its properties key: the routing key, and a hash
 * of the arguments where it has any. Invariant: the key of a binding is the same as long as the binding stands.
 */
import { createHash } from 'node:crypto';
import type { BindingRow, ExchangeRow } from '../../operations/index.js';
import type { Item } from './columns.js';

/** In a path no part can be empty: RabbitMQ's name for the default exchange. */
export const exchangeNamed = (name: string): string => (name === 'amq.default' ? '' : name);

/** JSON with the names of every object in order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
}

/** RabbitMQ leaves these as they are, and escapes everything else. */
function escaped(routingKey: string): string {
  return encodeURIComponent(routingKey).replace(
    /[!'()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Names a binding between two that are given. */
export function propertiesKey({
  routingKey,
  arguments: table,
}: Pick<BindingRow, 'routingKey' | 'arguments'>): string {
  if (Object.keys(table).length === 0) return routingKey === '' ? '~' : escaped(routingKey);
  const hash = createHash('sha256').update(canonical(table)).digest().subarray(0, 4);
  return `${escaped(routingKey)}~${hash.toString('base64url')}`;
}

/** A binding. */
export function bindingItem(binding: BindingRow): Item {
  return {
    source: binding.source,
    vhost: binding.vhost,
    destination: binding.destination,
    destination_type: binding.destinationKind,
    routing_key: binding.routingKey,
    arguments: binding.arguments,
    properties_key: propertiesKey(binding),
  };
}

/** An exchange; `stats`: what was published to it, where anything was. */
export function exchangeItem(exchange: ExchangeRow, stats?: Item): Item {
  return {
    arguments: exchange.arguments,
    auto_delete: exchange.autoDelete,
    durable: exchange.durable,
    internal: exchange.internal,
    ...(stats === undefined ? {} : { message_stats: stats }),
    name: exchange.name,
    ...(exchange.policy === undefined ? {} : { policy: exchange.policy }),
    type: exchange.type,
    vhost: exchange.vhost,
  };
}
