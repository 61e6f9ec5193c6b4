/**
 * `/v1/users`, `/v1/permissions`, `/v1/topic-permissions`, for administrators; `/v1/whoami` and what
 * oneself may do for everyone.
 */
import { z } from 'zod';
import type { OperationInput, OperationName, OperationResult } from '../../operations/index.js';
import {
  permissionAnswer,
  permissionCheckAnswer,
  topicPermissionAnswer,
  userAnswer,
  whoAnswer,
} from '../api/answers.js';
import { listRoute } from '../api/list-route.js';
import { inputOf, operationRoute, runOperation, type OperationRoute } from '../api/operation-route.js';
import { route, type Method, type Route } from '../api/route.js';
import type { Caller } from '../caller.js';

type User = OperationResult<'user.list'>['users'][number];
type Permission = OperationResult<'permissions.list'>['permissions'][number];
type TopicPermission = OperationResult<'topic-permissions.list'>['permissions'][number];

function administers(caller: Caller): void {
  caller.requireTag('administer');
}

const seesAll = () => () => true;

/** A change that only administrators make. */
function change<Name extends OperationName>(
  name: Name,
  method: Method,
  path: string,
  summary: string,
  defaults: OperationRoute<Name>['defaults'] = {},
): Route {
  const tag = path.startsWith('/v1/users') ? 'users' : 'permissions';
  return operationRoute(name, {
    method,
    path,
    summary,
    tag,
    defaults,
    allow: administers,
  });
}

const permissionSorts = {
  user: ({ user }: { readonly user: string }) => user,
  vhost: ({ vhost }: { readonly vhost: string }) => vhost,
};

export const accessRoutes: readonly Route[] = [
  route({
    ...{
      method: 'GET',
      path: '/v1/whoami',
      summary: 'Say who is signed in',
      tag: 'users',
      answer: whoAnswer,
    },
    input: z.strictObject({}),
    allow: () => undefined,
    run: ({ caller: { identity } }) => Promise.resolve({ name: identity.name, tags: identity.tags }),
  }),
  operationRoute('user.own-password', {
    ...{ method: 'PUT', path: '/v1/whoami/password', summary: "Change one's own password", tag: 'users' },
    allow: () => undefined,
  }),
  listRoute<'user.list', User>('user.list', {
    ...{ path: '/v1/users', summary: 'List users', tag: 'users', row: userAnswer },
    allow: administers,
    rows: ({ users }) => users,
    sees: seesAll,
    text: ({ name }) => name,
    key: ({ name }) => [name],
    sorts: { name: ({ name }) => name },
  }),
  change('user.add', 'PUT', '/v1/users/{name}', 'Add a user', { tags: [] }),
  change('user.delete', 'DELETE', '/v1/users/{name}', 'Delete a user and its permissions'),
  change('user.passwd', 'PUT', '/v1/users/{name}/password', 'Change a password'),
  change('user.tags', 'PUT', '/v1/users/{name}/tags', 'Set the tags of a user'),
  listRoute<'permissions.list', Permission>('permissions.list', {
    ...{ path: '/v1/permissions', summary: 'List permissions', tag: 'permissions', row: permissionAnswer },
    allow: administers,
    rows: ({ permissions }) => permissions,
    sees: seesAll,
    text: ({ user }) => user,
    key: ({ user, vhost }) => [user, vhost],
    sorts: permissionSorts,
  }),
  route({
    ...{ method: 'GET', path: '/v1/permissions/check', tag: 'permissions', answer: permissionCheckAnswer },
    summary: 'Say what a user may do with a queue or an exchange: oneself, unless said otherwise',
    input: inputOf('permissions.check').extend({
      user: z.string().min(1).max(255).optional(),
    }) as unknown as z.ZodType<
      Omit<OperationInput<'permissions.check'>, 'user'> & { readonly user?: string | undefined }
    >,
    allow(caller, { user = caller.identity.name }) {
      if (user !== caller.identity.name) administers(caller);
    },
    run: (call, { user = call.caller.identity.name, ...given }) =>
      runOperation(call, 'permissions.check', { user, ...given }),
  }),
  change('permissions.set', 'PUT', '/v1/permissions/{vhost}/{user}', 'Let a user in, with rights by pattern'),
  change('permissions.clear', 'DELETE', '/v1/permissions/{vhost}/{user}', 'Let a user no longer in'),
  listRoute<'topic-permissions.list', TopicPermission>('topic-permissions.list', {
    ...{ path: '/v1/topic-permissions', summary: 'List topic permissions', tag: 'permissions' },
    row: topicPermissionAnswer,
    allow: administers,
    rows: ({ permissions }) => permissions,
    sees: seesAll,
    text: ({ user }) => user,
    key: ({ user, vhost, exchange }) => [user, vhost, exchange],
    sorts: permissionSorts,
  }),
  change(
    'topic-permissions.set',
    'PUT',
    '/v1/topic-permissions/{vhost}/{user}',
    'Limit the routing keys of a user on an exchange',
  ),
  change(
    'topic-permissions.clear',
    'DELETE',
    '/v1/topic-permissions/{vhost}/{user}',
    'Take the limits away: of one exchange, or of all',
  ),
];
