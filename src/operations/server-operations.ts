/** Operations on the server itself and its connections. */
import { z } from 'zod';
import { SluiceError } from '../kernel/index.js';
import { nothing } from './inputs.js';
import type { ConnectionRow, ReloadOutcome, ServerOperation, ServerStatus } from './services.js';

type Nothing = Record<string, never>;

export const status: ServerOperation<Nothing, ServerStatus> = {
  input: nothing,
  run: ({ server }) => Promise.resolve(server.status()),
};

export const stop: ServerOperation<Nothing, null> = {
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
