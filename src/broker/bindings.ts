/** How a binding is made and what names it within its source. Pure. */
import type { FieldTable } from './content/index.js';
import type { Binding, Destination, Exchange } from './exchange.js';
import { encodeTable } from './topology-record.js';

export function makeBinding(
  source: Exchange,
  destination: Destination,
  routingKey: string,
  table: FieldTable,
): Binding {
  return {
    id: bindingId(destination.kind, destination.name, routingKey, table),
    source,
    destination,
    routingKey,
    arguments: table,
    isJournaled: source.isJournaled && destination.isJournaled,
  };
}

/** Names a binding within its source; the order of its arguments means nothing. */
export function bindingId(
  kind: 'queue' | 'exchange',
  destination: string,
  routingKey: string,
  table: FieldTable,
): string {
  const sorted = table.size < 2 ? table : new Map([...table].sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${kind}\0${destination}\0${routingKey}\0${encodeTable(sorted)}`;
}
