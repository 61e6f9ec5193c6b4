/** Operations on the server itself and its connections. */
import { z } from 'zod';
import { SluiceError } from '../kernel/index.js';
import { toPlain, type Broker, type MeasuredConsumer, type PlainValue } from '../broker/index.js';
import { audited, recorded, type Became } from './audited.js';
import { emitInPieces } from './in-pieces.js';
import { nothing, vhostName } from './inputs.js';
import type { Operation } from '../control/index.js';
import type {
  ConnectionDetail,
  ConnectionRow,
  ReloadOutcome,
  ServerOperation,
  Services,
  ServerStatus,
} from './services.js';

type Nothing = Record<string, never>;
/** The figures of the journal, as its contract describes them. */
type JournalStats = ReturnType<Broker['journal']['stats']>;

/** Operations that work while the server is still starting. */
type EarlyOperation<Result> = Operation<Pick<Services, 'server'>, Nothing, Result>;

export const status: EarlyOperation<ServerStatus> = {
  input: nothing,
  run: async ({ server }) => server.status(),
};

/** While the server still starts there is no log to tell it. */
export const stop: Operation<
  Pick<Services, 'server'> & Partial<Pick<Services, 'access' | 'actor'>>,
  Nothing,
  null
> = {
  input: nothing,
  run({ server, access, actor }) {
    const run = (): Promise<null> => {
      server.stop('sluice stop');
      return Promise.resolve(null);
    };
    if (access === undefined || actor === undefined) return run();
    return recorded({ access, actor }, { event: 'server-stopped', subject: 'the server' }, run);
  },
};

/** Reads the configuration again, for whoever acts. */
export function reloadFor(services: Pick<Services, 'server' | 'access' | 'actor'>): Promise<ReloadOutcome> {
  const act = { event: 'configuration-reloaded', subject: 'the configuration' } as const;
  return recorded(services, act, () => services.server.reload(), ofReload);
}

export const reload: ServerOperation<Nothing, ReloadOutcome> = { input: nothing, run: reloadFor };

/** Certificates are read again even where no setting has changed. */
function ofReload({ changes, needRestart }: ReloadOutcome): Became {
  const told = [
    ...(changes.length === 0 ? [] : [`applied ${changes.map(({ text }) => text).join(', ')}`]),
    ...(needRestart.length === 0 ? [] : [`a restart is needed for ${needRestart.join(', ')}`]),
  ];
  return { outcome: 'success', reason: told.length === 0 ? 'nothing had changed' : told.join('; ') };
}

export const connectionList: ServerOperation<Nothing, { readonly connections: readonly ConnectionRow[] }> = {
  input: nothing,
  run: ({ connections }) => Promise.resolve({ connections: connections.list() }),
};

/** Connections in full, with their channels and consumers, some at a time. */
export const connectionDetails: ServerOperation<
  Nothing,
  { readonly count: number },
  readonly ConnectionDetail[]
> = {
  input: nothing,
  run: ({ connections }, _input, call) => emitInPieces(call, connections.details(), (detail) => detail),
};

/** A consumer; the arguments as JSON. */
export interface ConsumerRow extends Omit<MeasuredConsumer, 'arguments'> {
  readonly arguments: Readonly<Record<string, PlainValue>>;
}

/** Consumers of queues, whatever they speak, some at a time. */
export const consumerList: ServerOperation<
  { vhost?: string | undefined },
  { readonly count: number },
  readonly ConsumerRow[]
> = {
  input: z.strictObject({ vhost: vhostName.optional() }),
  run: ({ broker }, { vhost }, call) =>
    emitInPieces(call, broker.administration.measures.eachConsumer(vhost), consumerRow),
};

/** A copy: the broker fills one object again and again. */
function consumerRow(consumer: MeasuredConsumer): ConsumerRow {
  return { ...consumer, arguments: toPlain(consumer.arguments) };
}

const closing = z.strictObject({ id: z.string().min(1).max(255), reason: z.string().max(200) });

/** The log tells whose it was, and the reason that the peer was given. */
export const connectionClose: ServerOperation<z.infer<typeof closing>, null> = {
  input: closing,
  run(services, { id, reason }) {
    const { connections } = services;
    const row = connections.list().find((each) => each.id === id);
    const subject =
      row === undefined
        ? `connection ${id}`
        : `connection ${row.name} of user '${row.user}' in vhost '${row.vhost}'`;
    const run = (): Promise<null> =>
      connections.close(id, reason)
        ? Promise.resolve(null)
        : Promise.reject(new SluiceError('not-found', `there is no connection ${id}`));
    return recorded(services, { event: 'connection-closed', subject }, run, () => ({
      outcome: 'success',
      reason,
    }));
  },
};

export const journalStats: ServerOperation<Nothing, JournalStats> = {
  input: nothing,
  run: ({ broker }) => Promise.resolve(broker.journal.stats()),
};

/** Writes a snapshot and frees what is dead. */
export const journalCompact = audited<
  Nothing,
  { readonly before: JournalStats; readonly after: JournalStats }
>(
  { event: 'journal-compacted', subject: () => 'the journal' },
  {
    input: nothing,
    async run({ broker }) {
      const before = broker.journal.stats();
      await broker.snapshot();
      return { before, after: broker.journal.stats() };
    },
  },
);
