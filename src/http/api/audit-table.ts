/**
 * What every operation of `/v1` that is no GET leaves in the audit log, in one table: the OpenAPI document tells it,
 * docs/audit.md shows it, and a test does each on a real server and looks. Invariant: it has a line for each operation
 * that is no GET, and no other; what leaves nothing says why.
 */
import type { AuditEvent } from '../../access/index.js';

/** One record with this event, done or failed; or none, for a reason. */
export type Leaves = { readonly event: AuditEvent; readonly note?: string } | { readonly none: string };

type Line = readonly [operation: string, leaves: Leaves];

const leaves = (event: AuditEvent, operations: readonly string[], note?: string): readonly Line[] =>
  operations.map((operation) => [operation, note === undefined ? { event } : { event, note }]);
const nothing = (none: string, ...operations: readonly string[]): readonly Line[] =>
  operations.map((operation) => [operation, { none }]);

const queue = '/v1/queues/{vhost}/{queue}';
const message = `${queue}/messages/{position}`;
const counted = 'equal ones within a minute are one record with a count';
const beside = 'on an engine beside: `engine-used`';
const ifDone = 'none where nothing was changed';

const queues: readonly Line[] = [
  ...leaves('topology-created', [`PUT ${queue}`]),
  ...leaves('topology-deleted', [`DELETE ${queue}`], 'with how many messages went'),
  ...leaves('queue-paused', [`POST ${queue}/pause`], ifDone),
  ...leaves('queue-resumed', [`POST ${queue}/resume`], ifDone),
  ...leaves('messages-purged', [`POST ${queue}/purge`], counted),
  ...leaves('messages-removed', [`DELETE ${queue}/delayed/{position}`, `DELETE ${message}`], counted),
  ...leaves('messages-released', [`POST ${message}/release`], counted),
  ...leaves('messages-dead-lettered', [`POST ${message}/dead-letter`], counted),
  ...leaves('messages-moved', [`POST ${queue}/move`], `${counted}; none of a dry run`),
  ...leaves(
    'messages-published',
    [`POST ${queue}/messages`, 'POST /v1/exchanges/{vhost}/{exchange}/messages'],
    counted,
  ),
  ...leaves('redrive-started', ['POST /v1/redrives'], 'and `redrive-ended`; none of a dry run'),
  ...leaves('redrive-cancelled', ['POST /v1/redrives/{id}/cancel'], ifDone),
];

const task = '/v1/tasks/{queue}/tasks/{id}';

const tasks: readonly Line[] = [
  ...leaves('messages-published', ['POST /v1/tasks/{queue}/tasks'], counted),
  ...leaves('task-cancelled', [`POST ${task}/cancel`]),
  ...leaves('task-retried', [`POST ${task}/retry`]),
  ...leaves(
    'redrive-started',
    ['POST /v1/tasks/{queue}/redrive'],
    'and `redrive-ended`; none of a dry run, or where no task of the name was ever dead',
  ),
  ...nothing('it computes and changes nothing', 'POST /v1/analyze'),
];

const engineQueue = '/v1/engines/{engine}/queues/{vhost}/{queue}';

const engines: readonly Line[] = [
  ...leaves('messages-purged', [`POST ${engineQueue}/purge`], beside),
  ...leaves(
    'messages-published',
    [`POST ${engineQueue}/messages`, 'POST /v1/engines/{engine}/exchanges/{vhost}/{exchange}/messages'],
    beside,
  ),
  ...leaves('messages-moved', [`POST ${engineQueue}/move`], beside),
  ...leaves('queue-paused', [`POST ${engineQueue}/pause`], beside),
  ...leaves('queue-resumed', [`POST ${engineQueue}/resume`], beside),
];

