/** `/v1/exchanges`, `/v1/bindings`, `/v1/vhosts`. Rights are those of the same AMQP methods. */
import type { BindingRow, ExchangeRow } from '../../operations/index.js';
import {
  bindingAnswer,
  exchangeAnswer,
  routeAnswer,
  vhostAnswer,
  vhostDetailAnswer,
} from '../api/answers.js';
import { listRoute, seenByVhost, viewsVhost } from '../api/list-route.js';
import { operationRoute } from '../api/operation-route.js';
import type { Route } from '../api/route.js';
import type { Caller } from '../caller.js';

const exchange = '/v1/exchanges/{vhost}/{exchange}';

interface Binding {
  readonly vhost: string;
  readonly source: string;
  readonly destination: string;
  readonly destinationKind: 'queue' | 'exchange';
  readonly routingKey: string;
}

/** Binding and unbinding need write on what receives and read on what sends. */
export function mayBind(caller: Caller, binding: Binding): void {
  const { vhost, source, destination, destinationKind, routingKey } = binding;
  caller.require('write', destinationKind, vhost, destination);
  caller.require('read', 'exchange', vhost, source);
  caller.requireTopic('read', vhost, source, routingKey);
}

const exchangeRoutes: readonly Route[] = [
  listRoute<'exchange.list', ExchangeRow>('exchange.list', {
    ...{ path: '/v1/exchanges', summary: 'List exchanges', tag: 'exchanges', row: exchangeAnswer },
    allow: viewsVhost,
    sees: seenByVhost,
    text: ({ name }) => name,
    key: ({ vhost, name }) => [vhost, name],
    sorts: {
      name: ({ name }) => name,
      vhost: ({ vhost }) => vhost,
      type: ({ type }) => type,
      publishedIn: ({ publishedIn }) => publishedIn,
      publishedOut: ({ publishedOut }) => publishedOut,
    },
  }),
  operationRoute('exchange.show', {
    ...{ method: 'GET', path: exchange, summary: 'Show an exchange', tag: 'exchanges' },
    answer: exchangeAnswer,
    allow: (caller, { vhost }) => {
      caller.requireView(vhost);
    },
  }),
  operationRoute('exchange.declare', {
    ...{ method: 'PUT', path: exchange, summary: 'Declare an exchange, or check it', tag: 'exchanges' },
    defaults: { type: 'direct', durable: true, autoDelete: false, internal: false, arguments: {} },
    allow: (caller, { vhost, exchange: name, arguments: given }) => {
      caller.require('configure', 'exchange', vhost, name);
      caller.requireTarget('exchange', vhost, name, given['alternate-exchange']);
    },
  }),
  operationRoute('exchange.delete', {
    ...{ method: 'DELETE', path: exchange, summary: 'Delete an exchange', tag: 'exchanges' },
    defaults: { ifUnused: false },
    allow: (caller, { vhost, exchange: name }) => {
      caller.require('configure', 'exchange', vhost, name);
    },
  }),
  operationRoute('exchange.route', {
    ...{ method: 'GET', path: `${exchange}/route`, tag: 'exchanges' },
    summary: 'Tell which queues a message with this routing key would come to',
    defaults: { key: '' },
    answer: routeAnswer,
    allow: (caller, { vhost }) => {
      caller.requireView(vhost);
    },
  }),
];

const bindingRoutes: readonly Route[] = [
  listRoute<'binding.list', BindingRow>('binding.list', {
    ...{ path: '/v1/bindings', summary: 'List bindings', tag: 'bindings', row: bindingAnswer },
    allow: viewsVhost,
    sees: seenByVhost,
    text: ({ source, destination, routingKey }) => `${source}\n${destination}\n${routingKey}`,
    key: ({ vhost, source, destinationKind, destination, routingKey, arguments: table }) => [
      ...[vhost, source, destinationKind, destination, routingKey],
      JSON.stringify(table),
    ],
    sorts: { source: ({ source }) => source, destination: ({ destination }) => destination },
  }),
  operationRoute('binding.declare', {
    ...{ method: 'POST', path: '/v1/bindings', summary: 'Bind a queue or an exchange', tag: 'bindings' },
    defaults: { destinationKind: 'queue', routingKey: '', arguments: {} },
    allow: mayBind,
  }),
  operationRoute('binding.delete', {
    ...{ method: 'POST', path: '/v1/bindings/delete', tag: 'bindings' },
    summary: 'Remove a binding, named by all that it was declared with',
    defaults: { destinationKind: 'queue', routingKey: '', arguments: {} },
    allow: mayBind,
  }),
];

const vhostRoutes: readonly Route[] = [
  listRoute<'vhost.list', { readonly name: string }>('vhost.list', {
    ...{ path: '/v1/vhosts', summary: 'List virtual hosts', tag: 'virtual hosts', row: vhostAnswer },
    rows: ({ vhosts }) => vhosts.map((name) => ({ name })),
    sees:
      (caller) =>
      ({ name }) =>
        caller.sees(name),
    text: ({ name }) => name,
    key: ({ name }) => [name],
    sorts: { name: ({ name }) => name },
  }),
  operationRoute('vhost.add', {
    ...{ method: 'PUT', path: '/v1/vhosts/{vhost}', summary: 'Make a virtual host', tag: 'virtual hosts' },
    allow: (caller) => {
      caller.requireTag('administer');
    },
  }),
  operationRoute('vhost.show', {
    ...{ method: 'GET', path: '/v1/vhosts/{vhost}', tag: 'virtual hosts', answer: vhostDetailAnswer },
    summary: 'Show a virtual host: its settings, and how much is in it',
    allow: (caller, { vhost }) => {
      caller.requireView(vhost);
    },
  }),
  operationRoute('vhost.set', {
    ...{ method: 'PUT', path: '/v1/vhosts/{vhost}/settings', tag: 'virtual hosts' },
    summary: 'Set the description, tags and limits of a virtual host; null: no limit',
    allow: (caller) => {
      caller.requireTag('administer');
    },
  }),
  operationRoute('vhost.delete', {
    ...{ method: 'DELETE', path: '/v1/vhosts/{vhost}', tag: 'virtual hosts' },
    summary: 'Delete a virtual host with everything in it',
    allow: (caller) => {
      caller.requireTag('administer');
    },
  }),
];

export const topologyRoutes: readonly Route[] = [...exchangeRoutes, ...bindingRoutes, ...vhostRoutes];
