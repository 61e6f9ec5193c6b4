/**
 * Who is signed in by cookie: opens sessions, ends them when their time is over or their user's right is, and tells
 * those who work for them. Invariants: every sign-in makes a new token; a session never outlives its user, a change of
 * the password or the right to manage; who works for a session hears of its end in the same turn; and each end is
 * audited with its reason.
 */
import {
  isLoopback,
  type Access,
  type AccessChange,
  type Actor,
  type AuditEntry,
  type Identity,
} from '../../access/index.js';
import type { CancelTimer, Clock, Random } from '../../kernel/index.js';
import type { OpenSessions, SessionRow } from '../../operations/index.js';
import { SessionBook, type Session, type SessionLimits, type SessionSettings } from './session-book.js';
import { csrfTokenOf, digestOf, newToken } from './session-token.js';

const idBytes = 12;
/** Between two looks for sessions that have timed out, however many do. */
const lookMsMin = 1_000;

/** Unless the settings say otherwise: OWASP's advice for what may change much. */
export const sessionDefaults: SessionSettings = { idleMs: 1_800_000, longestMs: 43_200_000 };

const bounds = { perUserMax: 10, sessionsMax: 10_000 };

export interface SessionsOptions {
  readonly clock: Clock;
  /** Unpredictable: tokens come from it. */
  readonly random: Random;
  readonly settings?: Partial<SessionLimits>;
}

/** A session as its own page sees it. */
export interface SessionFace {
  readonly user: string;
  readonly tags: readonly string[];
  readonly csrfToken: string;
  readonly openedMs: number;
  readonly endsMs: number;
  readonly idleEndsMs: number;
}

/** What came of a sign-in whose password was right. `changed`: users changed meanwhile, and it is to be tried again. */
export type Opened =
  | { readonly kind: 'opened'; readonly token: string; readonly session: Session }
  | { readonly kind: 'full' }
  | { readonly kind: 'changed' };

/** Somebody at a browser, told by the request. */
export interface SignedInBrowser {
  readonly identity: Identity;
  readonly browser: string;
}

export class Sessions implements OpenSessions {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #book: SessionBook;
  readonly #limits: SessionLimits;
  readonly #listeners = new Map<Session, Set<() => void>>();
  #access: Access | undefined;
  #unfollow: (() => void) | undefined;
  #cancelLook: CancelTimer | undefined;

  constructor({ clock, random, settings = {} }: SessionsOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#limits = { ...sessionDefaults, ...bounds, ...settings };
    this.#book = new SessionBook(this.#limits);
  }

  get count(): number {
    return this.#book.count;
  }

