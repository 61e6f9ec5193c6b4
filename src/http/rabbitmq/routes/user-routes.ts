/**
 * `/api/users`, for administrators. Invariant: hashes of passwords are in exported definitions alone, never in a list
 * of users.
 */
import type { UserTag } from '../../../access/index.js';
import { SluiceError } from '../../../kernel/index.js';
import type { OperationResult } from '../../../operations/index.js';
import { runOperation } from '../../api/operation-route.js';
import { answerList, short } from '../answer-list.js';
import type { Item } from '../columns.js';
import type { Fields } from '../fields.js';
import { missing } from '../fields.js';
import { found } from '../operation.js';
import {
  administers,
  createdIf,
  done,
  get,
  json,
  post,
  put,
  remove,
  type RabbitAnswer,
  type RabbitRoute,
  type Visit,
} from '../rabbit-route.js';

type User = OperationResult<'user.list'>['users'][number];

const bulkMax = 1_000;

const userItem = ({ name, tags }: User): Item => ({ name, tags, limits: {} });

async function users({ call }: Visit): Promise<readonly User[]> {
  return (await runOperation(call, 'user.list', {})).users;
}

async function findUser(visit: Visit, name: string): Promise<User> {
  return found((await users(visit)).find((user) => user.name === name));
}

/** As a list, or as one text with commas. The operation refuses tags that nobody knows. */
function tagsOf(fields: Fields): UserTag[] {
  const given = fields.get('tags');
  if (given === undefined) throw new SluiceError('bad-input', 'tags_not_present');
  const tags: unknown[] = Array.isArray(given) ? given : fields.requiredText('tags').split(',');
  const names = tags.map((tag) => (typeof tag === 'string' ? tag.trim() : tag));
  return names.filter((tag) => tag !== '' && tag !== 'none') as UserTag[];
}

async function putUser(visit: Visit): Promise<RabbitAnswer> {
  const { call, fields } = visit;
  const name = visit.path('user');
  const tags = tagsOf(fields);
  const isNew = (await users(visit)).every((user) => user.name !== name);
  const password = fields.text('password');
  const hash = fields.text('password_hash');
  if (password !== undefined && hash !== undefined) {
    throw new SluiceError('bad-input', 'both password and password_hash are given');
  }
  if (password === undefined || password === '') {
    const algorithm = fields.text('hashing_algorithm');
    await runOperation(call, 'user.import', {
      name,
      tags,
      passwordHash: hash ?? '',
      hashingAlgorithm: algorithm,
    });
  } else if (isNew) {
    await runOperation(call, 'user.add', { name, password, tags });
  } else {
    await runOperation(call, 'user.passwd', { name, password });
    await runOperation(call, 'user.tags', { name, tags });
  }
  return createdIf(isNew);
}

/** All of them or, where one is not there, none. */
async function deleteUsers(visit: Visit): Promise<RabbitAnswer> {
  if (!visit.fields.has('users')) throw missing('users');
  const names = visit.fields.list('users');
  if (names.length > bulkMax) throw new SluiceError('bad-input', `users: more than ${bulkMax}`);
  const known = new Set((await users(visit)).map(({ name }) => name));
  const stranger = names.find((name) => typeof name !== 'string' || !known.has(name));
  if (stranger !== undefined) throw new SluiceError('bad-input', `no_such_user: ${JSON.stringify(stranger)}`);
  for (const name of new Set(names as string[])) await runOperation(visit.call, 'user.delete', { name });
  return done;
}

async function withoutPermissions(visit: Visit): Promise<RabbitAnswer> {
  const { permissions } = await runOperation(visit.call, 'permissions.list', {});
  const entitled = new Set(permissions.map(({ user }) => user));
  return json((await users(visit)).filter(({ name }) => !entitled.has(name)).map(userItem));
}

async function permissionsOf(visit: Visit, operation: 'permissions.list' | 'topic-permissions.list') {
  const { name: user } = await findUser(visit, visit.path('user'));
  const { permissions } = await runOperation(visit.call, operation, { user });
  return json(permissions);
}

export const userRoutes: readonly RabbitRoute[] = [
  get('/users', administers, async (visit) =>
    answerList(
      visit,
      short(await users(visit), userItem, ({ name }) => [name]),
    ),
  ),
  get('/users/without-permissions', administers, withoutPermissions),
  post('/users/bulk-delete', administers, deleteUsers),
  get('/users/{user}', administers, async (visit) =>
    json(userItem(await findUser(visit, visit.path('user')))),
  ),
  put('/users/{user}', administers, putUser),
  remove('/users/{user}', administers, async (visit) => {
    const { name } = await findUser(visit, visit.path('user'));
    await runOperation(visit.call, 'user.delete', { name });
    return done;
  }),
  get('/users/{user}/permissions', administers, (visit) => permissionsOf(visit, 'permissions.list')),
  get('/users/{user}/topic-permissions', administers, (visit) =>
    permissionsOf(visit, 'topic-permissions.list'),
  ),
];
