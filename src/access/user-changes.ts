/**
 * What each administrative change makes of the users: pure, deciding nothing about who may ask. A change to
 * what is so already gives a step that tells nothing, which is neither saved nor announced.
 */
import { SluiceError } from '../kernel/index.js';
import { isDeepStrictEqual } from 'node:util';
import type { AccessChange, Permission, TopicPermission, UserTag } from './types.js';
import type { Step, Users } from './user-book.js';
import type { StoredPassword, UserRecord } from './user-record.js';

export function addUser(users: Users, user: UserRecord): Step {
  if (users.has(user.name)) {
    throw new SluiceError('already-exists', `user '${user.name}' exists already`);
  }
  return { users: withRecord(users, user), told: [{ kind: 'user-added', user: user.name }] };
}

export function deleteUser(users: Users, name: string): Step {
  existing(users, name);
  const next = new Map(users);
  next.delete(name);
  return { users: next, told: [{ kind: 'user-deleted', user: name }] };
}

export function setPassword(users: Users, name: string, password: StoredPassword): Step {
  const user = existing(users, name);
  if (isDeepStrictEqual(user.password, password)) return { users, told: [] };
  return {
    users: withRecord(users, { ...user, password }),
    told: [{ kind: 'password-changed', user: name }],
  };
}

export function setTags(users: Users, name: string, tags: readonly UserTag[]): Step {
  const user = existing(users, name);
  const unique = [...new Set(tags)].sort();
  if (isDeepStrictEqual(user.tags, unique)) return { users, told: [] };
  return {
    users: withRecord(users, { ...user, tags: unique }),
    told: [{ kind: 'tags-changed', user: name }],
  };
}

export function setPermission(users: Users, permission: Permission): Step {
  const user = existing(users, permission.user);
  const { vhost, configure, write, read } = permission;
  const entry = { vhost, configure, write, read };
  const others = user.permissions.filter((other) => other.vhost !== vhost);
  const permissions = [...others, entry].sort(by((each) => each.vhost));
  return permissionStep(users, user, { ...user, permissions }, vhost);
}

export function clearPermission(users: Users, name: string, vhost: string): Step {
  const user = existing(users, name);
  const permissions = user.permissions.filter((other) => other.vhost !== vhost);
  return permissionStep(users, user, { ...user, permissions }, vhost);
}

export function setTopicPermission(users: Users, permission: TopicPermission): Step {
  const user = existing(users, permission.user);
  const { vhost, exchange, write, read } = permission;
  const entry = { vhost, exchange, write, read };
  const others = user.topicPermissions.filter(
    (other) => other.vhost !== vhost || other.exchange !== exchange,
  );
  const topicPermissions = [...others, entry].sort(by((each) => `${each.vhost}\0${each.exchange}`));
  return permissionStep(users, user, { ...user, topicPermissions }, vhost);
}

export function clearTopicPermission(
  users: Users,
  name: string,
  vhost: string,
  exchange: string | undefined,
): Step {
  const user = existing(users, name);
  const topicPermissions = user.topicPermissions.filter(
    (other) => other.vhost !== vhost || (exchange !== undefined && other.exchange !== exchange),
  );
  return permissionStep(users, user, { ...user, topicPermissions }, vhost);
}

/** Drops every right of every user in `vhost`. */
export function forgetVirtualHost(users: Users, vhost: string): Step {
  const next = new Map(users);
  const told: AccessChange[] = [];
  for (const user of users.values()) {
    const permissions = user.permissions.filter((other) => other.vhost !== vhost);
    const topicPermissions = user.topicPermissions.filter((other) => other.vhost !== vhost);
    const changes = permissionChanges(user, { ...user, permissions, topicPermissions }, vhost);
    if (changes.length > 0) next.set(user.name, { ...user, permissions, topicPermissions });
    told.push(...changes);
  }
  return { users: next, told };
}

/** The user, or `not-found`. */
export function existing(users: Users, name: string): UserRecord {
  const user = users.get(name);
  if (user === undefined) throw new SluiceError('not-found', `there is no user '${name}'`);
  return user;
}

function permissionStep(users: Users, before: UserRecord, after: UserRecord, vhost: string): Step {
  const told = permissionChanges(before, after, vhost);
  return told.length === 0 ? { users, told } : { users: withRecord(users, after), told };
}

function permissionChanges(before: UserRecord, after: UserRecord, vhost: string): AccessChange[] {
  const told: AccessChange[] = [];
  if (!isDeepStrictEqual(before.permissions, after.permissions)) {
    told.push({ kind: 'permissions-changed', user: after.name, vhost });
  }
  if (!isDeepStrictEqual(before.topicPermissions, after.topicPermissions)) {
    told.push({ kind: 'topic-permissions-changed', user: after.name, vhost });
  }
  return told;
}

/** Keeps the user's place, so that the file changes where the user changed. */
function withRecord(users: Users, user: UserRecord): Users {
  return new Map([...users, [user.name, user]]);
}

function by<T>(key: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}
