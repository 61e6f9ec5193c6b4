/**
 * The sessions that are open, found by the digest of their token, by their public id and by their user. Pure: it reads
 * no clock and tells nobody. Invariants: the three ways always find the same sessions; a user has no more than
 * `perUserMax` of them, and all together no more than `sessionsMax`; one that has timed out is never found.
 */
import type { Identity } from '../../access/index.js';
import { assert } from '../../kernel/index.js';

/** How long sessions last. */
export interface SessionSettings {
  /** Without a request. */
  readonly idleMs: number;
  /** From the sign-in on, whatever is asked. */
  readonly longestMs: number;
}

/** Bounds of the book. */
export interface SessionLimits extends SessionSettings {
  /** Sessions of one user; the oldest goes for a new one. */
  readonly perUserMax: number;
  /** Sessions of all users; beyond them sign-ins are refused. */
  readonly sessionsMax: number;
}

/** One browser that is signed in. Moments are Unix ms. */
export interface Session {
  /** Names it in lists and to administrators; it opens nothing. */
  readonly id: string;
  /** SHA-256 of its token, which is kept nowhere here. */
  readonly digest: string;
  /** Who signed in; with other tags, it is replaced. */
  identity: Identity;
  readonly browser: string;
  readonly openedMs: number;
  /** The last moment that it can last to. */
  readonly endsMs: number;
  lastUsedMs: number;
}

/** What came of opening a session. */
export type Opening =
  { readonly kind: 'opened'; readonly replaced: readonly Session[] } | { readonly kind: 'full' };

export class SessionBook {
  readonly #limits: SessionLimits;
  readonly #byDigest = new Map<string, Session>();
  readonly #byId = new Map<string, Session>();
  /** Oldest first. */
  readonly #byUser = new Map<string, Set<Session>>();

  constructor(limits: SessionLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#byId.size;
  }

  /** Every session, oldest first; those that have timed out and were not removed are among them. */
  all(): Iterable<Session> {
    return this.#byId.values();
  }

  /** When a session times out, unless it is used before. */
  dueMs({ lastUsedMs, endsMs }: Session): number {
    return Math.min(endsMs, lastUsedMs + this.#limits.idleMs);
  }

  /** Puts in a session that begins now; `replaced` had to go for it, and are out. */
  open(session: Session): Opening {
    assert(!this.#byDigest.has(session.digest) && !this.#byId.has(session.id), 'a session is opened once');
    const replaced = this.ofUser(session.identity.name).slice(0, this.#surplusOf(session.identity.name));
    if (this.count - replaced.length >= this.#limits.sessionsMax) return { kind: 'full' };
    for (const old of replaced) this.remove(old);
    this.#byDigest.set(session.digest, session);
    this.#byId.set(session.id, session);
    const others = this.#byUser.get(session.identity.name);
    if (others === undefined) this.#byUser.set(session.identity.name, new Set([session]));
    else others.add(session);
    return { kind: 'opened', replaced };
  }

  /** Undefined: there is none, or it has timed out. */
  find(digest: string, nowMs: number): Session | undefined {
    const session = this.#byDigest.get(digest);
    return session === undefined || nowMs >= this.dueMs(session) ? undefined : session;
  }

  byId(id: string): Session | undefined {
    return this.#byId.get(id);
  }

  /** Oldest first. */
  ofUser(user: string): readonly Session[] {
    return [...(this.#byUser.get(user) ?? [])];
  }

  /** False: it was out already. */
  remove(session: Session): boolean {
    if (!this.#byId.delete(session.id)) return false;
    this.#byDigest.delete(session.digest);
    const others = this.#byUser.get(session.identity.name);
    others?.delete(session);
    if (others?.size === 0) this.#byUser.delete(session.identity.name);
    return true;
  }

  /** Takes out those that have timed out. */
  expire(nowMs: number): readonly Session[] {
    const expired = [...this.all()].filter((session) => nowMs >= this.dueMs(session));
    for (const session of expired) this.remove(session);
    return expired;
  }

  /** When the next one times out; undefined: none is open. */
  nextDueMs(): number | undefined {
    let next: number | undefined;
    for (const session of this.all()) next = Math.min(next ?? Infinity, this.dueMs(session));
    return next;
  }

  #surplusOf(user: string): number {
    return Math.max(0, (this.#byUser.get(user)?.size ?? 0) + 1 - this.#limits.perUserMax);
  }
}
