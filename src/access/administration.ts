/**
 * Changing users and permissions. Invariant: every change is asked for by someone who may `administer`, except
 * that of one's own password, and leaves one record in the audit log, whether it was made, failed or was refused.
 */
import { SluiceError, unreachable, type Random, pattern } from '../kernel/index.js';
import type { Audit, AuditEvent } from './audit-types.js';
import type { Decisions } from './decisions.js';
import { checkName } from './names.js';
import {
  argon2idAlgorithm,
  argon2idProblem,
  checkPassword,
  hashingAlgorithms,
  importedHashProblem,
} from './password-format.js';
import type { PasswordPool } from './password-pool.js';
import {
  userTags,
  type Actor,
  type ImportOutcome,
  type Permission,
  type TopicPermission,
  type UserDefinition,
  type UserSummary,
  type UserTag,
} from './types.js';
import type { Step, UserBook, Users } from './user-book.js';
import * as changes from './user-changes.js';
import type { StoredPassword, UserRecord } from './user-record.js';

const idBytes = 12;

export interface AdministrationOptions {
  readonly book: UserBook;
  readonly pool: PasswordPool;
  readonly decisions: Decisions;
  readonly audit: Audit;
  readonly random: Random;
}

interface Task {
  readonly event: AuditEvent;
  readonly subject: string;
  readonly by: Actor;
}

export class Administration {
  readonly #book: UserBook;
  readonly #pool: PasswordPool;
  readonly #decisions: Decisions;
  readonly #audit: Audit;
  readonly #random: Random;

  constructor(options: AdministrationOptions) {
    this.#book = options.book;
    this.#pool = options.pool;
    this.#decisions = options.decisions;
    this.#audit = options.audit;
    this.#random = options.random;
  }

  addUser(user: { name: string; password: string; tags?: readonly UserTag[] }, by: Actor): Promise<void> {
    return this.#perform({ event: 'user-added', subject: `user '${user.name}'`, by }, async () => {
      checkName('user', user.name);
      const tags = checkedTags(user.tags ?? []);
      const password = await this.#hashed(user.password);
      const record = this.newUser(user.name, password, tags);
      await this.#book.change((users) => changes.addUser(users, record));
    });
  }

  changePassword(user: { name: string; password: string }, by: Actor): Promise<void> {
    return this.#perform({ event: 'password-changed', subject: `user '${user.name}'`, by }, async () => {
      changes.existing(this.#book.users, user.name);
      const password = await this.#hashed(user.password);
      await this.#book.change((users) => changes.setPassword(users, user.name, password));
    });
  }

  /** `isProved`: that `by` knows the old one. */
  changeOwnPassword(password: string, by: Actor, isProved: () => Promise<boolean>): Promise<void> {
    const { name } = by.identity;
    return this.#record({ event: 'password-changed', subject: `user '${name}', by itself`, by }, async () => {
      checkPassword(password);
      if (!(await isProved())) throw new SluiceError('access-refused', 'the old password is not right');
      const hashed = await this.#hashed(password);
      await this.#book.change((users) => changes.setPassword(users, name, hashed));
    });
  }

  deleteUser(name: string, by: Actor): Promise<void> {
    const task: Task = { event: 'user-deleted', subject: `user '${name}'`, by };
    return this.#change(task, (users) => changes.deleteUser(users, name));
  }

  setTags(user: { name: string; tags: readonly UserTag[] }, by: Actor): Promise<void> {
    const subject = `user '${user.name}' to ${user.tags.length === 0 ? 'none' : user.tags.join(', ')}`;
    return this.#change({ event: 'tags-set', subject, by }, (users) =>
      changes.setTags(users, user.name, checkedTags(user.tags)),
    );
  }

  async importUser(user: UserDefinition, by: Actor): Promise<ImportOutcome> {
    let outcome: ImportOutcome = 'unchanged';
    await this.#change({ event: 'user-imported', subject: `user '${user.name}'`, by }, (users) => {
      const step = this.#imported(users, user);
      if (step.told.length > 0) outcome = users.has(user.name) ? 'updated' : 'created';
      return step;
    });
    return outcome;
  }

  listUsers(): readonly UserSummary[] {
    return [...this.#book.users.values()].map(({ name, tags, password }) => ({
      name,
      tags,
      passwordKind: password.kind,
    }));
  }

  exportUsers(by: Actor): readonly UserDefinition[] {
    this.#demandAdministrator(by);
    return [...this.#book.users.values()].map(definitionOf);
  }

  setPermissions(permission: Permission, by: Actor): Promise<void> {
    const subject = `user '${permission.user}' in vhost '${permission.vhost}'`;
    return this.#change({ event: 'permissions-set', subject, by }, (users) => {
      checkName('virtual host', permission.vhost);
      for (const right of ['configure', 'write', 'read'] as const) checkPattern(right, permission[right]);
      return changes.setPermission(users, permission);
    });
  }

  clearPermissions(of: { user: string; vhost: string }, by: Actor): Promise<void> {
    const subject = `user '${of.user}' in vhost '${of.vhost}'`;
    return this.#change({ event: 'permissions-cleared', subject, by }, (users) =>
      changes.clearPermission(users, of.user, of.vhost),
    );
  }

  listPermissions(filter: { user?: string; vhost?: string } = {}): readonly Permission[] {
    return this.#listed(filter, (user) => user.permissions);
  }

  setTopicPermissions(permission: TopicPermission, by: Actor): Promise<void> {
    const { user, vhost, exchange } = permission;
    const subject = `user '${user}' on exchange '${exchange}' in vhost '${vhost}'`;
    return this.#change({ event: 'topic-permissions-set', subject, by }, (users) => {
      checkName('virtual host', vhost);
      checkName('exchange', exchange);
      for (const right of ['write', 'read'] as const) checkPattern(right, permission[right], true);
      return changes.setTopicPermission(users, permission);
    });
  }

  clearTopicPermissions(of: { user: string; vhost: string; exchange?: string }, by: Actor): Promise<void> {
    const where = of.exchange === undefined ? 'every exchange' : `exchange '${of.exchange}'`;
    const subject = `user '${of.user}' on ${where} in vhost '${of.vhost}'`;
    return this.#change({ event: 'topic-permissions-cleared', subject, by }, (users) =>
      changes.clearTopicPermission(users, of.user, of.vhost, of.exchange),
    );
  }

  listTopicPermissions(filter: { user?: string; vhost?: string } = {}): readonly TopicPermission[] {
    return this.#listed(filter, (user) => user.topicPermissions);
  }

  forgetVirtualHost(vhost: string, by: Actor): Promise<void> {
    const subject = `every user in vhost '${vhost}'`;
    return this.#change({ event: 'permissions-cleared', subject, by }, (users) =>
      changes.forgetVirtualHost(users, vhost),
    );
  }

  /** A record for someone new. */
  newUser(name: string, password: StoredPassword, tags: readonly UserTag[]): UserRecord {
    const id = this.#random.bytes(idBytes).toString('hex');
    return { id, name, tags: [...tags], password, permissions: [], topicPermissions: [] };
  }

  #listed<T extends { readonly vhost: string }>(
    filter: { user?: string; vhost?: string },
    of: (user: UserRecord) => readonly T[],
  ): (T & { readonly user: string })[] {
    const { user: name, vhost } = filter;
    const only = name === undefined ? undefined : this.#book.users.get(name);
    const users = name === undefined ? this.#book.users.values() : only === undefined ? [] : [only];
    const listed: (T & { readonly user: string })[] = [];
    for (const user of users) {
      for (const entry of of(user)) {
        if (vhost === undefined || vhost === entry.vhost) listed.push({ user: user.name, ...entry });
      }
    }
    return listed;
  }

  #imported(users: Users, definition: UserDefinition): Step {
    checkName('user', definition.name);
    const password = importedPassword(definition);
    const tags = checkedTags(definition.tags);
    if (!users.has(definition.name)) {
      return changes.addUser(users, this.newUser(definition.name, password, tags));
    }
    const withPassword = changes.setPassword(users, definition.name, password);
    const withTags = changes.setTags(withPassword.users, definition.name, tags);
    return { users: withTags.users, told: [...withPassword.told, ...withTags.told] };
  }

  async #hashed(password: string): Promise<StoredPassword> {
    checkPassword(password);
    return { kind: 'argon2id', hash: await this.#pool.hash(password) };
  }

  #change(task: Task, plan: (users: Users) => Step): Promise<void> {
    return this.#perform(task, async () => {
      await this.#book.change(plan);
    });
  }

  async #perform(task: Task, work: () => Promise<void>): Promise<void> {
    this.#demandAdministrator(task.by);
    await this.#record(task, work);
  }

  async #record(task: Task, work: () => Promise<void>): Promise<void> {
    const { event, subject } = task;
    const entry = { event, subject, actor: task.by.identity.name, source: task.by.source };
    try {
      await work();
      this.#audit.record({ ...entry, outcome: 'success' });
    } catch (problem) {
      const reason = problem instanceof SluiceError ? problem.code : 'disk-failed';
      this.#audit.record({ ...entry, outcome: 'failure', reason });
      throw problem;
    }
  }

  #demandAdministrator(by: Actor): void {
    const decision = this.#decisions.decide(by.identity, { action: 'administer' });
    if (!decision.allowed) throw new SluiceError('access-refused', decision.reason);
  }
}

