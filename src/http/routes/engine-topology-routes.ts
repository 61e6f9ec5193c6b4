/**
 * Exchanges, bindings and policies below `/v1/engines/{engine}`, each as its twin of the own server: `/v1/exchanges`,
 * `/v1/bindings`, `/v1/policies`. Invariant: what an engine beside does not tell is left out, and sorts last.
 */
import { z } from 'zod';
import type { EngineExchange, EngineLink, EnginePolicy } from '../../operations/index.js';
import { bindingAnswer, policyAnswer } from '../api/answers.js';
import { engineEffectAnswer, engineExchangeAnswer, routedAnswer } from '../api/engine-answers.js';
import { listRoute } from '../api/list-route.js';
import { inputOf, operationRoute, runOperation } from '../api/operation-route.js';
import { route, type Route } from '../api/route.js';
import { mayPublishTo, monitors } from './engine-rights.js';
import {
  content,
  encodedContent,
  exchangeNamed,
  requestBytesMax,
  type Content,
} from './published-content.js';

const tag = 'engines';
const path = '/v1/engines/{engine}';
const exchangePath = `${path}/exchanges/{vhost}/{exchange}`;
/** Who monitors sees every virtual host. */
const everything = { allow: monitors, sees: () => () => true };

const exchangeList = listRoute<'engine.exchange.list', EngineExchange>('engine.exchange.list', {
  ...{ path: `${path}/exchanges`, summary: 'List the exchanges of an engine', tag },
  ...{ ...everything, row: engineExchangeAnswer },
  text: ({ name }) => name,
  key: ({ vhost, name }) => [vhost, name],
  sorts: {
    name: ({ name }) => name,
    vhost: ({ vhost }) => vhost,
    type: ({ type }) => type,
    publishedIn: ({ publishedIn }) => publishedIn,
    publishedOut: ({ publishedOut }) => publishedOut,
  },
});

const bindingList = listRoute<'engine.binding.list', EngineLink>('engine.binding.list', {
  ...{ path: `${path}/bindings`, summary: 'List bindings of an engine; source, destination: only those' },
  ...{ ...everything, tag, row: bindingAnswer },
  text: ({ source, destination, routingKey }) => `${source}\n${destination}\n${routingKey}`,
  key: ({ vhost, source, destinationKind, destination, routingKey, arguments: table }) => [
    ...[vhost, source, destinationKind, destination, routingKey],
    JSON.stringify(table),
  ],
  sorts: { source: ({ source }) => source, destination: ({ destination }) => destination },
});

const policies = {
  ...{ ...everything, tag, row: policyAnswer },
  text: ({ name }: EnginePolicy): string => name,
  key: ({ vhost, name }: EnginePolicy): string[] => [vhost, name],
  sorts: {
    name: ({ name }: EnginePolicy): string => name,
    vhost: ({ vhost }: EnginePolicy): string => vhost,
    priority: ({ priority }: EnginePolicy): number => priority,
  },
};

interface ToExchange extends Content {
  readonly engine: string;
  readonly vhost: string;
  readonly exchange: string;
  readonly routingKey: string;
}

const publish = route({
  ...{ method: 'POST', path: `${exchangePath}/messages`, tag },
  summary:
    'Publish a message to an exchange of an engine (amq.default: the default one); routed: whether a queue took it',
  bodyBytesMax: requestBytesMax,
  answer: routedAnswer,
  input: inputOf('engine.exchange.publish').extend({
    ...content,
    routingKey: (inputOf('engine.exchange.publish').shape['routingKey'] as z.ZodType<string>).default(''),
  }) as unknown as z.ZodType<ToExchange>,
  allow: (caller, { exchange, routingKey, ...target }) => {
    mayPublishTo(caller, target, exchangeNamed(exchange), routingKey);
  },
  run: (call, { engine, vhost, exchange, routingKey, ...given }) =>
    runOperation(call, 'engine.exchange.publish', {
      ...{ engine, vhost, exchange: exchangeNamed(exchange), routingKey },
      ...encodedContent(given),
    }),
});

export const engineTopologyRoutes: readonly Route[] = [
  exchangeList,
  operationRoute('engine.exchange.show', {
    ...{ method: 'GET', path: exchangePath, summary: 'Show an exchange of an engine', tag },
    answer: engineExchangeAnswer,
    allow: monitors,
  }),
  publish,
  bindingList,
  listRoute<'engine.policy.list', EnginePolicy>('engine.policy.list', {
    ...{ ...policies, path: `${path}/policies`, summary: 'List the policies of an engine' },
  }),
  listRoute<'engine.operator-policy.list', EnginePolicy>('engine.operator-policy.list', {
    ...{ ...policies, path: `${path}/operator-policies`, summary: 'List the operator policies of an engine' },
  }),
  operationRoute('engine.policy.effect', {
    ...{ method: 'GET', path: `${path}/effective-policies/{vhost}/{kind}/{name}`, tag },
    summary: 'Show which policies are in effect for a queue or an exchange of an engine',
    answer: engineEffectAnswer,
    allow: monitors,
  }),
];
