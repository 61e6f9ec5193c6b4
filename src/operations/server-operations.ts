/** Operations on the server itself and its connections. */
import { z } from 'zod';
import { SluiceError } from '../kernel/index.js';
import type { Broker } from '../broker/index.js';
import { nothing } from './inputs.js';
import type { Operation } from '../control/index.js';
import type { ConnectionRow, ReloadOutcome, ServerOperation, Services, ServerStatus } from './services.js';

type Nothing = Record<string, never>;
/** The figures of the journal, as its contract describes them. */
type JournalStats = ReturnType<Broker['journal']['stats']>;

/** Operations that work while the server is still starting. */
type EarlyOperation<Result> = Operation<Pick<Services, 'server'>, Nothing, Result>;

export const status: EarlyOperation<ServerStatus> = {
  input: nothing,
  run: async ({ server }) => server.status(),
};

export const stop: EarlyOperation<null> = {
  input: nothing,
  run({ server }) {
    server.stop('sluice stop');
    return Promise.resolve(null);
  },
};

export const reload: ServerOperation<Nothing, ReloadOutcome> = {
  input: nothing,
  run: ({ server }) => server.reload(),
};

export const connectionList: ServerOperation<Nothing, { readonly connections: readonly ConnectionRow[] }> = {
  input: nothing,
  run: ({ connections }) => Promise.resolve({ connections: connections.list() }),
};

const closing = z.strictObject({ id: z.string().min(1).max(255), reason: z.string().max(200) });

export const connectionClose: ServerOperation<z.infer<typeof closing>, null> = {
  input: closing,
  run({ connections }, { id, reason }) {
    if (connections.close(id, reason)) return Promise.resolve(null);
    return Promise.reject(new SluiceError('not-found', `there is no connection ${id}`));
  },
};

export const journalStats: ServerOperation<Nothing, JournalStats> = {
  input: nothing,
  run: ({ broker }) => Promise.resolve(broker.journal.stats()),
};

/** Writes a snapshot and frees what is dead. */
export const journalCompact: ServerOperation<
  Nothing,
  { readonly before: JournalStats; readonly after: JournalStats }
> = {
  input: nothing,
  async run({ broker }) {
    const before = broker.journal.stats();
    await broker.snapshot();
    return { before, after: broker.journal.stats() };
  },
};
