/**
 * Changes of topology as they stand in the journal and in snapshots: JSON, with field tables in AMQP's encoding
 * as base64. They are rare; clarity wins over size.
 */
import { SluiceError } from '../kernel/index.js';
import { decodeFieldTable, encodeFieldTable, type FieldTable } from './content/index.js';
import {
  canonicalDefinition,
  type Policy,
  type PolicyDeclaration,
  type PolicyKind,
} from './policies/policy.js';

import type { VhostSettingsChange } from './vhost-settings.js';

/** Arguments in a record. */
export type EncodedTable = string;

export interface QueueChange {
  readonly op: 'queue';
  readonly id: number;
  readonly vhost: string;
  readonly name: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly arguments: EncodedTable;
  /** For the store of a delayed exchange: the exchange's name. */
  readonly delaysOf?: string;
}

export interface ExchangeChange {
  readonly op: 'exchange';
  readonly vhost: string;
  readonly name: string;
  readonly type: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly arguments: EncodedTable;
}

export interface BindingChange {
  readonly op: 'bind' | 'unbind';
  readonly vhost: string;
  readonly source: string;
  readonly destinationKind: 'queue' | 'exchange';
  readonly destination: string;
  readonly routingKey: string;
  readonly arguments: EncodedTable;
}

/** A policy is set, in the place of the one of its kind and name. */
export interface PolicyChange extends PolicyDeclaration {
  readonly op: 'policy';
  readonly kind: PolicyKind;
  readonly vhost: string;
}

export interface PolicyClearance {
  readonly op: 'policy-clear';
  readonly kind: PolicyKind;
  readonly vhost: string;
  readonly name: string;
}

/** One outcome. Deleting a queue or an exchange deletes its bindings too. */
export type TopologyChange =
  | { readonly op: 'secret'; readonly low: number; readonly high: number }
  | { readonly op: 'vhost'; readonly name: string }
  | { readonly op: 'vhost-delete'; readonly name: string }
  | VhostSettingsChange
  | QueueChange
  | { readonly op: 'queue-delete'; readonly id: number }
  | { readonly op: 'queue-pause'; readonly id: number; readonly paused: boolean }
  | ExchangeChange
  | { readonly op: 'exchange-delete'; readonly vhost: string; readonly name: string }
  | BindingChange
  | PolicyChange
  | PolicyClearance;

export function encodeTable(table: FieldTable): EncodedTable {
  return table.size === 0 ? '' : encodeFieldTable(table).toString('base64');
}

export function decodeTable(text: EncodedTable): FieldTable {
  return text === '' ? new Map() : decodeFieldTable(Buffer.from(text, 'base64'));
}

export function policyChange(policy: Policy): PolicyChange {
  const { kind, vhost, name, pattern, applyTo, priority } = policy;
  const definition = canonicalDefinition(policy.definition);
  return { op: 'policy', kind, vhost, name, pattern, applyTo, priority, definition };
}

export function encodeChange(change: TopologyChange): Buffer {
  return Buffer.from(JSON.stringify(change));
}

/** Throws `journal-damaged` for bytes that are no change: their checksum held, so another program wrote them. */
export function decodeChange(bytes: Buffer): TopologyChange {
  try {
    return JSON.parse(bytes.toString()) as TopologyChange;
  } catch (cause) {
    throw new SluiceError('journal-damaged', 'a topology record is not readable', { cause });
  }
}