function checkedTags(tags: readonly string[]): UserTag[] {
  const known = new Set<UserTag>();
  for (const tag of tags) {
    const found = userTags.find((each) => each === tag);
    if (found === undefined && tag !== 'none' && tag !== '') {
      throw new SluiceError('bad-input', `tag '${tag}' is none of ${userTags.join(', ')}`);
    }
    if (found !== undefined) known.add(found);
  }
  return [...known].sort();
}

function checkPattern(right: string, source: string, isTopic = false): void {
  try {
    pattern(source, isTopic ? new Map() : undefined);
  } catch (problem) {
    if (!(problem instanceof SluiceError)) throw problem;
    throw new SluiceError('bad-input', `${right}: ${problem.message}`, { cause: problem });
  }
}

function importedPassword(definition: UserDefinition): StoredPassword {
  const { passwordHash: hash } = definition;
  const named = definition.hashingAlgorithm ?? 'rabbit_password_hashing_sha256';
  const algorithm = hashingAlgorithms.find((known) => known === named);
  if (algorithm === undefined)
    throw new SluiceError('bad-input', `hashing algorithm '${named}' is not known`);
  if (hash === '') return { kind: 'none' };
  const problem =
    algorithm === argon2idAlgorithm ? argon2idProblem(hash) : importedHashProblem(hash, algorithm);
  if (problem !== undefined) throw new SluiceError('bad-input', problem);
  return algorithm === argon2idAlgorithm ? { kind: 'argon2id', hash } : { kind: 'imported', algorithm, hash };
}

function definitionOf({ name, password, tags }: UserRecord): UserDefinition {
  switch (password.kind) {
    case 'argon2id':
      return { name, passwordHash: password.hash, hashingAlgorithm: argon2idAlgorithm, tags };
    case 'imported':
      return { name, passwordHash: password.hash, hashingAlgorithm: password.algorithm, tags };
    case 'none':
      return { name, passwordHash: '', tags };
    default:
      return unreachable(password);
  }
}
