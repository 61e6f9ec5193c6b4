/**
 * What every operation of `/v1` needs, in one table: the OpenAPI document tells it, docs/rights.md shows it, and a test
 * asks a server for each line as users of every kind. Invariant: it has a line for each operation, and no other.
 */
import type { Need, OperationRights, ServerRight } from './need.js';

type Line = readonly [operation: string, rights: OperationRights];

const signIn: Need = { kind: 'sign-in' };
const tag = (right: ServerRight, vhost?: string): Need => ({
  ...{ kind: 'tag', right },
  ...(vhost === undefined ? {} : { vhost }),
});
const monitors = tag('monitor');
const administers = tag('administer');
const sees: Need = { kind: 'see' };
const seesTasks: Need = { kind: 'see', vhost: '/' };

type Right = 'configure' | 'write' | 'read';
const over = (right: Right, of: string, name: string, vhost?: string): Need => ({
  ...{ kind: 'right', right, of, name },
  ...(vhost === undefined ? {} : { vhost }),
});
const readQueue = over('read', 'queue', '{queue}');
const configureQueue = over('configure', 'queue', '{queue}');
const configureExchange = over('configure', 'exchange', '{exchange}');
const publish = over('write', 'exchange', '');
const topics = 'Topic permissions count too.';
const byVhost = 'Shows what is in the virtual hosts that one may see.';
const owns = 'What is not there and what one may not see are both not found.';

/** Lines that need the same. */
const lines = (rights: OperationRights, ...operations: readonly string[]): readonly Line[] =>
  operations.map((operation) => [operation, rights]);

const queues: readonly Line[] = [
  ...lines({ needs: [signIn], note: byVhost }, 'GET /v1/queues'),
  ...lines({ needs: [sees] }, 'GET /v1/queues/{vhost}/{queue}'),
  ...lines(
    { needs: [sees], note: 'The disk with it: to monitor.' },
    'GET /v1/queues/{vhost}/{queue}/forecast',
  ),
  ...lines(
    {
      needs: [configureQueue],
      note: 'With a dead-letter exchange: *read* on the queue and *write* on that exchange too.',
    },
    'PUT /v1/queues/{vhost}/{queue}',
  ),
  ...lines(
    { needs: [configureQueue] },
    'DELETE /v1/queues/{vhost}/{queue}',
    'POST /v1/queues/{vhost}/{queue}/pause',
    'POST /v1/queues/{vhost}/{queue}/resume',
  ),
  ...lines(
    { needs: [readQueue] },
    'POST /v1/queues/{vhost}/{queue}/purge',
    'GET /v1/queues/{vhost}/{queue}/keys',
    'GET /v1/queues/{vhost}/{queue}/messages',
    'GET /v1/queues/{vhost}/{queue}/delayed',
    'DELETE /v1/queues/{vhost}/{queue}/delayed/{position}',
    'GET /v1/queues/{vhost}/{queue}/messages/search',
    'GET /v1/queues/{vhost}/{queue}/messages/{position}',
    'DELETE /v1/queues/{vhost}/{queue}/messages/{position}',
    'GET /v1/queues/{vhost}/{queue}/messages/{position}/content',
    'GET /v1/queues/{vhost}/{queue}/messages/{position}/why',
    'POST /v1/queues/{vhost}/{queue}/messages/{position}/release',
  ),
  ...lines(
    { needs: [readQueue], note: 'To another queue than failed messages go to: to publish to it too.' },
    'POST /v1/queues/{vhost}/{queue}/messages/{position}/dead-letter',
  ),
  ...lines({ needs: [publish], note: topics }, 'POST /v1/queues/{vhost}/{queue}/messages'),
  ...lines({ needs: [readQueue, publish], note: topics }, 'POST /v1/queues/{vhost}/{queue}/move'),
  ...lines(
    { needs: [over('write', 'exchange', '{exchange}')], note: topics },
    'POST /v1/exchanges/{vhost}/{exchange}/messages',
  ),
  ...lines(
    { needs: [monitors], note: 'By queue and position: *read* on that queue.' },
    'GET /v1/messages/trace',
  ),
  ...lines({ needs: [signIn], note: byVhost }, 'GET /v1/events', 'GET /v1/dead-letters', 'GET /v1/redrives'),
  ...lines(
    { needs: [readQueue] },
    'GET /v1/dead-letters/{vhost}/{queue}/groups',
    'GET /v1/dead-letters/{vhost}/{queue}/messages',
    'GET /v1/dead-letters/{vhost}/{queue}/groups/{group}/messages',
  ),
  ...lines({ needs: [readQueue, publish] }, 'POST /v1/redrives'),
  ...lines(
    { needs: [signIn], note: `*read* on its queue; to cancel, to publish too. ${owns}` },
    'GET /v1/redrives/{id}',
    'POST /v1/redrives/{id}/cancel',
  ),
];

