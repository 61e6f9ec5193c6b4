/**
 * Access control put together: the store, the log, the desk where users sign in, the decision function and
 * the administration of it all. Order at opening: users first and durable, then the log, so that a log
 * without users always means that the users were lost.
 */
import { join } from 'node:path';
import { SluiceError, type Disk, type Random } from '../kernel/index.js';
import type { Access, OpenAccessOptions } from './access.js';
import { Administration } from './administration.js';
import { AuditLog } from './audit-log.js';
import { Decisions } from './decisions.js';
import { firstAdministrator, readPasswordFile } from './first-user.js';
import { checkName } from './names.js';
import { PasswordPool } from './password-pool.js';
import { SignInDesk } from './sign-in.js';
import type {
  AccessChange,
  AccessRequest,
  Actor,
  Decision,
  Identity,
  ImportOutcome,
  Permission,
  SignIn,
  SignInOutcome,
  TopicPermission,
  UserDefinition,
  UserSummary,
  UserTag,
} from './types.js';
import { UserBook } from './user-book.js';
import { UserFile } from './user-file.js';

const idBytes = 12;

/**
 * Opens the store, creating it with `guest`/`guest` (loopback only) when it never existed. Rejects with
 * `config-invalid` when a file is damaged or missing beside its previous copy, and `format-newer` when a
 * later release wrote it: a damaged store is never replaced by a fresh one.
 */
export async function openAccess(options: OpenAccessOptions): Promise<Access> {
  const { disk, clock, random, settings } = options;
  const directory = join(options.directory, 'access');
  await disk.makeDirectory(directory);
  await disk.syncDirectory(options.directory);
  const { threads, waitingMax, memoryKibibytes, passes } = settings.passwords;
  const pool = new PasswordPool({ threads, waitingMax, memoryKibibytes, passes });
  try {
    const { book, created } = await openBook(new UserFile(disk, directory), pool, random);
    const audit = await AuditLog.open({ disk, directory, clock, settings: settings.audit });
    const access = new OpenedAccess({ options, book, pool, audit });
    if (created) access.recordCreation();
    return access;
  } catch (problem) {
    await pool.close();
    throw problem;
  }
}

async function openBook(
  file: UserFile,
  pool: PasswordPool,
  random: Random,
): Promise<{ book: UserBook; created: boolean }> {
  const stored = await file.load();
  if (stored !== undefined)
    return { book: new UserBook(file, stored.revision, stored.users), created: false };
  const id = random.bytes(idBytes).toString('hex');
  const guest = await firstAdministrator({ id, name: 'guest', password: 'guest' }, pool);
  await file.save({ revision: 0, users: [guest] });
  return { book: new UserBook(file, 0, [guest]), created: true };
}

interface Parts {
  readonly options: OpenAccessOptions;
  readonly book: UserBook;
  readonly pool: PasswordPool;
  readonly audit: AuditLog;
}

class OpenedAccess implements Access {
  readonly operator: Identity = Object.freeze({
    kind: 'operator',
    name: 'operator',
    id: 'operator',
    source: 'control socket',
    tags: Object.freeze(['administrator'] as const),
    version: 0,
  });
  readonly audit: AuditLog;
  readonly #book: UserBook;
  readonly #pool: PasswordPool;
  readonly #disk: Disk;
  readonly #random: Random;
  readonly #desk: SignInDesk;
  readonly #decisions: Decisions;
  readonly #administration: Administration;
  #closed = false;

  constructor({ options, book, pool, audit }: Parts) {
    const { clock, disk, random, settings } = options;
    this.audit = audit;
    this.#book = book;
    this.#pool = pool;
    this.#disk = disk;
    this.#random = random;
    this.#desk = new SignInDesk({ book, pool, clock, random, settings });
    this.#decisions = new Decisions(book, this.operator, audit);
    this.#administration = new Administration({ book, pool, decisions: this.#decisions, audit, random });
  }

  get version(): number {
    return this.#book.version;
  }

  async authenticate(signIn: SignIn): Promise<SignInOutcome> {
    this.#demandOpen();
    if (signIn.mechanism === 'LOCAL') return this.#admitOperator();
    const outcome = await this.#desk.authenticate(signIn);
    const { mechanism } = signIn;
    const source = signIn.peerAddress ?? 'unknown';
    const attempted = signIn.mechanism === 'EXTERNAL' ? '(certificate)' : signIn.user;
    const entry = { event: 'sign-in', source, subject: mechanism } as const;
    if (outcome.ok) this.audit.record({ ...entry, actor: outcome.identity.name, outcome: 'success' });
    else {
      const isFlood = outcome.reason === 'throttled' || outcome.reason === 'busy';
      const actor = isFlood ? '(any)' : attempted;
      this.audit.record({ ...entry, actor, outcome: 'failure', reason: outcome.reason });
    }
    return outcome;
  }

