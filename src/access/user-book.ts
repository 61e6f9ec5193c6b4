/**
 * The users in force. Invariant: what is in force is durable; a change is saved first and then swapped in
 * whole, so no decision ever sees half of one. Changes that wait for a save share the next one.
 */
import { Rights } from './rights.js';
import type { AccessChange } from './types.js';
import type { UserFile } from './user-file.js';
import type { UserRecord } from './user-record.js';

export type Users = ReadonlyMap<string, UserRecord>;

/**
 * A change worked out and not yet made: the users afterwards, and what to tell listeners. Other users that
 * tell nothing are a better hash of the same password.
 */
export interface Step {
  readonly users: Users;
  readonly told: readonly AccessChange[];
}

/** A user in force, with what is remembered about it in memory only. */
export interface LiveUser {
  readonly record: UserRecord;
  readonly rights: Rights;
  /** Keyed fingerprint of the password that was last found right; gone when the password changes. */
  fingerprint: Buffer | undefined;
}

interface WaitingChange {
  readonly plan: (users: Users) => Step;
  readonly succeed: (changed: boolean) => void;
  readonly fail: (problem: unknown) => void;
}

export class UserBook {
  readonly #file: UserFile;
  readonly #listeners = new Set<(change: AccessChange) => void>();
  #live: ReadonlyMap<string, LiveUser>;
  #users: Users;
  #revision: number;
  #version = 1;
  readonly #waiting: WaitingChange[] = [];
  #saving: Promise<void> | undefined;

  constructor(file: UserFile, revision: number, records: readonly UserRecord[]) {
    this.#file = file;
    this.#revision = revision;
    this.#users = new Map(records.map((record) => [record.name, record]));
    this.#live = new Map(records.map((record) => [record.name, liveUser(record, undefined, false)]));
  }

  get version(): number {
    return this.#version;
  }

  /** Changes made since the store was created. */
  get revision(): number {
    return this.#revision;
  }

  get users(): Users {
    return this.#users;
  }

  find(name: string): LiveUser | undefined {
    return this.#live.get(name);
  }

  onChange(listener: (change: AccessChange) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /**
   * Makes the change that `plan` works out from the users as they are when its turn comes. Rejects with what
   * `plan` throws or the disk's error; then nothing changed. Gives whether anything did.
   */
  change(plan: (users: Users) => Step): Promise<boolean> {
    return new Promise((succeed, fail) => {
      this.#waiting.push({ plan, succeed, fail });
      this.#saving ??= this.#saveWaiting();
    });
  }

  /** Puts `user` in the place of everyone, unless something was ever changed; gives whether it did. */
  replaceFirst(user: UserRecord): Promise<boolean> {
    return this.change((users) => {
      if (this.#revision > 0 || users !== this.#users) return { users, told: [] };
      const gone = [...users.keys()].map((name) => ({ kind: 'user-deleted', user: name }) as const);
      return {
        users: new Map([[user.name, user]]),
        told: [...gone, { kind: 'user-added', user: user.name }],
      };
    });
  }

  /** Resolves when every change asked for so far has been made or refused. */
  async settled(): Promise<void> {
    await this.#saving;
  }

  async #saveWaiting(): Promise<void> {
    // Lets everything asked for in the same turn of the event loop share a save.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#saveTogether(this.#waiting.splice(0));
    this.#saving = undefined;
  }

  async #saveTogether(waiting: readonly WaitingChange[]): Promise<void> {
    let users = this.#users;
    const made: { readonly step: Step; readonly change: WaitingChange }[] = [];
    for (const change of waiting) {
      try {
        const step = change.plan(users);
        users = step.users;
        made.push({ step, change });
      } catch (refusal) {
        change.fail(refusal);
      }
    }
    const changed = users !== this.#users;
    try {
      if (changed) await this.#save(users, made);
    } catch (problem) {
      for (const { change } of made) change.fail(problem);
      return;
    }
    for (const { step, change } of made) this.#tell(step, change);
  }

  #tell(step: Step, change: WaitingChange): void {
    for (const told of step.told) for (const listener of this.#listeners) tell(listener, told);
    change.succeed(step.told.length > 0);
  }

  async #save(users: Users, made: readonly { readonly step: Step }[]): Promise<void> {
    const told = made.reduce((sum, { step }) => sum + step.told.length, 0);
    const revision = this.#revision + told;
    await this.#file.save({ revision, users: [...users.values()] });
    const passwordsChanged = new Set<string>();
    for (const { step } of made) {
      for (const change of step.told)
        if (change.kind === 'password-changed') passwordsChanged.add(change.user);
    }
    const live = new Map<string, LiveUser>();
    for (const [name, record] of users) {
      live.set(name, liveUser(record, this.#live.get(name), !passwordsChanged.has(name)));
    }
    this.#users = users;
    this.#live = live;
    this.#revision = revision;
    this.#version += told;
  }
}

/** A listener that throws is a bug; it comes out after the others have heard of the change too. */
function tell(listener: (change: AccessChange) => void, change: AccessChange): void {
  try {
    listener(change);
  } catch (bug) {
    queueMicrotask(() => {
      throw bug;
    });
  }
}

/** Carries over what `before` remembers, as far as it still holds. */
function liveUser(record: UserRecord, before: LiveUser | undefined, samePassword: boolean): LiveUser {
  if (before?.record === record) return before;
  if (before?.record.id !== record.id) return { record, rights: new Rights(record), fingerprint: undefined };
  const sameRights =
    before.record.permissions === record.permissions &&
    before.record.topicPermissions === record.topicPermissions;
  return {
    record,
    rights: sameRights ? before.rights : new Rights(record),
    fingerprint: samePassword ? before.fingerprint : undefined,
  };
}
