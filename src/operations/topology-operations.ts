/** Operations on exchanges, bindings and virtual hosts. */
import { z } from 'zod';
import {
  encodeProperties,
  fieldTable,
  toPlain,
  type BindingReport,
  type BrokerChannel,
  type ExchangeReport,
  type VhostSettings,
  type PlainValue,
  type RouteReport,
} from '../broker/index.js';
import { SluiceError } from '../kernel/index.js';
import { audited, ifChanged } from './audited.js';
import { emitInPieces } from './in-pieces.js';
import { givenName, nothing, plainTable, shortText, vhostName } from './inputs.js';
import { withOperatorChannel } from './operator-channel.js';
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
    emitInPieces(call, broker.administration.listExchanges(vhost), exchangeRow),
};

const exchangeName = z.strictObject({ vhost: vhostName, exchange: givenName });

export const exchangeShow: ServerOperation<z.infer<typeof exchangeName>, ExchangeRow> = {
  input: exchangeName,
  run: ({ broker }, { vhost, exchange }) =>
    Promise.resolve(exchangeRow(broker.administration.describeExchange(vhost, exchange))),
};

function exchangeRow(report: ExchangeReport): ExchangeRow {
  return { ...report, arguments: toPlain(report.arguments) };
}

function exchangeSubject({ vhost, exchange }: z.infer<typeof exchangeName>): string {
  return `exchange '${exchange}' in vhost '${vhost}'`;
}

const exchangeDeclaration = z.strictObject({
  vhost: vhostName,
  exchange: givenName,
  type: givenName,
  durable: z.boolean(),
  autoDelete: z.boolean(),
  internal: z.boolean(),
  arguments: plainTable,
});

export const exchangeDeclare = audited<z.infer<typeof exchangeDeclaration>, null>(
  { event: 'topology-created', subject: exchangeSubject },
  {
    input: exchangeDeclaration,
    async run(services, { vhost, exchange, arguments: given, ...rest }) {
      await withOperatorChannel(services, vhost, (channel) =>
        channel.declareExchange({ ...rest, name: exchange, arguments: fieldTable(given) }),
      );
      return null;
    },
  },
);

const exchangeDeletion = z.strictObject({ vhost: vhostName, exchange: givenName, ifUnused: z.boolean() });

export const exchangeDelete = audited<z.infer<typeof exchangeDeletion>, null>(
  { event: 'topology-deleted', subject: exchangeSubject },
  {
    input: exchangeDeletion,
    async run(services, { vhost, exchange, ifUnused }) {
      await withOperatorChannel(services, vhost, (channel) => channel.deleteExchange(exchange, ifUnused));
      return null;
    },
  },
);

export const bindingList: ServerOperation<InVhost, Counted, readonly BindingRow[]> = {
  input: inVhost,
  run: ({ broker }, { vhost }, call) =>
    emitInPieces(call, broker.administration.eachBinding(vhost), (report) => ({
      ...report,
      arguments: toPlain(report.arguments),
    })),
};

const headersTextMax = 8_192;
const routeQuestion = z.strictObject({
  vhost: vhostName,
  exchange: givenName,
  key: shortText,
  headers: z.string().max(headersTextMax).optional().describe('a JSON object'),
});

/** Where a message would go, by the broker's own router. */
export const exchangeRoute: ServerOperation<z.infer<typeof routeQuestion>, RouteReport> = {
  input: routeQuestion,
  run: ({ broker }, { vhost, exchange, key, headers }) => {
    const table = headers === undefined ? {} : headersOf(headers);
    const properties = encodeProperties({ headers: fieldTable(table) });
    return Promise.resolve(broker.administration.routesOf(vhost, exchange, key, properties));
  },
};

function headersOf(text: string): Record<string, unknown> {
  const parsed = plainTable.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new SluiceError('bad-input', 'headers: not a JSON object');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

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

function bindingChange(event: 'topology-created' | 'topology-deleted', change: 'bind' | 'unbind') {
  return audited<Binding, null>(
    { event, subject: bindingSubject },
    {
      input: binding,
      async run(services, input) {
        await withOperatorChannel(services, input.vhost, (channel) => changeBinding(channel, change, input));
        return null;
      },
    },
  );
}

export const bindingDeclare = bindingChange('topology-created', 'bind');
export const bindingDelete = bindingChange('topology-deleted', 'unbind');

export const vhostList: ServerOperation<Record<string, never>, { readonly vhosts: readonly string[] }> = {
  input: nothing,
  run: ({ broker }) => Promise.resolve({ vhosts: broker.administration.listVirtualHosts() }),
};

const vhost = z.strictObject({ vhost: vhostName });

function vhostSubject({ vhost: name }: z.infer<typeof vhost>): string {
  return `vhost '${name}'`;
}

export const vhostAdd = audited<z.infer<typeof vhost>, { readonly created: boolean }>(
  {
    event: 'topology-created',
    subject: vhostSubject,
    became: ({ created }) => ifChanged({ changed: created }),
  },
  {
    input: vhost,
    async run({ broker }, input) {
      const { created } = broker.administration.createVirtualHost(input.vhost);
      await broker.administration.durable();
      return { created };
    },
  },
);

const vhostChange = z.strictObject({
  vhost: vhostName,
  description: z.string().max(1_024).optional(),
  tags: z.array(z.string().max(255)).max(64).optional(),
  /** Null: without a limit. */
  queuesMax: z.int().min(0).nullish(),
  connectionsMax: z.int().min(0).nullish(),
});

/** What is set of a virtual host; without changes it is told alone. */
export const vhostSet = audited<z.infer<typeof vhostChange>, VhostSettings>(
  {
    event: 'topology-created',
    subject: (input) => `settings of ${vhostSubject(input)}`,
    isAct: ({ vhost: _, ...changes }) => Object.values(changes).some((value) => value !== undefined),
  },
  {
    input: vhostChange,
    async run({ broker }, { vhost: name, description, tags, queuesMax, connectionsMax }) {
      const { administration } = broker;
      const changes = {
        ...(description === undefined ? {} : { description }),
        ...(tags === undefined ? {} : { tags }),
        ...(queuesMax === undefined ? {} : { queuesMax: queuesMax ?? undefined }),
        ...(connectionsMax === undefined ? {} : { connectionsMax: connectionsMax ?? undefined }),
      };
      if (Object.keys(changes).length > 0) {
        administration.setVhost(name, changes);
        await administration.durable();
      }
      return administration.vhostSettings(name);
    },
  },
);

export const vhostDelete = audited<z.infer<typeof vhost>, null>(
  { event: 'topology-deleted', subject: vhostSubject },
  {
    input: vhost,
    async run({ broker, access, actor }, input) {
      broker.administration.deleteVirtualHost(input.vhost);
      await broker.administration.durable();
      await access.forgetVirtualHost(input.vhost, actor);
      return null;
    },
  },
);
