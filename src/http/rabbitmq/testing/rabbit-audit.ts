/**
 * What every route of RabbitMQ's management API that is no GET leaves in the audit log, and the one GET that changes
 * something. Invariant: it has a line for each such route, and no other; what leaves nothing says why.
 */
import type { AuditEvent } from '../../../access/index.js';
import type { Leaves } from '../../api/audit-table.js';

const one = (event: AuditEvent, note?: string): Leaves => (note === undefined ? { event } : { event, note });
const none = (reason: string): Leaves => ({ none: reason });

const counted = 'equal ones within a minute are one record with a count';
const imported = one('definitions-imported', 'and one for each user and permission in it');
const absent = 'there are none, so that nothing is changed';

/** By method and path below `/api`. */
export const rabbitAuditTable: ReadonlyMap<string, Leaves> = new Map<string, Leaves>([
  ['PUT /vhosts/{vhost}', one('topology-created', 'and for its settings; `permissions-set` for who made it')],
  ['DELETE /vhosts/{vhost}', one('topology-deleted', 'and `permissions-cleared`')],
  ['PUT /vhost-limits/{vhost}/{name}', one('topology-created')],
  ['DELETE /vhost-limits/{vhost}/{name}', one('topology-created')],
  ['PUT /exchanges/{vhost}/{exchange}', one('topology-created')],
  ['DELETE /exchanges/{vhost}/{exchange}', one('topology-deleted')],
  ['PUT /queues/{vhost}/{queue}', one('topology-created')],
  ['DELETE /queues/{vhost}/{queue}', one('topology-deleted', 'with how many messages went')],
  ['DELETE /queues/{vhost}/{queue}/contents', one('messages-purged', counted)],
  ['POST /queues/{vhost}/{queue}/actions', none('mirrors are RabbitMQ’s: there is nothing to synchronise')],
  ['POST /exchanges/{vhost}/{exchange}/publish', one('messages-published', counted)],
  [
    'POST /queues/{vhost}/{queue}/get',
    one('messages-taken', `${counted}; none where the messages go back, which is looking`),
  ],
  [
    'GET /aliveness-test/{vhost}',
    one('topology-created', 'and `messages-published` and `messages-taken`: it does all three'),
  ],
  ['POST /bindings/{vhost}/e/{source}/{kind}/{destination}', one('topology-created')],
  ['DELETE /bindings/{vhost}/e/{source}/{kind}/{destination}/{key}', one('topology-deleted')],
  ['DELETE /connections/{name}', one('connection-closed')],
  ['DELETE /connections/username/{user}', one('connection-closed', 'one for each connection')],
  ['POST /users/bulk-delete', one('user-deleted', 'one for each user')],
  [
    'PUT /users/{user}',
    one('user-added', 'of one that stands `password-changed` and `tags-set`; with a hash `user-imported`'),
  ],
  ['DELETE /users/{user}', one('user-deleted')],
  ['PUT /permissions/{vhost}/{user}', one('permissions-set')],
  ['DELETE /permissions/{vhost}/{user}', one('permissions-cleared')],
  ['PUT /topic-permissions/{vhost}/{user}', one('topic-permissions-set')],
  ['DELETE /topic-permissions/{vhost}/{user}', one('topic-permissions-cleared')],
  ['DELETE /topic-permissions/{vhost}/{user}/{exchange}', one('topic-permissions-cleared')],
  ['PUT /policies/{vhost}/{name}', one('policy-set')],
  ['DELETE /policies/{vhost}/{name}', one('policy-cleared')],
  ['PUT /operator-policies/{vhost}/{name}', one('policy-set')],
  ['DELETE /operator-policies/{vhost}/{name}', one('policy-cleared')],
  ['PUT /parameters/{component}/{vhost}/{name}', none('always refused: parameters are not supported')],
  ['DELETE /parameters/{component}/{vhost}/{name}', none(absent)],
  ['PUT /global-parameters/{name}', none('always refused: global parameters are not supported')],
  ['DELETE /global-parameters/{name}', none(absent)],
  ['PUT /user-limits/{user}/{name}', none('always refused: limits of users are not supported')],
  ['DELETE /user-limits/{user}/{name}', none(absent)],
  ['PUT /cluster-name', none('always refused: the name of a node is that of its machine')],
  ['POST /rebalance/queues', none('queues have one home: there is nothing to move')],
  ['POST /definitions', imported],
  ['POST /all-configuration', imported],
  ['POST /definitions/{vhost}', imported],
]);
