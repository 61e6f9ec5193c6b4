/** Operations on notification: how receivers are, and a test of a route. */
import { z } from 'zod';
import type { Notifier, ReceiverState, RouteSettings, RouteTest } from '../alerts/index.js';
import { SluiceError } from '../kernel/index.js';
import { audited } from './audited.js';
import { nothing } from './inputs.js';
import type { ServerOperation, Services } from './services.js';

function notifierOf({ notifier }: Services): Pick<Notifier, 'receivers' | 'routes' | 'testRoute'> {
  if (notifier !== undefined) return notifier;
  throw new SluiceError(
    'unsupported',
    'nothing is notified here: routes and receivers are settings of a server',
  );
}

export const receiverList: ServerOperation<
  Record<string, never>,
  { readonly receivers: readonly ReceiverState[] }
> = {
  input: nothing,
  run: ({ notifier }) => Promise.resolve({ receivers: notifier?.receivers() ?? [] }),
};

/** The routes in force, in the order in which they are asked; durations in milliseconds. */
export const alertRoutes: ServerOperation<
  Record<string, never>,
  { readonly routes: readonly RouteSettings[] }
> = {
  input: nothing,
  run: ({ notifier }) => Promise.resolve({ routes: notifier?.routes() ?? [] }),
};

const named = z.strictObject({ route: z.string().min(1).max(64) });

/** Sends a test message to every receiver of a route. */
export const alertTestRoute = audited<z.infer<typeof named>, { readonly outcomes: readonly RouteTest[] }>(
  {
    event: 'notification-tested',
    subject: ({ route }) => `route '${route}'`,
    became: ({ outcomes }) => ({
      outcome: outcomes.every(({ outcome }) => outcome === 'delivered') ? 'success' : 'failure',
    }),
  },
  {
    input: named,
    run: async (services, { route }) => ({ outcomes: await notifierOf(services).testRoute(route) }),
  },
);
