/**
 * The face of access control: who may sign in, what they may do, and the record of it. Every change is
 * durable before it is in force, and every question about a right goes through `decide`.
 */
import type { Clock, Disk, Random } from '../kernel/index.js';
import type { Audit } from './audit-types.js';
import type { AccessSettings } from './settings.js';
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

/**
 * Access control over one data directory. Administrative calls are refused with `access-refused` unless
 * `by.identity` may `administer`; they reject with `bad-input`, `not-found`, `already-exists`, or a disk
 * error, in which case nothing changed.
 */
export interface Access {
  /** Grows with every change; while it stands still, no answer of `decide` has changed. */
  readonly version: number;
  /** The identity of whoever holds the control socket or opened the directory in process. */
  readonly operator: Identity;
  readonly audit: Audit;

  /** Never rejects for bad credentials. Rejects with `closed` after `close`. */
  authenticate(signIn: SignIn): Promise<SignInOutcome>;
  /** The one decision function: synchronous, cached, and live (a revoked right is refused at once). */
  decide(identity: Identity, request: AccessRequest): Decision;
  /** The same decision without a reason and an audit record: for leaving out of lists what may not be seen. */
  allows(identity: Identity, request: AccessRequest): boolean;
  /** What `allows` would say to a user of this name; undefined: there is none. */
  allowsUser(name: string, request: AccessRequest): boolean | undefined;
  /** Calls `listener` after each change; gives the function that stops it. */
  onChange(listener: (change: AccessChange) => void): () => void;

  addUser(user: { name: string; password: string; tags?: readonly UserTag[] }, by: Actor): Promise<void>;
  changePassword(user: { name: string; password: string }, by: Actor): Promise<void>;
  /**
   * Changes the password of whoever asks, who proves it by the old one. Rejects with `access-refused` where that is wrong
   * or was guessed at too often, and with `bad-input`.
   */
  changeOwnPassword(passwords: { old: string; new: string }, by: Actor): Promise<void>;
  /** Also removes the user's permissions. */
  deleteUser(name: string, by: Actor): Promise<void>;
  setTags(user: { name: string; tags: readonly UserTag[] }, by: Actor): Promise<void>;
  /** Creates the user, or replaces its password hash and tags. */
  importUser(user: UserDefinition, by: Actor): Promise<ImportOutcome>;
  listUsers(): readonly UserSummary[];
  /** Users with their password hashes, for `definitions export`. */
  exportUsers(by: Actor): readonly UserDefinition[];

  setPermissions(permission: Permission, by: Actor): Promise<void>;
  clearPermissions(of: { user: string; vhost: string }, by: Actor): Promise<void>;
  listPermissions(filter?: { user?: string; vhost?: string }): readonly Permission[];
  setTopicPermissions(permission: TopicPermission, by: Actor): Promise<void>;
  /** Without `exchange`, every exchange of the virtual host. */
  clearTopicPermissions(of: { user: string; vhost: string; exchange?: string }, by: Actor): Promise<void>;
  listTopicPermissions(filter?: { user?: string; vhost?: string }): readonly TopicPermission[];
  /** Removes every permission in a virtual host that is being deleted, so that a later namesake starts empty. */
  forgetVirtualHost(vhost: string, by: Actor): Promise<void>;

  /**
   * Makes the first administrator, with full rights on `/`, in place of `guest`: only while nothing was ever
   * changed in this store. Gives false when something was.
   */
  ensureFirstUser(first: { name: string; passwordFile: string }): Promise<boolean>;
  /** Writes what is still to be written and ends the password threads. Safe to call twice. */
  close(): Promise<void>;
}

/** What `openAccess` needs. */
export interface OpenAccessOptions {
  /** The data directory; access keeps its files in `access/` below it. */
  readonly directory: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: AccessSettings;
}
