/** Operations on exchanges, bindings and virtual hosts. */
import { z } from 'zod';
import {
  fieldTable,
  toPlain,
  type BindingReport,
  type BrokerChannel,
  type ExchangeReport,
  type PlainValue,
} from '../broker/index.js';
import { emitInPieces } from './in-pieces.js';
import { givenName, nothing, plainTable, shortText, vhostName } from './inputs.js';
import { recordChange, withOperatorChannel } from './operator-channel.js';
import type { ServerOperation } from './services.js';

type WithPlainArguments<Report> = Omit<Report, 'arguments'> & {
  readonly arguments: Readonly<Record<string, PlainValue>>;
};

/** An exchange; the arguments as JSON. */
export type ExchangeRow = WithPlainArguments<ExchangeReport>;
/** A binding; the arguments as JSON. */
export type BindingRow = WithPlainArguments<BindingReport>;

const inVhost = z.strictObject({ vhost: vhostName.optional() });
type InVhost = z.infer<typeof inVhost>;
/** How many there were. */
export interface Counted {
  readonly count: number;
}

export const exchangeList: ServerOperation<InVhost, Counted, readonly ExchangeRow[]> = {
  input: inVhost,
  run: ({ broker }, { vhost }, call) =>
    emitInPieces(call, broker.administration.listExchanges(vhost), (report) => ({
      ...report,
      arguments: toPlain(report.arguments),
    })),
};

const exchangeDeclaration = z.strictObject({
  vhost: vhostName,
  exchange: givenName,
  type: givenName,
  durable: z.boolean(),
  autoDelete: z.boolean(),
  internal: z.boolean(),
  arguments: plainTable,
});

export const exchangeDeclare: ServerOperation<z.infer<typeof exchangeDeclaration>, null> = {
  input: exchangeDeclaration,
  async run(services, { vhost, exchange, arguments: given, ...rest }) {
    await withOperatorChannel(services, vhost, (channel) =>
      channel.declareExchange({ ...rest, name: exchange, arguments: fieldTable(given) }),
    );
    recordChange(services, 'topology-created', `exchange '${exchange}' in vhost '${vhost}'`);
    return null;
  },
};

const exchangeDeletion = z.strictObject({ vhost: vhostName, exchange: givenName, ifUnused: z.boolean() });

export const exchangeDelete: ServerOperation<z.infer<typeof exchangeDeletion>, null> = {
  input: exchangeDeletion,
  async run(services, { vhost, exchange, ifUnused }) {
    await withOperatorChannel(services, vhost, (channel) => channel.deleteExchange(exchange, ifUnused));
    recordChange(services, 'topology-deleted', `exchange '${exchange}' in vhost '${vhost}'`);
    return null;
  },
};

export const bindingList: ServerOperation<InVhost, Counted, readonly BindingRow[]> = {
  input: inVhost,
  run: ({ broker }, { vhost }, call) =>
    emitInPieces(call, broker.administration.listBindings(vhost), (report) => ({
      ...report,
      arguments: toPlain(report.arguments),
    })),
};

const binding = z.strictObject({
  vhost: vhostName,
  source: givenName,
  destination: givenName,
  destinationKind: z.enum(['queue', 'exchange']),
  routingKey: shortText,
  arguments: plainTable,
});
type Binding = z.infer<typeof binding>;

function bindingSubject({ vhost, source, destination, destinationKind }: Binding): string {
  return `binding of ${destinationKind} '${destination}' to '${source}' in vhost '${vhost}'`;
}

function changeBinding(channel: BrokerChannel, change: 'bind' | 'unbind', input: Binding): unknown {
  const declaration = {
    source: input.source,
    destination: input.destination,
    routingKey: input.routingKey,
    arguments: fieldTable(input.arguments),
  };
  if (input.destinationKind === 'queue') {
    return change === 'bind' ? channel.bindQueue(declaration) : channel.unbindQueue(declaration);
  }
  return change === 'bind' ? channel.bindExchange(declaration) : channel.unbindExchange(declaration);
}

export const bindingDeclare: ServerOperation<Binding, null> = {
  input: binding,
  async run(services, input) {
    await withOperatorChannel(services, input.vhost, (channel) => changeBinding(channel, 'bind', input));
    recordChange(services, 'topology-created', bindingSubject(input));
    return null;
  },
};

export const bindingDelete: ServerOperation<Binding, null> = {
  input: binding,
  async run(services, input) {
    await withOperatorChannel(services, input.vhost, (channel) => changeBinding(channel, 'unbind', input));
    recordChange(services, 'topology-deleted', bindingSubject(input));
    return null;
  },
};

export const vhostList: ServerOperation<Record<string, never>, { readonly vhosts: readonly string[] }> = {
  input: nothing,
  run: ({ broker }) => Promise.resolve({ vhosts: broker.administration.listVirtualHosts() }),
};

const vhost = z.strictObject({ vhost: vhostName });

export const vhostAdd: ServerOperation<z.infer<typeof vhost>, { readonly created: boolean }> = {
  input: vhost,
  async run(services, input) {
    const { created } = services.broker.administration.createVirtualHost(input.vhost);
    await services.broker.administration.durable();
    if (created) recordChange(services, 'topology-created', `vhost '${input.vhost}'`);
    return { created };
  },
};

export const vhostDelete: ServerOperation<z.infer<typeof vhost>, null> = {
  input: vhost,
  async run(services, input) {
    services.broker.administration.deleteVirtualHost(input.vhost);
    await services.broker.administration.durable();
    await services.access.forgetVirtualHost(input.vhost, services.actor);
    recordChange(services, 'topology-deleted', `vhost '${input.vhost}'`);
    return null;
  },
};
