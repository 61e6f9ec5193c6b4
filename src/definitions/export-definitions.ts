/**
 * Writes definitions in RabbitMQ's shape, so that RabbitMQ can import them too. What a server makes itself (the
 * default exchange, `amq.*`, the one for requests) and what belongs to one connection (exclusive queues) is left out.
 */
import type { UserDefinition } from '../access/index.js';
import { requestExchange, toPlain, type PolicyReport } from '../broker/index.js';
import type { DefinitionKind } from './document.js';
import { operatorPolicyComponent } from './items.js';
import type { DefinitionsTarget } from './target.js';

/** Some items of one kind, ready to be written. */
export interface ExportedPiece {
  readonly kind: DefinitionKind;
  readonly items: readonly Readonly<Record<string, unknown>>[];
}

const rabbitAlgorithm = /^rabbit_password_hashing_/;

/**
 * RabbitMQ refuses a document with a hash it cannot read. One of Sluice's own therefore stands under a key of
 * its own, and for RabbitMQ the user has no password until it is given one there.
 */
function userItemOf({ name, passwordHash, hashingAlgorithm, tags }: UserDefinition) {
  const foreign = hashingAlgorithm === undefined || rabbitAlgorithm.test(hashingAlgorithm);
  return {
    name,
    password_hash: foreign ? passwordHash : '',
    hashing_algorithm: foreign
      ? (hashingAlgorithm ?? 'rabbit_password_hashing_sha256')
      : 'rabbit_password_hashing_sha256',
    ...(foreign ? {} : { sluice_password_hash: passwordHash }),
    tags,
    limits: {},
  };
}

function isPredeclared(exchange: string): boolean {
  return exchange === '' || exchange === requestExchange || exchange.startsWith('amq.');
}

/** Every part of the document, in the order of import. `vhost`: only what is in it, without users. */
export function exportDefinitions(target: DefinitionsTarget, vhost?: string): ExportedPiece[] {
  const { broker, access, actor } = target;
  const inVhost = vhost === undefined ? {} : { vhost };
  const vhosts = broker.administration
    .listVirtualHosts()
    .filter((name) => vhost === undefined || name === vhost);
  return [
    { kind: 'vhosts', items: vhosts.map((name) => ({ name })) },
    { kind: 'users', items: vhost === undefined ? access.exportUsers(actor).map(userItemOf) : [] },
    { kind: 'permissions', items: access.listPermissions(inVhost).map((item) => ({ ...item })) },
    { kind: 'topic_permissions', items: access.listTopicPermissions(inVhost).map((item) => ({ ...item })) },
    { kind: 'policies', items: policyItems(target, vhost) },
    { kind: 'parameters', items: operatorPolicyItems(target, vhost) },
    { kind: 'exchanges', items: exchangeItems(target, vhost) },
    { kind: 'queues', items: queueItems(target, vhost) },
    { kind: 'bindings', items: bindingItems(target, vhost) },
  ];
}

function policyItems({ broker }: DefinitionsTarget, vhost?: string) {
  return broker.administration.policies
    .list('policy', vhost)
    .map((policy) => ({ vhost: policy.vhost, name: policy.name, ...valueOf(policy) }));
}

function operatorPolicyItems({ broker }: DefinitionsTarget, vhost?: string) {
  return broker.administration.policies.list('operator-policy', vhost).map((policy) => ({
    value: valueOf(policy),
    vhost: policy.vhost,
    component: operatorPolicyComponent,
    name: policy.name,
  }));
}

function valueOf({ pattern, applyTo, definition, priority }: PolicyReport) {
  return { pattern, 'apply-to': applyTo, definition, priority };
}

function exchangeItems({ broker }: DefinitionsTarget, vhost?: string) {
  return broker.administration
    .listExchanges(vhost)
    .filter(({ name }) => !isPredeclared(name))
    .map((exchange) => ({
      name: exchange.name,
      vhost: exchange.vhost,
      type: exchange.type,
      durable: exchange.durable,
      auto_delete: exchange.autoDelete,
      internal: exchange.internal,
      arguments: toPlain(exchange.arguments),
    }));
}

function queueItems({ broker }: DefinitionsTarget, vhost?: string) {
  return broker.administration
    .listQueues(vhost)
    .filter(({ exclusive }) => !exclusive)
    .map((queue) => ({
      name: queue.name,
      vhost: queue.vhost,
      durable: queue.durable,
      auto_delete: queue.autoDelete,
      arguments: toPlain(queue.arguments),
    }));
}

function bindingItems({ broker }: DefinitionsTarget, vhost?: string) {
  const exclusive = new Set(
    broker.administration
      .listQueues(vhost)
      .filter((queue) => queue.exclusive)
      .map((queue) => JSON.stringify([queue.vhost, queue.name])),
  );
  return broker.administration
    .listBindings(vhost)
    .filter(({ source }) => source !== '')
    .filter(
      ({ destinationKind, vhost: home, destination }) =>
        destinationKind !== 'queue' || !exclusive.has(JSON.stringify([home, destination])),
    )
    .map((binding) => ({
      source: binding.source,
      vhost: binding.vhost,
      destination: binding.destination,
      destination_type: binding.destinationKind,
      routing_key: binding.routingKey,
      arguments: toPlain(binding.arguments),
    }));
}
