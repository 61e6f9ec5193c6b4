/** `/api/permissions` and `/api/topic-permissions`, for administrators. */
import type { Permission, TopicPermission } from '../../../access/index.js';
import { SluiceError } from '../../../kernel/index.js';
import { runOperation } from '../../api/operation-route.js';
import { answerList, short } from '../answer-list.js';
import { found } from '../operation.js';
import {
  administers,
  createdIf,
  done,
  get,
  json,
  put,
  remove,
  type RabbitAnswer,
  type RabbitRoute,
  type Visit,
} from '../rabbit-route.js';

const path = '/permissions/{vhost}/{user}';
const topicPath = '/topic-permissions/{vhost}/{user}';

const named = (visit: Visit) => ({ vhost: visit.vhost, user: visit.path('user') });

async function permissions(
  { call }: Visit,
  filter: { user?: string; vhost?: string } = {},
): Promise<readonly Permission[]> {
  return (await runOperation(call, 'permissions.list', filter)).permissions;
}

async function topicPermissions(
  { call }: Visit,
  filter: { user?: string; vhost?: string } = {},
): Promise<readonly TopicPermission[]> {
  return (await runOperation(call, 'topic-permissions.list', filter)).permissions;
}

/** In RabbitMQ's words; for a virtual host access itself does not look whether it is there. */
async function requireBoth(visit: Visit): Promise<void> {
  const { user, vhost } = named(visit);
  const { vhosts } = await runOperation(visit.call, 'vhost.list', {});
  const { users } = await runOperation(visit.call, 'user.list', {});
  if (vhosts.includes(vhost) && users.some(({ name }) => name === user)) return;
  throw new SluiceError('bad-input', 'vhost_or_user_not_found');
}

async function putPermission(visit: Visit): Promise<RabbitAnswer> {
  const { fields } = visit;
  const rights = {
    configure: fields.requiredText('configure'),
    write: fields.requiredText('write'),
    read: fields.requiredText('read'),
  };
  await requireBoth(visit);
  const stood = await permissions(visit, named(visit));
  await runOperation(visit.call, 'permissions.set', { ...named(visit), ...rights });
  return createdIf(stood.length === 0);
}

async function putTopicPermission(visit: Visit): Promise<RabbitAnswer> {
  const { fields } = visit;
  const rights = {
    exchange: fields.requiredText('exchange'),
    write: fields.requiredText('write'),
    read: fields.requiredText('read'),
  };
  await requireBoth(visit);
  const stood = await topicPermissions(visit, named(visit));
  await runOperation(visit.call, 'topic-permissions.set', { ...named(visit), ...rights });
  return createdIf(stood.length === 0);
}

async function requireTopicPermissions(visit: Visit): Promise<readonly TopicPermission[]> {
  const rows = await topicPermissions(visit, named(visit));
  found(rows[0]);
  return rows;
}

export const permissionRoutes: readonly RabbitRoute[] = [
  get('/permissions', administers, async (visit) =>
    answerList(
      visit,
      short(
        await permissions(visit),
        (row) => ({ ...row }),
        ({ vhost, user }) => [vhost, user],
      ),
    ),
  ),
  get(path, administers, async (visit) => json(found((await permissions(visit, named(visit)))[0]))),
  put(path, administers, putPermission),
  remove(path, administers, async (visit) => {
    found((await permissions(visit, named(visit)))[0]);
    await runOperation(visit.call, 'permissions.clear', named(visit));
    return done;
  }),
  get('/topic-permissions', administers, async (visit) =>
    answerList(
      visit,
      short(
        await topicPermissions(visit),
        (row) => ({ ...row }),
        ({ vhost, user, exchange }) => [vhost, user, exchange],
      ),
    ),
  ),
  get(topicPath, administers, async (visit) => json(await requireTopicPermissions(visit))),
  put(topicPath, administers, putTopicPermission),
  remove(topicPath, administers, async (visit) => {
    await requireTopicPermissions(visit);
    await runOperation(visit.call, 'topic-permissions.clear', named(visit));
    return done;
  }),
  remove(`${topicPath}/{exchange}`, administers, async (visit) => {
    await requireTopicPermissions(visit);
    const exchange = visit.path('exchange');
    await runOperation(visit.call, 'topic-permissions.clear', { ...named(visit), exchange });
    return done;
  }),
];
