/** Operations on the sessions of browsers. Where there is no HTTP side there are none. */
import { z } from 'zod';
import { SluiceError } from '../kernel/index.js';
import { givenName, nothing } from './inputs.js';
import type { ServerOperation, SessionRow } from './services.js';

export const sessionList: ServerOperation<
  Record<string, never>,
  { readonly sessions: readonly SessionRow[] }
> = {
  input: nothing,
  run: ({ sessions }) => Promise.resolve({ sessions: sessions?.list() ?? [] }),
};

const ending = z.union([
  z.strictObject({ id: z.string().min(1).max(64) }),
  z.strictObject({ user: givenName }),
]);

/** Ends one session, or all those of a user. Rejects with `not-found` where there is no session of that id. */
export const sessionEnd: ServerOperation<z.infer<typeof ending>, { readonly ended: number }> = {
  input: ending,
  run({ sessions, actor }, which) {
    if ('user' in which) return Promise.resolve({ ended: sessions?.endOf(which.user, actor) ?? 0 });
    if (sessions?.end(which.id, actor) === true) return Promise.resolve({ ended: 1 });
    return Promise.reject(new SluiceError('not-found', `there is no session ${which.id}`));
  },
};
