/** Who gets in, who does not, and what a refusal costs. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  advanceTime,
  cheapPasswords,
  closeStores,
  identityOf,
  newDisk,
  openStore,
  operator,
  rabbitHash,
  refusal,
  signIn,
  storeWithUser,
} from './testing/store.js';

afterEach(closeStores);

describe('guest and other loopback users (abuse case 13)', () => {
  it.each(['10.0.0.7', '::ffff:10.0.0.7', '2001:db8::1', '128.0.0.1', '127.0.0.1.evil', '::2', ''])(
    'are refused from %s',
    async (peer) => {
      expect(refusal(await signIn(await openStore(), 'guest', 'guest', peer))).toBe('loopback-only');
    },
  );

  it('are refused when the peer is not known', async () => {
    const access = await openStore();
    const outcome = await access.authenticate({
      mechanism: 'PLAIN',
      user: 'guest',
      password: 'guest',
      peerAddress: undefined,
    });
    expect(refusal(outcome)).toBe('loopback-only');
  });

  it.each(['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1', '::FFFF:127.0.0.1'])(
    'may come from %s',
    async (peer) => {
      expect((await signIn(await openStore(), 'guest', 'guest', peer)).ok).toBe(true);
    },
  );

  it('are told apart from others only when the password is right', async () => {
    expect(refusal(await signIn(await openStore(), 'guest', 'wrong', '10.0.0.7'))).toBe('bad-credentials');
  });

  it('are the configured ones', async () => {
    const access = await storeWithUser({ loopbackUsers: ['ana'] });
    expect(refusal(await signIn(access, 'ana', 'secret', '10.0.0.7'))).toBe('loopback-only');
    expect((await signIn(access, 'guest', 'guest', '10.0.0.7')).ok).toBe(true);
  });
});

describe('signing in', () => {
  it('accepts the password and nothing else', async () => {
    const access = await storeWithUser();
    expect((await signIn(access, 'ana', 'secret')).ok).toBe(true);
    for (const wrong of ['', 'Secret', 'secret ', 'x'.repeat(2_000)]) {
      expect(refusal(await signIn(access, 'ana', wrong))).toBe('bad-credentials');
    }
    expect(refusal(await signIn(access, 'Ana', 'secret'))).toBe('bad-credentials');
    expect(refusal(await signIn(access, '__proto__', 'secret'))).toBe('bad-credentials');
  });

  it('hands a crowd one answer, remembered until the password changes', async () => {
    // One sign-in may wait, so checking each of the crowd would refuse most of it as busy.
    const access = await storeWithUser({ passwords: { ...cheapPasswords, threads: 1, waitingMax: 1 } });
    const crowd = await Promise.all(Array.from({ length: 200 }, () => signIn(access, 'ana', 'secret')));
    expect(crowd.every((outcome) => outcome.ok)).toBe(true);
    await access.changePassword({ name: 'ana', password: 'other' }, operator(access));
    expect(refusal(await signIn(access, 'ana', 'secret'))).toBe('bad-credentials');
    expect((await signIn(access, 'ana', 'other')).ok).toBe(true);
  });

  it('forgets a remembered password with its user (abuse case 14)', async () => {
    const access = await storeWithUser();
    await identityOf(access, 'ana', 'secret');
    await access.deleteUser('ana', operator(access));
    expect(refusal(await signIn(access, 'ana', 'secret'))).toBe('bad-credentials');
    await access.addUser({ name: 'ana', password: 'new' }, operator(access));
    expect(refusal(await signIn(access, 'ana', 'secret'))).toBe('bad-credentials');
  });

  it('does not count a check that was under way while the password changed', async () => {
    // The only thread hashes the new password first, so the check of the old one ends after the change.
    const access = await storeWithUser({ passwords: { memoryKibibytes: 1_024, passes: 1, threads: 1 } });
    const changing = access.changePassword({ name: 'ana', password: 'other' }, operator(access));
    const checking = signIn(access, 'ana', 'secret');
    await changing;
    expect(refusal(await checking)).toBe('bad-credentials');
    expect(refusal(await signIn(access, 'ana', 'secret'))).toBe('bad-credentials');
  });

  it('refuses rather than queues without bound', async () => {
    const access = await storeWithUser({ passwords: { ...cheapPasswords, threads: 1, waitingMax: 2 } });
    const tries = Array.from({ length: 9 }, (_, i) => signIn(access, 'ana', `wrong ${i}`, `10.0.0.${i}`));
    const reasons = (await Promise.all(tries)).map(refusal);
    expect(reasons.filter((reason) => reason === 'busy').length).toBeGreaterThan(0);
    expect(reasons.filter((reason) => reason === 'bad-credentials').length).toBeGreaterThan(0);
    expect((await signIn(access, 'ana', 'secret')).ok).toBe(true);
  });

  it('makes a source wait that tries too many passwords, and only for a while', async () => {
    const access = await storeWithUser({ signIn: { failuresPerUserMax: 3, refillMs: 3_000 } });
    for (let i = 0; i < 3; i++)
      expect(refusal(await signIn(access, 'ana', `wrong ${i}`, '10.0.0.7'))).toBe('bad-credentials');
    expect(refusal(await signIn(access, 'ana', 'secret', '10.0.0.7'))).toBe('throttled');
    expect((await signIn(access, 'ana', 'secret', '10.0.0.8')).ok).toBe(true);
    advanceTime(1_000);
    expect(refusal(await signIn(access, 'ana', 'wrong', '10.0.0.7'))).toBe('bad-credentials');
  });

  it('lets a program with the right password in beside one that keeps trying an old one', async () => {
    const access = await storeWithUser({ signIn: { failuresPerUserMax: 3 } });
    await identityOf(access, 'ana', 'secret');
    for (let i = 0; i < 5; i++) await signIn(access, 'ana', 'old');
    expect(refusal(await signIn(access, 'ana', 'old'))).toBe('throttled');
    expect((await signIn(access, 'ana', 'secret')).ok).toBe(true);
  });

  it('bounds guessing at a remembered password too', async () => {
    const access = await storeWithUser({ signIn: { failuresPerUserMax: 1 } });
    await identityOf(access, 'ana', 'secret');
    for (let i = 0; i < 20; i++) await signIn(access, 'ana', `guess ${i}`);
    expect(refusal(await signIn(access, 'ana', 'secret'))).toBe('throttled');
  });

  it('lets nobody spray one password over many users', async () => {
    const access = await storeWithUser({ signIn: { failuresPerAddressMax: 5 } });
    for (let i = 0; i < 5; i++) await signIn(access, `user ${i}`, 'spring', '2001:db8::1');
    expect(refusal(await signIn(access, 'user 9', 'spring', '2001:db8::2'))).toBe('throttled');
    expect(refusal(await signIn(access, 'user 9', 'spring', '2001:db8:0:1::1'))).toBe('bad-credentials');
  });

  it('is over when access is closed', async () => {
    const access = await openStore();
    await access.close();
    await expect(signIn(access, 'guest', 'guest')).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('the work of a refused sign-in', () => {
  it('is the same for a wrong password, an unknown user and a user without one', async () => {
    // The only thread has room for one that waits: whoever did no work would not fill it.
    const access = await openStore(newDisk(), {
      passwords: { ...cheapPasswords, memoryKibibytes: 4_096, threads: 1, waitingMax: 1 },
    });
    await access.addUser({ name: 'ana', password: 'secret' }, operator(access));
    await access.importUser({ name: 'cert', passwordHash: '', tags: [] }, operator(access));
    await access.importUser(
      { name: 'old', passwordHash: rabbitHash('sha256', 'x'), tags: [] },
      operator(access),
    );
    for (const user of ['ana', 'nobody', 'cert', 'old']) {
      const tries = ['a', 'b', 'c'].map((password) => signIn(access, user, password));
      expect((await Promise.all(tries)).map(refusal)).toEqual(['bad-credentials', 'bad-credentials', 'busy']);
    }
  });
});

describe('a sign-in that cannot be right', () => {
  it.each([
    ['an endless name', 'x'.repeat(256), 'secret'],
    ['an endless password', 'ana', 'x'.repeat(1_025)],
    ['an empty password', 'ana', ''],
  ])('costs nothing and leaves nothing behind: %s', async (_, user, password) => {
    const access = await storeWithUser({ passwords: { ...cheapPasswords, threads: 1, waitingMax: 1 } });
    const tries = Array.from({ length: 20 }, (_each, i) => signIn(access, user, password, `10.0.0.${i}`));
    expect((await Promise.all(tries)).map(refusal)).toEqual(Array(20).fill('bad-credentials'));
    expect((await signIn(access, 'ana', 'secret')).ok).toBe(true);
  });
});