  /** Hears of changes of users from now on: to be called before a password is checked. */
  follow(access: Access): void {
    if (this.#access === access) return;
    this.#unfollow?.();
    this.#access = access;
    this.#unfollow = access.onChange((change) => {
      this.#apply(access, change);
    });
  }

  /** Opens a session for whoever has just signed in, with a new token. */
  open(access: Access, { identity, browser }: SignedInBrowser): Opened {
    this.follow(access);
    if (identity.version !== access.version) return { kind: 'changed' };
    this.#expire();
    const token = newToken(this.#random);
    const openedMs = Math.floor(this.#clock.now());
    const session: Session = {
      ...{ id: this.#random.bytes(idBytes).toString('hex'), digest: digestOf(token), identity, browser },
      ...{ openedMs, lastUsedMs: openedMs, endsMs: openedMs + this.#limits.longestMs },
    };
    const opening = this.#book.open(session);
    if (opening.kind === 'full') return opening;
    for (const old of opening.replaced)
      this.#told(old, `more than ${this.#limits.perUserMax} sessions of one user`);
    this.#look();
    return { kind: 'opened', token, session };
  }

  /**
   * The session of a token, for a peer that may use it: one opened on this machine serves no other, as some users may
   * sign in from here only.
   */
  find(token: string, peerAddress: string | undefined): Session | undefined {
    const session = this.#book.find(digestOf(token), this.#clock.now());
    if (session === undefined) return undefined;
    if (isLoopback(session.identity.source) && !isLoopback(peerAddress)) return undefined;
    // A right that is gone has ended its session already; this asks the one decision function all the same.
    return this.#access?.allows(session.identity, { action: 'manage' }) === true ? session : undefined;
  }

  /** A request of the session came: it may be idle that much longer. */
  use(session: Session): void {
    session.lastUsedMs = Math.floor(this.#clock.now());
  }

  /** What the page of a session may know, and nobody else. */
  faceOf(session: Session, token: string): SessionFace {
    const { identity, openedMs, endsMs } = session;
    const { name: user, tags } = identity;
    const idleEndsMs = this.#book.dueMs(session);
    return { user, tags, csrfToken: csrfTokenOf(token), openedMs, endsMs, idleEndsMs };
  }

  /** Calls `listener` once when the session ends; gives the function that stops it. */
  onEnd(session: Session, listener: () => void): () => void {
    const listeners = this.#listeners.get(session) ?? new Set();
    this.#listeners.set(session, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(session);
    };
  }

  /** Its own user ends it. */
  signOut(session: Session): void {
    if (!this.#book.remove(session)) return;
    this.#told(session, undefined, { identity: session.identity, source: fromHttp(session) });
  }

  /** A browser that has this token signs in anew. */
  supersede(token: string, peerAddress: string | undefined): void {
    const session = this.find(token, peerAddress);
    if (session !== undefined && this.#book.remove(session))
      this.#told(session, 'the browser signed in again');
  }

  list(): readonly SessionRow[] {
    this.#expire();
    return [...this.#book.all()].map((session) => this.#rowOf(session));
  }

  end(id: string, by: Actor): boolean {
    const session = this.#book.byId(id);
    if (session === undefined || !this.#book.remove(session)) return false;
    this.#told(session, undefined, by);
    return true;
  }

  endOf(user: string, by: Actor): number {
    return this.#book.ofUser(user).filter(({ id }) => this.end(id, by)).length;
  }

  /** Ends all of them. Safe to call twice. */
  stop(): void {
    this.#cancelLook?.();
    this.#cancelLook = undefined;
    this.#unfollow?.();
    this.#unfollow = undefined;
    this.#access = undefined;
    for (const session of [...this.#book.all()]) if (this.#book.remove(session)) this.#tell(session);
  }

  #apply(access: Access, change: AccessChange): void {
    switch (change.kind) {
      case 'user-deleted':
        this.#endAll(change.user, 'the user was deleted');
        return;
      case 'password-changed':
        this.#endAll(change.user, 'the password was changed');
        return;
      case 'tags-changed':
        this.#retag(access, change.user);
        return;
      case 'user-added':
      case 'permissions-changed':
      case 'topic-permissions-changed':
        // Rights are asked live at each request.
        return;
    }
  }

  #endAll(user: string, reason: string): void {
    for (const session of this.#book.ofUser(user))
      if (this.#book.remove(session)) this.#told(session, reason);
  }

  #retag(access: Access, user: string): void {
    const sessions = this.#book.ofUser(user);
    if (sessions.length === 0) return;
    const tags = access.listUsers().find(({ name }) => name === user)?.tags ?? [];
    for (const session of sessions) {
      session.identity = Object.freeze({ ...session.identity, tags: Object.freeze([...tags]) });
      const mayManage = access.allows(session.identity, { action: 'manage' });
      if (!mayManage && this.#book.remove(session)) this.#told(session, 'the user may no longer manage');
    }
  }

  #expire(): void {
    const nowMs = this.#clock.now();
    for (const session of this.#book.expire(nowMs))
      this.#told(session, nowMs >= session.endsMs ? 'it had lasted as long as it may' : 'it was idle');
  }

  /** Looks again when the next session times out. */
  #look(): void {
    const dueMs = this.#book.nextDueMs();
    if (dueMs === undefined || this.#cancelLook !== undefined) return;
    const delayMs = Math.max(lookMsMin, dueMs - this.#clock.now());
    this.#cancelLook = this.#clock.after(delayMs, () => {
      this.#cancelLook = undefined;
      this.#expire();
      this.#look();
    });
  }

  /**
   * A session is over: `by` its own user or an administrator, or by itself for a reason. Where the same user can make it
   * happen again and again, the record has no id in it, so that repeats are counted in one.
   */
  #told(session: Session, reason: string | undefined, by?: Actor): void {
    const isOwn = by?.identity.id === session.identity.id;
    const isOthers = by !== undefined && !isOwn;
    const entry: AuditEntry = {
      event: isOwn ? 'sign-out' : 'session-ended',
      actor: by?.identity.name ?? 'sluice',
      source: by?.source ?? 'server',
      subject: `${isOthers ? `session ${session.id}` : 'a session'} of user '${session.identity.name}'`,
      outcome: 'success',
      ...(reason === undefined ? {} : { reason }),
    };
    this.#access?.audit.record(entry);
    this.#tell(session);
  }

  #tell(session: Session): void {
    const listeners = this.#listeners.get(session);
    this.#listeners.delete(session);
    for (const listener of listeners ?? []) listener();
  }

  #rowOf(session: Session): SessionRow {
    const { id, identity, browser, openedMs, lastUsedMs, endsMs } = session;
    const { name: user, source: address } = identity;
    const idleEndsMs = this.#book.dueMs(session);
    return { id, user, address, browser, openedMs, lastUsedMs, endsMs, idleEndsMs };
  }
}

function fromHttp({ identity }: Session): string {
  return `HTTP from ${identity.source}`;
}
