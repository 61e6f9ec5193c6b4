/**
 * Puts queues and exchanges under the policies that match them. What a queue declares and what its policies say
 * become one table of arguments, read as any declaration is. Invariant: a queue that nothing governs has exactly the
 * settings it was declared with.
 */
import { fieldTable, plainValue, type FieldTable } from '../content/index.js';
import type { Exchange } from '../exchange.js';
import { readQueueSettings, timeToLiveMsMax, type QueueSettings, type QueueType } from '../queue-settings.js';
import type { Queue } from '../queue.js';
import { mergeWithArgument } from './merge.js';
import type { Governance, PolicyBook } from './policy-book.js';
import type { PolicyDefinition, PolicyValue } from './policy.js';
import { policyKeys } from './policy-keys.js';

/** Sees to it that the right policies govern a queue. False: they did. */
export function governQueue(queue: Queue, book: PolicyBook): boolean {
  if (queue.isHidden) return false;
  const governance = book.govern({ kind: 'queue', name: queue.name, type: queue.settings.type });
  if (isSame(queue.governance, governance)) return false;
  queue.governance = governance;
  queue.settings = settingsUnder(queue, governance);
  queue.pace.adopt(queue.settings);
  return true;
}

/** Sees to it that the right policies govern an exchange. False: they did. */
export function governExchange(exchange: Exchange, book: PolicyBook): boolean {
  const governance = book.govern({ kind: 'exchange', name: exchange.name });
  if (isSame(exchange.governance, governance)) return false;
  exchange.governance = governance;
  return true;
}

function isSame(now: Governance | undefined, next: Governance | undefined): boolean {
  return now?.policy === next?.policy && now?.operatorPolicy === next?.operatorPolicy;
}

function settingsUnder(queue: Queue, governance: Governance | undefined): QueueSettings {
  const where = `queue '${queue.name}' in vhost '${queue.vhost}'`;
  const table =
    governance === undefined
      ? queue.arguments
      : argumentsUnder(queue.arguments, queue.settings.type, governance.definition);
  return readQueueSettings(table, where);
}

/** What a queue's declaration and a definition ask for together, as arguments. */
export function argumentsUnder(
  declared: FieldTable,
  type: QueueType,
  definition: PolicyDefinition,
): FieldTable {
  const table = new Map(declared);
  for (const [name, given] of Object.entries(definition)) {
    if (policyKeys.get(name)?.effect !== 'queue') continue;
    const argument = declared.get(`x-${name}`);
    const value = argument === undefined ? given : mergeWithArgument(name, type, given, plainValue(argument));
    table.set(`x-${name}`, fieldTable({ value: withinReach(name, value) }).get('value')!);
  }
  // A policy may name a routing key for exchanges that only some queues have.
  if (!table.has('x-dead-letter-exchange')) table.delete('x-dead-letter-routing-key');
  return table;
}

/** RabbitMQ takes any number in a policy; beyond these nothing differs any more. */
function withinReach(name: string, value: PolicyValue): PolicyValue {
  if (typeof value !== 'number') return value;
  const isTime = name === 'message-ttl' || name === 'expires';
  return Math.min(value, isTime ? timeToLiveMsMax : Number.MAX_SAFE_INTEGER);
}
