/**
 * Signing in. Invariants: an unknown user costs the same work as a wrong password; a password found right
 * once is afterwards recognised by a keyed fingerprint in memory, so that a thousand connects a second need
 * no hashing; and what was being checked while the user changed does not count.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock, Random } from '../kernel/index.js';
import { nameFromCertificate } from './certificate-name.js';
import { hasCost, matchesImported, passwordBytesMax } from './password-format.js';
import type { PasswordPool } from './password-pool.js';
import { isLoopback, sourceOf } from './peer-address.js';
import type { AccessSettings } from './settings.js';
import { SignInThrottle, type Try } from './sign-in-throttle.js';
import type { CertificateSignIn, Identity, PasswordSignIn, SignInOutcome, SignInRefusal } from './types.js';
import type { LiveUser, Step, UserBook, Users } from './user-book.js';
import type { StoredPassword, UserRecord } from './user-record.js';

const fingerprintKeyBytes = 32;

export interface SignInDeskOptions {
  readonly book: UserBook;
  readonly pool: PasswordPool;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: AccessSettings;
}

type Check = 'right' | 'wrong' | 'busy' | 'throttled';

export class SignInDesk {
  readonly #book: UserBook;
  readonly #pool: PasswordPool;
  readonly #throttle: SignInThrottle;
  readonly #settings: AccessSettings;
  readonly #loopbackUsers: ReadonlySet<string>;
  /** Never leaves this object; a new one each start. */
  readonly #fingerprintKey: Buffer;
  /** Checks under way by fingerprint: a crowd with one password is checked once. */
  readonly #underWay = new Map<string, Promise<Check>>();

  constructor(options: SignInDeskOptions) {
    this.#book = options.book;
    this.#pool = options.pool;
    this.#settings = options.settings;
    this.#loopbackUsers = new Set(options.settings.loopbackUsers);
    this.#throttle = new SignInThrottle(options.clock, options.settings.signIn);
    this.#fingerprintKey = options.random.bytes(fingerprintKeyBytes);
  }

  async authenticate(signIn: PasswordSignIn | CertificateSignIn): Promise<SignInOutcome> {
    return signIn.mechanism === 'EXTERNAL' ? this.#byCertificate(signIn) : this.#byPassword(signIn);
  }

  #byCertificate(signIn: CertificateSignIn): SignInOutcome {
    const name = nameFromCertificate(signIn, this.#settings.certificates.nameFrom);
    if (name === undefined) return refused('no-certificate');
    const user = this.#book.find(name);
    return user === undefined ? refused('bad-credentials') : this.#admit(user, signIn.peerAddress);
  }

  async #byPassword(signIn: PasswordSignIn): Promise<SignInOutcome> {
    const { user: name, password, peerAddress } = signIn;
    if (!isPossible(name, password)) return refused('bad-credentials');
    const each: Try = { source: sourceOf(peerAddress), user: name };
    const user = this.#book.find(name);
    const fingerprint = this.#fingerprint(user?.record.id ?? '', name, password);
    const check = this.#recognises(user, fingerprint, each)
      ? 'right'
      : await this.#checkOnce(user, password, fingerprint, each);
    if (check === 'busy' || check === 'throttled') return refused(check);
    if (check === 'wrong' || user === undefined) return refused('bad-credentials');
    // The user may have changed while the password was being checked.
    const current = this.#book.find(name);
    if (current?.fingerprint?.equals(fingerprint) !== true) return refused('bad-credentials');
    return this.#admit(current, peerAddress);
  }

  #recognises(user: LiveUser | undefined, fingerprint: Buffer, each: Try): boolean {
    if (user?.fingerprint === undefined || !this.#throttle.payForComparison(each)) return false;
    if (!timingSafeEqual(user.fingerprint, fingerprint)) return false;
    this.#throttle.refundComparison(each);
    return true;
  }

  #checkOnce(user: LiveUser | undefined, password: string, fingerprint: Buffer, each: Try): Promise<Check> {
    // Sources do not share a check: one of them may have used up its allowance.
    const key = `${fingerprint.toString('latin1')}${each.source}`;
    const known = this.#underWay.get(key);
    if (known !== undefined) return known;
    if (!this.#throttle.payForHashing(each)) return Promise.resolve('throttled');
    const check = this.#check(user, password, fingerprint).then((result) => {
      this.#underWay.delete(key);
      if (result !== 'wrong') this.#throttle.refundHashing(each);
      return result;
    });
    this.#underWay.set(key, check);
    return check;
  }

  async #check(user: LiveUser | undefined, password: string, fingerprint: Buffer): Promise<Check> {
    try {
      if (user === undefined) return await this.#decoy(password);
      const stored = user.record.password;
      if (!(await this.#isRight(user, password))) return 'wrong';
      const current = this.#book.find(user.record.name);
      if (current?.record.id !== user.record.id) return 'wrong';
      // A better hash of this very password may have been stored meanwhile; any other one revokes it.
      const stillHolds =
        current.record.password === stored || current.fingerprint?.equals(fingerprint) === true;
      if (!stillHolds) return 'wrong';
      current.fingerprint = fingerprint;
      return 'right';
    } catch {
      return 'busy';
    }
  }

  async #isRight(user: LiveUser, password: string): Promise<boolean> {
    const stored = user.record.password;
    switch (stored.kind) {
      case 'argon2id': {
        const isRight = await this.#pool.verify(stored.hash, password);
        if (isRight && !hasCost(stored.hash, this.#settings.passwords)) {
          this.#keep(user.record.name, stored, await this.#pool.hash(password));
        }
        return isRight;
      }
      case 'imported': {
        const isRight = matchesImported(stored.hash, stored.algorithm, password);
        // Hashed either way: it is the better hash of a right password, and the cost of a wrong one.
        const hash = await this.#pool.hash(password);
        if (isRight) this.#keep(user.record.name, stored, hash);
        return isRight;
      }
      case 'none':
        await this.#decoy(password);
        return false;
    }
  }
  /** The work of a check for someone who has no password. */
  async #decoy(password: string): Promise<'wrong'> {
    await this.#pool.hash(password);
    return 'wrong';
  }

  /** Stores a better hash unless the password changed meanwhile. Best effort: the old one still serves. */
  #keep(name: string, before: StoredPassword, hash: string): void {
    const plan = (users: Users): Step => {
      const user = users.get(name);
      if (user?.password !== before) return { users, told: [] };
      const better: UserRecord = { ...user, password: { kind: 'argon2id', hash } };
      return { users: new Map([...users, [name, better]]), told: [] };
    };
    this.#book.change(plan).catch(() => undefined);
  }

  #admit(user: LiveUser, peerAddress: string | undefined): SignInOutcome {
    const { id, name, tags } = user.record;
    // Only after the password, so that nobody learns from here who exists.
    if (this.#loopbackUsers.has(name) && !isLoopback(peerAddress)) return refused('loopback-only');
    const source = peerAddress ?? 'unknown';
    const version = this.#book.version;
    const identity: Identity = Object.freeze({
      kind: 'user',
      name,
      id,
      source,
      tags: Object.freeze([...tags]),
      version,
    });
    return { ok: true, identity };
  }

  #fingerprint(id: string, name: string, password: string): Buffer {
    return createHmac('sha256', this.#fingerprintKey)
      .update(JSON.stringify([id, name, password]))
      .digest();
  }
}

/** A right password is never empty nor longer than may be set; a name never longer than a short string. */
function isPossible(name: string, password: string): boolean {
  const passwordBytes = Buffer.byteLength(password);
  return passwordBytes > 0 && passwordBytes <= passwordBytesMax && Buffer.byteLength(name) <= 255;
}

function refused(reason: SignInRefusal): SignInOutcome {
  return { ok: false, reason };
}