  decide(identity: Identity, request: AccessRequest): Decision {
    return this.#decisions.decide(identity, request);
  }

  allows(identity: Identity, request: AccessRequest): boolean {
    return this.#decisions.allows(identity, request);
  }

  allowsUser(name: string, request: AccessRequest): boolean | undefined {
    return this.#decisions.allowsUser(name, request);
  }

  onChange(listener: (change: AccessChange) => void): () => void {
    return this.#book.onChange(listener);
  }

  async addUser(
    user: { name: string; password: string; tags?: readonly UserTag[] },
    by: Actor,
  ): Promise<void> {
    this.#demandOpen();
    await this.#administration.addUser(user, by);
  }

  async changePassword(user: { name: string; password: string }, by: Actor): Promise<void> {
    this.#demandOpen();
    await this.#administration.changePassword(user, by);
  }

  async changeOwnPassword(passwords: { old: string; new: string }, by: Actor): Promise<void> {
    this.#demandOpen();
    const { name: user, source: peerAddress } = by.identity;
    await this.#administration.changeOwnPassword(passwords.new, by, async () => {
      const outcome = await this.#desk.authenticate({
        ...{ mechanism: 'session', user, password: passwords.old, peerAddress },
      });
      return outcome.ok && outcome.identity.id === by.identity.id;
    });
  }

  async deleteUser(name: string, by: Actor): Promise<void> {
    this.#demandOpen();
    await this.#administration.deleteUser(name, by);
  }

  async setTags(user: { name: string; tags: readonly UserTag[] }, by: Actor): Promise<void> {
    this.#demandOpen();
    await this.#administration.setTags(user, by);
  }

  async importUser(user: UserDefinition, by: Actor): Promise<ImportOutcome> {
    this.#demandOpen();
    return this.#administration.importUser(user, by);
  }

  listUsers(): readonly UserSummary[] {
    return this.#administration.listUsers();
  }

  exportUsers(by: Actor): readonly UserDefinition[] {
    return this.#administration.exportUsers(by);
  }

  async setPermissions(permission: Permission, by: Actor): Promise<void> {
    this.#demandOpen();
    await this.#administration.setPermissions(permission, by);
  }

  async clearPermissions(of: { user: string; vhost: string }, by: Actor): Promise<void> {
    this.#demandOpen();
    await this.#administration.clearPermissions(of, by);
  }

  listPermissions(filter?: { user?: string; vhost?: string }): readonly Permission[] {
    return this.#administration.listPermissions(filter);
  }

  async setTopicPermissions(permission: TopicPermission, by: Actor): Promise<void> {
    this.#demandOpen();
    await this.#administration.setTopicPermissions(permission, by);
  }

  async clearTopicPermissions(
    of: { user: string; vhost: string; exchange?: string },
    by: Actor,
  ): Promise<void> {
    this.#demandOpen();
    await this.#administration.clearTopicPermissions(of, by);
  }

  listTopicPermissions(filter?: { user?: string; vhost?: string }): readonly TopicPermission[] {
    return this.#administration.listTopicPermissions(filter);
  }

  async forgetVirtualHost(vhost: string, by: Actor): Promise<void> {
    this.#demandOpen();
    await this.#administration.forgetVirtualHost(vhost, by);
  }

  async ensureFirstUser(first: { name: string; passwordFile: string }): Promise<boolean> {
    this.#demandOpen();
    if (this.#book.revision > 0) return false;
    checkName('user', first.name);
    const password = await readPasswordFile(this.#disk, first.passwordFile);
    const id = this.#random.bytes(idBytes).toString('hex');
    const user = await firstAdministrator({ id, name: first.name, password }, this.#pool);
    const isMade = await this.#book.replaceFirst(user);
    if (isMade) {
      const subject = `user '${first.name}' in place of guest`;
      this.audit.record({
        event: 'first-user-created',
        actor: 'sluice',
        source: 'server',
        subject,
        outcome: 'success',
      });
    }
    return isMade;
  }

  recordCreation(): void {
    const subject = `user 'guest', from this machine only`;
    this.audit.record({
      event: 'store-created',
      actor: 'sluice',
      source: 'server',
      subject,
      outcome: 'success',
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#pool.close();
    await this.#book.settled();
    await this.audit.close();
  }

  #admitOperator(): SignInOutcome {
    const { name, source } = this.operator;
    this.audit.record({ event: 'sign-in', actor: name, source, subject: 'LOCAL', outcome: 'success' });
    return { ok: true, identity: this.operator };
  }

  #demandOpen(): void {
    if (this.#closed) throw new SluiceError('closed', 'access control is closed');
  }
}
