/** Columns of lists of exchanges, bindings and policies, the same for every engine. */
import type { EngineExchange, EngineLink, EnginePolicy } from '../operations/index.js';
import type { Column } from './table.js';

export const exchangeColumns: readonly Column<EngineExchange>[] = [
  { title: 'vhost', of: (exchange) => exchange.vhost },
  { title: 'name', of: (exchange) => exchange.name },
  { title: 'type', of: (exchange) => exchange.type },
  { title: 'durable', of: (exchange) => exchange.durable },
  { title: 'auto-delete', of: (exchange) => exchange.autoDelete },
  { title: 'internal', of: (exchange) => exchange.internal },
  { title: 'arguments', of: (exchange) => JSON.stringify(exchange.arguments) },
];

export const bindingColumns: readonly Column<EngineLink>[] = [
  { title: 'vhost', of: (binding) => binding.vhost },
  { title: 'source', of: (binding) => binding.source },
  { title: 'destination', of: (binding) => binding.destination },
  { title: 'kind', of: (binding) => binding.destinationKind },
  { title: 'routing key', of: (binding) => binding.routingKey },
  { title: 'arguments', of: (binding) => JSON.stringify(binding.arguments) },
];

export const policyColumns: readonly Column<EnginePolicy>[] = [
  { title: 'vhost', of: (policy) => policy.vhost },
  { title: 'name', of: (policy) => policy.name },
  { title: 'pattern', of: (policy) => policy.pattern },
  { title: 'apply-to', of: (policy) => policy.applyTo },
  { title: 'priority', of: (policy) => policy.priority, align: 'right' },
  { title: 'definition', of: (policy) => JSON.stringify(policy.definition) },
];