const readTasks = [seesTasks, over('read', 'queue', '{queue}', '/')];

const tasks: readonly Line[] = [
  ...lines(
    { needs: [seesTasks], note: 'Shows the tasks whose queue one may read.' },
    'GET /v1/tasks',
    'GET /v1/workers',
  ),
  ...lines({ needs: [seesTasks] }, 'POST /v1/analyze'),
  ...lines(
    { needs: readTasks },
    'GET /v1/tasks/{queue}/tasks',
    'GET /v1/tasks/{queue}/dead',
    'GET /v1/tasks/{queue}/tasks/{id}',
    'GET /v1/tasks/{queue}/tasks/{id}/why',
    'POST /v1/tasks/{queue}/tasks/{id}/cancel',
    'POST /v1/tasks/{queue}/tasks/{id}/retry',
    'POST /v1/tasks/{queue}/redrive',
  ),
  ...lines(
    { needs: [seesTasks, over('write', 'exchange', '', '/')], note: topics },
    'POST /v1/tasks/{queue}/tasks',
  ),
];

const engineQueue = '/v1/engines/{engine}/queues/{vhost}/{queue}';
const engineExchange = '/v1/engines/{engine}/exchanges/{vhost}/{exchange}';
const elsewhere = [administers];

const engines: readonly Line[] = [
  ...lines(
    { needs: [monitors] },
    'GET /v1/engines',
    'GET /v1/engines/{engine}',
    'GET /v1/engines/{engine}/queues',
    `GET ${engineQueue}`,
    `GET ${engineQueue}/forecast`,
    'GET /v1/engines/{engine}/exchanges',
    `GET ${engineExchange}`,
    'GET /v1/engines/{engine}/bindings',
    'GET /v1/engines/{engine}/policies',
    'GET /v1/engines/{engine}/operator-policies',
    'GET /v1/engines/{engine}/effective-policies/{vhost}/{kind}/{name}',
  ),
  ...lines(
    { needs: [readQueue], elsewhere },
    `GET ${engineQueue}/messages`,
    `GET ${engineQueue}/messages/search`,
    `POST ${engineQueue}/purge`,
  ),
  ...lines({ needs: [publish], elsewhere, note: topics }, `POST ${engineQueue}/messages`),
  ...lines(
    { needs: [over('write', 'exchange', '{exchange}')], elsewhere, note: topics },
    `POST ${engineExchange}/messages`,
  ),
  ...lines({ needs: [readQueue, publish], elsewhere, note: topics }, `POST ${engineQueue}/move`),
  ...lines({ needs: [configureQueue], elsewhere }, `POST ${engineQueue}/pause`, `POST ${engineQueue}/resume`),
];

const bind = [over('write', '{destinationKind}', '{destination}'), over('read', 'exchange', '{source}')];

const topology: readonly Line[] = [
  ...lines(
    { needs: [signIn], note: byVhost },
    'GET /v1/exchanges',
    'GET /v1/bindings',
    'GET /v1/vhosts',
    'GET /v1/policies',
    'GET /v1/operator-policies',
  ),
  ...lines(
    { needs: [sees] },
    'GET /v1/exchanges/{vhost}/{exchange}',
    'GET /v1/exchanges/{vhost}/{exchange}/route',
    'GET /v1/vhosts/{vhost}',
    'GET /v1/effective-policies/{vhost}/{kind}/{name}',
  ),
  ...lines(
    {
      needs: [configureExchange],
      note: 'With an alternate exchange: *read* on the exchange and *write* on the other too.',
    },
    'PUT /v1/exchanges/{vhost}/{exchange}',
  ),
  ...lines({ needs: [configureExchange] }, 'DELETE /v1/exchanges/{vhost}/{exchange}'),
  ...lines({ needs: bind, note: topics }, 'POST /v1/bindings', 'POST /v1/bindings/delete'),
  ...lines(
    { needs: [administers] },
    'PUT /v1/vhosts/{vhost}',
    'DELETE /v1/vhosts/{vhost}',
    'PUT /v1/vhosts/{vhost}/settings',
    'PUT /v1/operator-policies/{vhost}/{name}',
    'DELETE /v1/operator-policies/{vhost}/{name}',
  ),
  ...lines(
    { needs: [tag('set-policy', '{vhost}')] },
    'PUT /v1/policies/{vhost}/{name}',
    'DELETE /v1/policies/{vhost}/{name}',
  ),
];

