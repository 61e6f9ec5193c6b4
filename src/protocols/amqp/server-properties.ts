/** What the server says of itself in `connection.start`, and what it keeps of a client's properties. */
import {
  emptyFieldTable,
  fieldTable,
  isFieldTable,
  type FieldTable,
  type FieldValue,
} from '../../broker/index.js';
import { printable } from './reply-codes.js';

/** The RabbitMQ release whose behaviour is matched: clients read it as the server's version. */
export const matchedRabbitmqVersion = '4.3.6';

/** Makes `server-properties`. `version` is Sluice's own. */
export function serverProperties(version: string, clusterName: string): FieldTable {
  return fieldTable({
    capabilities: {
      publisher_confirms: true,
      exchange_exchange_bindings: true,
      'basic.nack': true,
      consumer_cancel_notify: true,
      'connection.blocked': true,
      consumer_priorities: true,
      authentication_failure_close: true,
      per_consumer_qos: true,
      direct_reply_to: true,
    },
    cluster_name: clusterName,
    copyright: 'Copyright The Sluice Authors',
    information: 'Licensed under the Apache License 2.0',
    platform: `Node.js ${process.versions.node}`,
    product: 'Sluice',
    sluice_version: version,
    version: matchedRabbitmqVersion,
  });
}

/** What a client can take, as it said. */
export interface ClientCapabilities {
  readonly authenticationFailureClose: boolean;
  readonly connectionBlocked: boolean;
  readonly consumerCancelNotify: boolean;
}

/** Reads the capabilities from a client's properties; what is not said is false. */
export function clientCapabilities(properties: FieldTable): ClientCapabilities {
  const stated = properties.get('capabilities');
  const can = (name: string): boolean => isFieldTable(stated) && stated.get(name) === true;
  return {
    authenticationFailureClose: can('authentication_failure_close'),
    connectionBlocked: can('connection.blocked'),
    consumerCancelNotify: can('consumer_cancel_notify'),
  };
}

const entriesMax = 32;

/** A client's properties for views: few, short, printable, and not nested but for `capabilities`. */
export function keptClientProperties(properties: FieldTable): FieldTable {
  const kept = new Map<string, FieldValue>();
  for (const [name, value] of properties) {
    if (kept.size === entriesMax) break;
    const keptValue = name === 'capabilities' && isFieldTable(value) ? flatEntries(value) : flat(value);
    if (keptValue !== undefined) kept.set(printable(name, 64), keptValue);
  }
  return kept.size === 0 ? emptyFieldTable : kept;
}

function flatEntries(table: FieldTable): FieldTable {
  const kept = new Map<string, FieldValue>();
  for (const [name, value] of table) {
    if (kept.size === entriesMax) break;
    const keptValue = flat(value);
    if (keptValue !== undefined) kept.set(printable(name, 64), keptValue);
  }
  return kept;
}

function flat(value: FieldValue): FieldValue | undefined {
  if (typeof value === 'string') return printable(value);
  if (value === null || typeof value === 'boolean') return value;
  return Buffer.isBuffer(value) || Array.isArray(value) || isFieldTable(value) ? undefined : value;
}
