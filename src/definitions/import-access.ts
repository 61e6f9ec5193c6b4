/**
 * Imports users and their permissions. Password hashes are taken as they are; `access` hashes anew at the first
 * sign-in.
 */
import { userTags, type UserDefinition, type UserTag } from '../access/index.js';
import type { DefinitionKind } from './document.js';
import { permissionItem, topicPermissionItem, userItem } from './items.js';
import { readItem } from './read-item.js';
import type { ImportTally, ItemOutcome } from './report.js';
import type { DefinitionsTarget, ImportOptions } from './target.js';
import type { z } from 'zod';

type UserItem = z.infer<typeof userItem>;

/** The name under which Sluice's own hashes are known to `access`. */
const ownAlgorithm = 'sluice_password_hashing_argon2id';

function tagsOf(user: UserItem): string[] {
  const tags = typeof user.tags === 'string' ? user.tags.split(',') : user.tags;
  return tags.map((tag) => tag.trim()).filter((tag) => tag !== '');
}

function isKnownTag(tag: string): tag is UserTag {
  return (userTags as readonly string[]).includes(tag);
}

function definitionOf(user: UserItem, tags: readonly string[]): UserDefinition {
  if (user.sluice_password_hash !== undefined) {
    return {
      name: user.name,
      passwordHash: user.sluice_password_hash,
      hashingAlgorithm: ownAlgorithm,
      tags,
    };
  }
  return {
    name: user.name,
    passwordHash: user.password_hash ?? '',
    ...(user.hashing_algorithm === undefined ? {} : { hashingAlgorithm: user.hashing_algorithm }),
    tags,
  };
}

/** The users and permissions of one import. */
export class AccessImport {
  readonly #target: DefinitionsTarget;
  readonly #options: ImportOptions;
  readonly #tally: ImportTally;
  readonly #users: Set<string>;

  constructor(target: DefinitionsTarget, options: ImportOptions, tally: ImportTally) {
    this.#target = target;
    this.#options = options;
    this.#tally = tally;
    this.#users = new Set(target.access.listUsers().map(({ name }) => name));
  }

  async user(item: unknown): Promise<void> {
    const user = readItem('users', userItem, item, this.#tally);
    if (user === undefined) return;
    const label = `user '${user.name}'`;
    const tags = tagsOf(user);
    await this.#attempt('users', label, () => this.#importUser(user, tags.filter(isKnownTag)));
    const unknown = tags.filter((tag) => !isKnownTag(tag) && tag !== 'none');
    if (unknown.length > 0) this.#note(label, `the tags ${unknown.join(', ')} are not known; left out`);
    if (typeof user.limits === 'object' && user.limits !== null && Object.keys(user.limits).length > 0) {
      this.#note(label, 'limits of a user are not supported; it was imported without');
    }
  }

  async permission(item: unknown): Promise<void> {
    const given = readItem('permissions', permissionItem, item, this.#tally);
    if (given === undefined) return;
    const { user, configure, write, read } = given;
    const vhost = given.vhost ?? this.#options.vhost;
    const { access, actor } = this.#target;
    await this.#attempt('permissions', `permissions of '${user}' in vhost '${vhost}'`, async () => {
      const [now] = access.listPermissions({ user, vhost });
      if (now?.configure === configure && now.write === write && now.read === read) return 'unchanged';
      if (!this.#options.dryRun) {
        await access.setPermissions({ user, vhost, configure, write, read }, actor);
      }
      return now === undefined ? 'created' : 'updated';
    });
  }

  async topicPermission(item: unknown): Promise<void> {
    const given = readItem('topic_permissions', topicPermissionItem, item, this.#tally);
    if (given === undefined) return;
    const { user, exchange, write, read } = given;
    const vhost = given.vhost ?? this.#options.vhost;
    const { access, actor } = this.#target;
    const label = `topic permissions of '${user}' on '${exchange}' in vhost '${vhost}'`;
    await this.#attempt('topic_permissions', label, async () => {
      const now = access.listTopicPermissions({ user, vhost }).find((other) => other.exchange === exchange);
      if (now?.write === write && now.read === read) return 'unchanged';
      if (!this.#options.dryRun) {
        await access.setTopicPermissions({ user, vhost, exchange, write, read }, actor);
      }
      return now === undefined ? 'created' : 'updated';
    });
  }

  async #importUser(user: UserItem, tags: readonly UserTag[]): Promise<ItemOutcome> {
    const { access, actor } = this.#target;
    const exists = this.#users.has(user.name);
    this.#users.add(user.name);
    if (this.#options.dryRun) return exists ? 'updated' : 'created';
    if (user.password === undefined) return access.importUser(definitionOf(user, tags), actor);
    if (!exists) {
      await access.addUser({ name: user.name, password: user.password, tags }, actor);
      return 'created';
    }
    await access.changePassword({ name: user.name, password: user.password }, actor);
    await access.setTags({ name: user.name, tags }, actor);
    return 'updated';
  }

  async #attempt(kind: DefinitionKind, label: string, run: () => Promise<ItemOutcome>): Promise<void> {
    try {
      this.#tally.count(kind, await run());
    } catch (error) {
      this.#tally.refuseFor(kind, label, error);
    }
  }

  #note(item: string, reason: string): void {
    this.#tally.note({ kind: 'users', item, outcome: 'unsupported', reason });
  }
}
