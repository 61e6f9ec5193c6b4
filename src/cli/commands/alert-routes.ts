/** `sluice alert test-route|receivers|routes`. */
import type { Command } from 'commander';
import { formatDuration } from '../../config/index.js';
import { systemClock } from '../../kernel/index.js';
import type { OperationResult } from '../../operations/index.js';
import { exitCodes } from '../exit-codes.js';
import { CommandFailure } from '../failure.js';
import { printRows } from '../listing.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import type { Column } from '../table.js';
import { singleLine } from '../text.js';

type Receiver = OperationResult<'receiver.list'>['receivers'][number];
type Route = OperationResult<'alert.routes'>['routes'][number];
type Outcome = OperationResult<'alert.test-route'>['outcomes'][number];

function ago(atMs: number | undefined): string {
  return atMs === undefined ? '' : `${formatDuration(Math.max(0, systemClock().now() - atMs))} ago`;
}

const receiverColumns: readonly Column<Receiver>[] = [
  { title: 'name', of: ({ name }) => name },
  { title: 'type', of: ({ type }) => type },
  { title: 'state', of: ({ state }) => state },
  { title: 'waiting', of: ({ waiting }) => waiting, align: 'right' },
  { title: 'delivered', of: ({ totals }) => totals.delivered, align: 'right' },
  { title: 'last success', of: ({ lastSuccessMs }) => ago(lastSuccessMs) },
  { title: 'last failure', of: ({ lastFailureMs }) => ago(lastFailureMs) },
  { title: 'why', of: ({ lastFailure }) => singleLine(lastFailure ?? '') },
];

const routeColumns: readonly Column<Route>[] = [
  { title: 'name', of: ({ name }) => name },
  { title: 'severity', of: ({ match }) => match.severity?.join(', ') ?? 'all' },
  { title: 'kind', of: ({ match }) => match.kind?.join(', ') ?? 'all' },
  { title: 'labels', of: ({ match }) => labelsText(match.labels) },
  { title: 'on', of: ({ on }) => on?.join(', ') ?? 'all' },
  { title: 'receivers', of: ({ receivers }) => receivers.join(', ') },
  { title: 'goes on', of: (route) => (route.continue ? 'yes' : 'no') },
];

function labelsText(labels: Route['match']['labels']): string {
  return Object.entries(labels)
    .map(([label, values]) => `${label}=${values.join('|')}`)
    .join(' ');
}

const outcomeColumns: readonly Column<Outcome>[] = [
  { title: 'receiver', of: ({ receiver }) => receiver },
  { title: 'outcome', of: ({ outcome }) => outcome },
  { title: 'why', of: ({ reason }) => singleLine(reason ?? '') },
];

/** Defines the commands about notification below `sluice alert`. */
export function defineRoutes(alert: Command, shell: Shell): void {
  const receivers = alert
    .command('receivers')
    .description('list receivers of notifications and how they are');
  receivers.action(async () => {
    const rows = await withServer(receivers, shell, (server) => server.call('receiver.list', {}));
    await printRows(receivers, shell, receiverColumns, rows.receivers, 'There are no receivers.');
  });
  const routes = alert.command('routes').description('list who hears of what, in their order');
  routes.action(async () => {
    const rows = await withServer(routes, shell, (server) => server.call('alert.routes', {}));
    await printRows(routes, shell, routeColumns, rows.routes, 'There are no routes.');
  });
  const test = alert
    .command('test-route')
    .description('send a test message over a route')
    .argument('<route>');
  test.action(async (route: string) => {
    const { outcomes } = await withServer(test, shell, (server) =>
      server.call('alert.test-route', { route }),
    );
    await printRows(test, shell, outcomeColumns, outcomes, 'The route has no receivers.');
    const failed = outcomes.filter(({ outcome }) => outcome !== 'delivered').map(({ receiver }) => receiver);
    if (failed.length === 0) return;
    throw new CommandFailure(`The test did not arrive at ${failed.join(', ')}.`, exitCodes.failure);
  });
}
