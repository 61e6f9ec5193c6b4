/** Queues of the own engine, told as those of others are. */
import { toPlain, type Broker, type QueueReport } from '../broker/index.js';
import type { EngineQueue, EngineQueueDetail } from './engines-beside.js';
import type { Services } from './services.js';

type Administration = Broker['administration'];

export function ownQueue(report: QueueReport): EngineQueue {
  const { vhost, name, paused, ready, unacknowledged, delayed, bytes, consumers } = report;
  const { published, delivered, acknowledged, redelivered } = report;
  return {
    ...{ vhost, name, paused, ready, unacknowledged, delayed, bytes, consumers },
    ...{ published, delivered, acknowledged, redelivered },
    type: typeOf(report),
    copies: [],
  };
}

function typeOf({ arguments: table }: QueueReport): string {
  const type = toPlain(table)['x-queue-type'];
  return typeof type === 'string' ? type : 'classic';
}

const listMax = 1_000;

/** Throws `not-found`. */
export function ownQueueDetail({ broker }: Services, vhost: string, queue: string): EngineQueueDetail {
  const { administration } = broker;
  const report = administration.describeQueue(vhost, queue);
  return {
    ...ownQueue(report),
    ...{ durable: report.durable, autoDelete: report.autoDelete, exclusive: report.exclusive },
    arguments: toPlain(report.arguments),
    state: report.paused ? 'paused' : 'running',
    node: undefined,
    ...{ policy: report.policy, operatorPolicy: report.operatorPolicy },
    effectivePolicy: report.effectivePolicy ?? {},
    consumerList: consumersOf(administration, vhost, queue),
    bindings: bindingsOf(administration, vhost, queue),
  };
}

function consumersOf(
  { measures }: Administration,
  vhost: string,
  queue: string,
): EngineQueueDetail['consumerList'] {
  return measures
    .consumersOf(vhost, queue)
    .slice(0, listMax)
    .map(({ tag, connection, prefetch, needsAcknowledgement, isActive }) => ({
      ...{ tag, connection, prefetch, isActive },
      acknowledges: needsAcknowledgement,
    }));
}

function bindingsOf(
  administration: Administration,
  vhost: string,
  queue: string,
): EngineQueueDetail['bindings'] {
  const found = [];
  for (const binding of administration.eachBinding(vhost)) {
    if (binding.destinationKind !== 'queue' || binding.destination !== queue) continue;
    if (found.length >= listMax) break;
    const { source, routingKey } = binding;
    found.push({ source, routingKey, arguments: toPlain(binding.arguments) });
  }
  return found;
}