const access: readonly Line[] = [
  ...lines({ needs: [] }, 'POST /v1/session'),
  ...lines({ needs: [], note: 'Tells who is signed in by the cookie, if anybody is.' }, 'GET /v1/session'),
  ...lines({ needs: [signIn], note: 'By the cookie alone.' }, 'DELETE /v1/session'),
  ...lines({ needs: [signIn] }, 'GET /v1/whoami', 'PUT /v1/whoami/password'),
  ...lines({ needs: [signIn], note: 'Of somebody else: `administrator`.' }, 'GET /v1/permissions/check'),
  ...lines(
    { needs: [signIn], note: `One's own; \`administrator\`: everybody's. ${owns}` },
    'GET /v1/sessions',
    'DELETE /v1/sessions',
    'DELETE /v1/sessions/{id}',
  ),
  ...lines(
    { needs: [administers] },
    'GET /v1/users',
    'PUT /v1/users/{name}',
    'DELETE /v1/users/{name}',
    'PUT /v1/users/{name}/password',
    'PUT /v1/users/{name}/tags',
    'GET /v1/permissions',
    'PUT /v1/permissions/{vhost}/{user}',
    'DELETE /v1/permissions/{vhost}/{user}',
    'GET /v1/topic-permissions',
    'PUT /v1/topic-permissions/{vhost}/{user}',
    'DELETE /v1/topic-permissions/{vhost}/{user}',
  ),
];

const alerts: readonly Line[] = [
  ...lines(
    { needs: [monitors] },
    'GET /v1/alerts',
    'GET /v1/alert-rules',
    'POST /v1/alert-rules/test',
    'POST /v1/alert-rules/backtest',
    'GET /v1/incidents',
    'GET /v1/incidents/{id}',
    'POST /v1/incidents/{id}/acknowledge',
    'POST /v1/incidents/{id}/comment',
    'GET /v1/silences',
    'POST /v1/silences',
    'DELETE /v1/silences/{id}',
    'GET /v1/remedies',
    'GET /v1/remedy-runs',
    'GET /v1/remedy-runs/{id}',
    'POST /v1/remedies/{remedy}/preview',
    'POST /v1/remedies/{remedy}/ask',
    'GET /v1/remedy-automation',
    'GET /v1/receivers',
    'GET /v1/alerts/routes',
  ),
  ...lines({ needs: [tag('set-policy')] }, 'PUT /v1/alert-rules/{name}', 'DELETE /v1/alert-rules/{name}'),
  ...lines(
    { needs: [administers] },
    'POST /v1/remedies/{remedy}/apply',
    'POST /v1/remedy-runs/{id}/approve',
    'POST /v1/remedy-runs/{id}/reject',
    'POST /v1/remedy-runs/{id}/undo',
    'PUT /v1/remedy-automation',
    'POST /v1/alerts/routes/{route}/test',
  ),
];

const server: readonly Line[] = [
  ...lines(
    { needs: [monitors] },
    'GET /v1/status',
    'GET /v1/journal',
    'GET /v1/monitor',
    'GET /v1/report',
    'GET /v1/report/owners.csv',
    'GET /v1/availability',
    'GET /v1/export/prometheus',
    'GET /v1/export/prometheus/{name}',
    'GET /v1/export/grafana',
    'GET /v1/export/grafana/{name}',
    'GET /v1/zabbix/figures',
    'GET /v1/zabbix/template',
  ),
  ...lines(
    { needs: [administers] },
    'POST /v1/journal/compact',
    'GET /v1/audit',
    'POST /v1/audit/verify',
    'GET /v1/definitions',
    'POST /v1/definitions',
  ),
  ...lines({ needs: [signIn] }, 'GET /v1/metrics/catalogue'),
  ...lines({ needs: [signIn], note: `${byVhost} All other figures: to monitor.` }, 'GET /v1/figures'),
  ...lines({ needs: [sees], note: 'A series that is of no virtual host: to monitor.' }, 'GET /v1/series'),
  ...lines({ needs: [signIn], note: 'Of each series, by itself, what `GET` needs.' }, 'POST /v1/series'),
  ...lines(
    {
      needs: [signIn],
      note: `One's own; whoever monitors sees all, an \`administrator\` closes all. ${owns}`,
    },
    'GET /v1/connections',
    'DELETE /v1/connections/{id}',
  ),
];

/** By method and path, as the OpenAPI document writes them. */
export const rightsTable: ReadonlyMap<string, OperationRights> = new Map([
  ...queues,
  ...tasks,
  ...engines,
  ...topology,
  ...access,
  ...alerts,
  ...server,
]);

/** What an operation needs; undefined: nobody wrote it down, which a test finds. */
export function rightsOf(method: string, path: string): OperationRights | undefined {
  return rightsTable.get(`${method.toUpperCase()} ${path}`);
}