const topology: readonly Line[] = [
  ...leaves('topology-created', [
    'PUT /v1/exchanges/{vhost}/{exchange}',
    'POST /v1/bindings',
    'PUT /v1/vhosts/{vhost}',
    'PUT /v1/vhosts/{vhost}/settings',
  ]),
  ...leaves('topology-deleted', ['DELETE /v1/exchanges/{vhost}/{exchange}', 'POST /v1/bindings/delete']),
  ...leaves('topology-deleted', ['DELETE /v1/vhosts/{vhost}'], 'and `permissions-cleared`'),
  ...leaves(
    'policy-set',
    ['PUT /v1/policies/{vhost}/{name}', 'PUT /v1/operator-policies/{vhost}/{name}'],
    ifDone,
  ),
  ...leaves('policy-cleared', [
    'DELETE /v1/policies/{vhost}/{name}',
    'DELETE /v1/operator-policies/{vhost}/{name}',
  ]),
];

const access: readonly Line[] = [
  ...leaves('sign-in', ['POST /v1/session']),
  ...leaves('sign-out', ['DELETE /v1/session']),
  ...leaves(
    'session-ended',
    ['DELETE /v1/sessions', 'DELETE /v1/sessions/{id}'],
    'one for each session; of one’s own `sign-out`',
  ),
  ...leaves('password-changed', ['PUT /v1/whoami/password', 'PUT /v1/users/{name}/password']),
  ...leaves('user-added', ['PUT /v1/users/{name}']),
  ...leaves('user-deleted', ['DELETE /v1/users/{name}']),
  ...leaves('tags-set', ['PUT /v1/users/{name}/tags']),
  ...leaves('permissions-set', ['PUT /v1/permissions/{vhost}/{user}']),
  ...leaves('permissions-cleared', ['DELETE /v1/permissions/{vhost}/{user}']),
  ...leaves('topic-permissions-set', ['PUT /v1/topic-permissions/{vhost}/{user}']),
  ...leaves('topic-permissions-cleared', ['DELETE /v1/topic-permissions/{vhost}/{user}']),
];

const alerts: readonly Line[] = [
  ...leaves('alert-changed', [
    'PUT /v1/alert-rules/{name}',
    'DELETE /v1/alert-rules/{name}',
    'POST /v1/incidents/{id}/acknowledge',
    'POST /v1/incidents/{id}/comment',
    'POST /v1/silences',
    'DELETE /v1/silences/{id}',
  ]),
  ...leaves('remedy-applied', ['POST /v1/remedies/{remedy}/apply']),
  ...leaves('remedy-asked', ['POST /v1/remedies/{remedy}/ask']),
  ...leaves('remedy-approved', ['POST /v1/remedy-runs/{id}/approve'], 'and `remedy-applied`'),
  ...leaves('remedy-refused', ['POST /v1/remedy-runs/{id}/reject']),
  ...leaves('remedy-undone', ['POST /v1/remedy-runs/{id}/undo']),
  ...leaves('remedies-switched', ['PUT /v1/remedy-automation']),
  ...leaves('notification-tested', ['POST /v1/alerts/routes/{route}/test']),
  ...nothing(
    'it tries and changes nothing',
    'POST /v1/alert-rules/test',
    'POST /v1/alert-rules/backtest',
    'POST /v1/remedies/{remedy}/preview',
  ),
];

const server: readonly Line[] = [
  ...leaves('connection-closed', ['DELETE /v1/connections/{id}']),
  ...leaves('journal-compacted', ['POST /v1/journal/compact']),
  ...leaves(
    'definitions-imported',
    ['POST /v1/definitions'],
    'and one for each user and permission in it; none of a dry run, or where nothing was changed',
  ),
  ...nothing('it reads', 'POST /v1/audit/verify', 'POST /v1/series'),
];

/** By method and path, as the OpenAPI document writes them. */
export const auditTable: ReadonlyMap<string, Leaves> = new Map([
  ...queues,
  ...tasks,
  ...engines,
  ...topology,
  ...access,
  ...alerts,
  ...server,
]);
