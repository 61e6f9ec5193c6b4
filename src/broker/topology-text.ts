/** The canonical texts by which queues, exchanges, bindings and policies count in the hash of the state. Pure. */
import type { Binding, Exchange } from './exchange.js';
import { canonicalDefinition, type Policy } from './policies/policy.js';
import type { Queue } from './queue.js';
import { encodeTable } from './topology-record.js';

export function queueText(queue: Queue): string {
  const { vhost, name, id, durable, autoDelete } = queue;
  return `queue\0${vhost}\0${name}\0${id}\0${durable}\0${autoDelete}\0${encodeTable(queue.arguments)}`;
}

export function exchangeText(exchange: Exchange): string {
  const { vhost, name, type, durable, autoDelete, internal } = exchange;
  return `exchange\0${vhost}\0${name}\0${type}\0${durable}\0${autoDelete}\0${internal}\0${encodeTable(exchange.arguments)}`;
}

export function bindingText(binding: Binding): string {
  return `binding\0${binding.source.vhost}\0${binding.source.name}\0${binding.id}`;
}

export function policyText(policy: Policy): string {
  const { kind, vhost, name, pattern, applyTo, priority } = policy;
  const definition = JSON.stringify(canonicalDefinition(policy.definition));
  return `${kind}\0${vhost}\0${name}\0${pattern}\0${applyTo}\0${priority}\0${definition}`;
}
