/** Access control as its callers see it: sign-in, rights, changes, and what outlives a restart. */
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock, seededRandom, SimulatedDisk, type Disk } from '../kernel/index.js';
import {
  accessSettings,
  openAccess,
  type Access,
  type AccessChange,
  type Actor,
  type Identity,
  type SignInOutcome,
} from './index.js';

const cheap = { memoryKibibytes: 8, passes: 1 };
const opened: Access[] = [];
let clock = new FakeClock();

function newDisk(): SimulatedDisk {
  return new SimulatedDisk({ random: seededRandom(1) });
}

async function start(disk: Disk = newDisk(), settings: Record<string, unknown> = {}): Promise<Access> {
  const access = await openAccess({
    directory: '/data',
    disk,
    clock,
    random: seededRandom(7),
    settings: accessSettings.parse({ passwords: cheap, ...settings }),
  });
  opened.push(access);
  return access;
}

function operator(access: Access): Actor {
  return { identity: access.operator, source: 'test' };
}

function signIn(
  access: Access,
  user: string,
  password: string,
  peerAddress = '127.0.0.1',
): Promise<SignInOutcome> {
  return access.authenticate({ mechanism: 'PLAIN', user, password, peerAddress });
}

async function identityOf(access: Access, user: string, password: string): Promise<Identity> {
  const outcome = await signIn(access, user, password);
  if (!outcome.ok) throw new TypeError(`sign-in failed: ${outcome.reason}`);
  return outcome.identity;
}

const refusal = (outcome: SignInOutcome): string => (outcome.ok ? 'none' : outcome.reason);

async function withUser(settings: Record<string, unknown> = {}): Promise<Access> {
  const access = await start(newDisk(), settings);
  await access.addUser({ name: 'ana', password: 'secret' }, operator(access));
  return access;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((access) => access.close()));
  clock = new FakeClock();
});

describe('a new store', () => {
  it('has guest with every right on /', async () => {
    const access = await start();
    const guest = await identityOf(access, 'guest', 'guest');
    expect(guest.tags).toEqual(['administrator']);
    expect(Object.isFrozen(guest)).toBe(true);
    const request = { action: 'configure', vhost: '/', kind: 'queue', name: 'hello' } as const;
    expect(access.decide(guest, request)).toEqual({ allowed: true });
    expect(access.decide(guest, { action: 'vhost-access', vhost: '/other' }).allowed).toBe(false);
  });

  it('keeps what was changed over a restart, and never rolls guest back in', async () => {
    const disk = newDisk();
    const access = await start(disk);
    await access.addUser({ name: 'ana', password: 'secret', tags: ['monitoring'] }, operator(access));
    await access.setPermissions(
      { user: 'ana', vhost: '/', configure: '', write: '^x', read: '.*' },
      operator(access),
    );
    await access.deleteUser('guest', operator(access));
    const listed = [access.listUsers(), access.listPermissions()];
    await access.close();
    const again = await start(disk);
    expect([again.listUsers(), again.listPermissions()]).toEqual(listed);
    expect(again.listUsers().map((user) => user.name)).toEqual(['ana']);
    expect((await signIn(again, 'ana', 'secret')).ok).toBe(true);
  });
});

describe('guest and other loopback users (abuse case 13)', () => {
  it.each(['10.0.0.7', '::ffff:10.0.0.7', '2001:db8::1', '128.0.0.1', '127.0.0.1.evil', '::2', ''])(
    'are refused from %s',
    async (peer) => {
      expect(refusal(await signIn(await start(), 'guest', 'guest', peer))).toBe('loopback-only');
    },
  );

  it('are refused when the peer is not known', async () => {
    const access = await start();
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
      expect((await signIn(await start(), 'guest', 'guest', peer)).ok).toBe(true);
    },
  );

  it('are told apart from others only when the password is right', async () => {
    expect(refusal(await signIn(await start(), 'guest', 'wrong', '10.0.0.7'))).toBe('bad-credentials');
  });

  it('are the configured ones', async () => {
    const access = await withUser({ loopbackUsers: ['ana'] });
    expect(refusal(await signIn(access, 'ana', 'secret', '10.0.0.7'))).toBe('loopback-only');
    expect((await signIn(access, 'guest', 'guest', '10.0.0.7')).ok).toBe(true);
  });
});

describe('signing in', () => {
  it('accepts the password and nothing else', async () => {
    const access = await withUser();
    expect((await signIn(access, 'ana', 'secret')).ok).toBe(true);
    for (const wrong of ['', 'Secret', 'secret ', 'x'.repeat(2_000)]) {
      expect(refusal(await signIn(access, 'ana', wrong))).toBe('bad-credentials');
    }
    expect(refusal(await signIn(access, 'Ana', 'secret'))).toBe('bad-credentials');
    expect(refusal(await signIn(access, '__proto__', 'secret'))).toBe('bad-credentials');
  });

  it('hands a crowd one answer, remembered until the password changes', async () => {
    // One sign-in may wait, so checking each of the crowd would refuse most of it as busy.
    const access = await withUser({ passwords: { ...cheap, threads: 1, waitingMax: 1 } });
    const crowd = await Promise.all(Array.from({ length: 200 }, () => signIn(access, 'ana', 'secret')));
    expect(crowd.every((outcome) => outcome.ok)).toBe(true);
    await access.changePassword({ name: 'ana', password: 'other' }, operator(access));
    expect(refusal(await signIn(access, 'ana', 'secret'))).toBe('bad-credentials');
    expect((await signIn(access, 'ana', 'other')).ok).toBe(true);
  });

  it('forgets a remembered password with its user (abuse case 14)', async () => {
    const access = await withUser();
    await identityOf(access, 'ana', 'secret');
    await access.deleteUser('ana', operator(access));
    expect(refusal(await signIn(access, 'ana', 'secret'))).toBe('bad-credentials');
    await access.addUser({ name: 'ana', password: 'new' }, operator(access));
    expect(refusal(await signIn(access, 'ana', 'secret'))).toBe('bad-credentials');
  });

  it('does not count a check that was under way while the password changed', async () => {
    // The only thread hashes the new password first, so the check of the old one ends after the change.
    const access = await withUser({ passwords: { memoryKibibytes: 1_024, passes: 1, threads: 1 } });
    const changing = access.changePassword({ name: 'ana', password: 'other' }, operator(access));
    const checking = signIn(access, 'ana', 'secret');
    await changing;
    expect(refusal(await checking)).toBe('bad-credentials');
    expect(refusal(await signIn(access, 'ana', 'secret'))).toBe('bad-credentials');
  });

  it('refuses rather than queues without bound', async () => {
    const access = await withUser({ passwords: { ...cheap, threads: 1, waitingMax: 2 } });
    const tries = Array.from({ length: 9 }, (_, i) => signIn(access, 'ana', `wrong ${i}`, `10.0.0.${i}`));
    const reasons = (await Promise.all(tries)).map(refusal);
    expect(reasons.filter((reason) => reason === 'busy').length).toBeGreaterThan(0);
    expect(reasons.filter((reason) => reason === 'bad-credentials').length).toBeGreaterThan(0);
    expect((await signIn(access, 'ana', 'secret')).ok).toBe(true);
  });

  it('makes a source wait that tries too many passwords, and only for a while', async () => {
    const access = await withUser({ signIn: { failuresPerUserMax: 3, refillMs: 3_000 } });
    for (let i = 0; i < 3; i++)
      expect(refusal(await signIn(access, 'ana', `wrong ${i}`, '10.0.0.7'))).toBe('bad-credentials');
    expect(refusal(await signIn(access, 'ana', 'secret', '10.0.0.7'))).toBe('throttled');
    expect((await signIn(access, 'ana', 'secret', '10.0.0.8')).ok).toBe(true);
    clock.advance(1_000);
    expect(refusal(await signIn(access, 'ana', 'wrong', '10.0.0.7'))).toBe('bad-credentials');
  });

  it('lets a program with the right password in beside one that keeps trying an old one', async () => {
    const access = await withUser({ signIn: { failuresPerUserMax: 3 } });
    await identityOf(access, 'ana', 'secret');
    for (let i = 0; i < 5; i++) await signIn(access, 'ana', 'old');
    expect(refusal(await signIn(access, 'ana', 'old'))).toBe('throttled');
    expect((await signIn(access, 'ana', 'secret')).ok).toBe(true);
  });

  it('bounds guessing at a remembered password too', async () => {
    const access = await withUser({ signIn: { failuresPerUserMax: 1 } });
    await identityOf(access, 'ana', 'secret');
    for (let i = 0; i < 20; i++) await signIn(access, 'ana', `guess ${i}`);
    expect(refusal(await signIn(access, 'ana', 'secret'))).toBe('throttled');
  });

  it('lets nobody spray one password over many users', async () => {
    const access = await withUser({ signIn: { failuresPerAddressMax: 5 } });
    for (let i = 0; i < 5; i++) await signIn(access, `user ${i}`, 'spring', '2001:db8::1');
    expect(refusal(await signIn(access, 'user 9', 'spring', '2001:db8::2'))).toBe('throttled');
    expect(refusal(await signIn(access, 'user 9', 'spring', '2001:db8:0:1::1'))).toBe('bad-credentials');
  });

  it('is over when access is closed', async () => {
    const access = await start();
    await access.close();
    await expect(signIn(access, 'guest', 'guest')).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('the work of a refused sign-in', () => {
  it('is the same for a wrong password, an unknown user and a user without one', async () => {
    // The only thread has room for one that waits: whoever did no work would not fill it.
    const access = await start(newDisk(), {
      passwords: { ...cheap, memoryKibibytes: 4_096, threads: 1, waitingMax: 1 },
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

function rabbitHash(digest: 'md5' | 'sha256' | 'sha512', password: string): string {
  const salt = Buffer.from([0x90, 0x8d, 0xc6, 0x0a]);
  return Buffer.concat([salt, createHash(digest).update(salt).update(password).digest()]).toString('base64');
}

describe('a sign-in that cannot be right', () => {
  it.each([
    ['an endless name', 'x'.repeat(256), 'secret'],
    ['an endless password', 'ana', 'x'.repeat(1_025)],
    ['an empty password', 'ana', ''],
  ])('costs nothing and leaves nothing behind: %s', async (_, user, password) => {
    const access = await withUser({ passwords: { ...cheap, threads: 1, waitingMax: 1 } });
    const tries = Array.from({ length: 20 }, (_each, i) => signIn(access, user, password, `10.0.0.${i}`));
    expect((await Promise.all(tries)).map(refusal)).toEqual(Array(20).fill('bad-credentials'));
    expect((await signIn(access, 'ana', 'secret')).ok).toBe(true);
  });
});

describe('imported users', () => {
  it('knows the hash that RabbitMQ documents for test12', async () => {
    const access = await start();
    const passwordHash = 'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR';
    await access.importUser({ name: 'rabbit', passwordHash, tags: [] }, operator(access));
    expect((await signIn(access, 'rabbit', 'test12')).ok).toBe(true);
  });

  it.each(['md5', 'sha256', 'sha512'] as const)('with %s sign in and are hashed anew', async (digest) => {
    const disk = newDisk();
    const access = await start(disk);
    const definition = {
      name: 'old',
      passwordHash: rabbitHash(digest, 'pass'),
      hashingAlgorithm: `rabbit_password_hashing_${digest}`,
      tags: ['management', ''],
    };
    expect(await access.importUser(definition, operator(access))).toBe('created');
    expect(await access.importUser(definition, operator(access))).toBe('unchanged');
    expect(refusal(await signIn(access, 'old', 'wrong'))).toBe('bad-credentials');
    expect(access.listUsers()[1]).toEqual({ name: 'old', tags: ['management'], passwordKind: 'imported' });
    const both = await Promise.all([
      signIn(access, 'old', 'pass', '10.0.0.1'),
      signIn(access, 'old', 'pass', '10.0.0.2'),
    ]);
    expect(both.map((outcome) => outcome.ok)).toEqual([true, true]);
    await access.close();
    const again = await start(disk);
    expect(again.listUsers()[1]).toEqual({ name: 'old', tags: ['management'], passwordKind: 'argon2id' });
    expect((await signIn(again, 'old', 'pass')).ok).toBe(true);
  });

  it('keep a password that was changed while the imported one was being hashed anew', async () => {
    const access = await start(newDisk(), { passwords: { memoryKibibytes: 1_024, passes: 1, threads: 1 } });
    await access.importUser(
      { name: 'old', passwordHash: rabbitHash('sha256', 'pass'), tags: [] },
      operator(access),
    );
    const changing = access.changePassword({ name: 'old', password: 'other' }, operator(access));
    const [outcome] = await Promise.all([signIn(access, 'old', 'pass'), changing]);
    expect(refusal(outcome)).toBe('bad-credentials');
    await access.importUser({ name: 'later', passwordHash: '', tags: [] }, operator(access));
    expect((await signIn(access, 'old', 'other')).ok).toBe(true);
  });

  it('are hashed anew when the cost has changed, so that every refusal keeps costing the same', async () => {
    const disk = newDisk();
    const access = await start(disk);
    await access.addUser({ name: 'ana', password: 'secret' }, operator(access));
    await access.close();
    const again = await start(disk, { passwords: { memoryKibibytes: 16, passes: 1 } });
    expect((await signIn(again, 'ana', 'secret')).ok).toBe(true);
    await again.close();
    const third = await start(disk);
    expect(third.exportUsers(operator(third))[1]?.passwordHash).toContain('m=16,t=1');
    expect((await signIn(third, 'ana', 'secret')).ok).toBe(true);
  });

  it('come back from an export', async () => {
    const access = await withUser();
    const users = access.exportUsers(operator(access));
    const other = await start();
    for (const user of users) await other.importUser(user, operator(other));
    expect((await signIn(other, 'ana', 'secret')).ok).toBe(true);
    expect(users[1]).toMatchObject({ name: 'ana', hashingAlgorithm: 'sluice_password_hashing_argon2id' });
  });

  it('without a hash have no password', async () => {
    const access = await start();
    await access.importUser({ name: 'cert', passwordHash: '', tags: [] }, operator(access));
    expect(refusal(await signIn(access, 'cert', ''))).toBe('bad-credentials');
  });

  it.each([
    [{ passwordHash: 'AAAA' }, 'bytes'],
    [{ passwordHash: '!!!' }, 'base64'],
    [{ hashingAlgorithm: 'rot13' }, 'not known'],
    [{ hashingAlgorithm: 'sluice_password_hashing_argon2id', passwordHash: 'x' }, 'PHC'],
    [
      {
        hashingAlgorithm: 'sluice_password_hashing_argon2id',
        passwordHash: `$argon2id$v=19$m=4194304,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`,
      },
      'costs',
    ],
    [{ tags: ['king'] }, 'king'],
    [{ name: 'a\r\nb' }, 'control'],
  ])('are refused with %j', async (wrong, why) => {
    const access = await start();
    const definition = { name: 'x', passwordHash: '', tags: [], ...wrong };
    await expect(access.importUser(definition, operator(access))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining(why) as string,
    });
  });
});

describe('administration', () => {
  it('refuses what does not make sense', async () => {
    const access = await withUser();
    const by = operator(access);
    const code = (wanted: string): object => ({ code: wanted });
    await expect(access.addUser({ name: 'ana', password: 'x' }, by)).rejects.toMatchObject(
      code('already-exists'),
    );
    await expect(access.addUser({ name: 'b', password: '' }, by)).rejects.toMatchObject(code('bad-input'));
    await expect(access.addUser({ name: '', password: 'x' }, by)).rejects.toMatchObject(code('bad-input'));
    await expect(access.addUser({ name: 'ü'.repeat(128), password: 'x' }, by)).rejects.toMatchObject(
      code('bad-input'),
    );
    await expect(access.addUser({ name: '\ud800', password: 'x' }, by)).rejects.toMatchObject(
      code('bad-input'),
    );
    await expect(access.deleteUser('bob', by)).rejects.toMatchObject(code('not-found'));
    await expect(access.changePassword({ name: 'bob', password: 'x' }, by)).rejects.toMatchObject(
      code('not-found'),
    );
    await expect(access.setTags({ name: 'bob', tags: [] }, by)).rejects.toMatchObject(code('not-found'));
    const permission = { user: 'ana', vhost: '/', configure: '', write: '(', read: '' };
    await expect(access.setPermissions(permission, by)).rejects.toMatchObject(code('bad-input'));
    await expect(access.setPermissions(permission, by)).rejects.toThrow(
      'write: pattern refused at character 1',
    );
    expect(access.listPermissions({ user: 'ana' })).toEqual([]);
  });

  it('is refused to whoever may not administer, for each operation (abuse case 10)', async () => {
    const access = await withUser();
    await access.setTags(
      { name: 'ana', tags: ['monitoring', 'policymaker', 'management'] },
      operator(access),
    );
    const by: Actor = { identity: await identityOf(access, 'ana', 'secret'), source: '10.0.0.7' };
    const before = [access.listUsers(), access.listPermissions(), access.listTopicPermissions()];
    const topic = { user: 'ana', vhost: '/', exchange: 'x', write: '.*', read: '.*' };
    const attempts = [
      () => access.addUser({ name: 'bob', password: 'x' }, by),
      () => access.changePassword({ name: 'guest', password: 'x' }, by),
      () => access.deleteUser('guest', by),
      () => access.setTags({ name: 'ana', tags: ['administrator'] }, by),
      () => access.importUser({ name: 'bob', passwordHash: '', tags: [] }, by),
      () => access.setPermissions({ user: 'ana', vhost: '/', configure: '.*', write: '.*', read: '.*' }, by),
      () => access.clearPermissions({ user: 'guest', vhost: '/' }, by),
      () => access.setTopicPermissions(topic, by),
      () => access.clearTopicPermissions({ user: 'guest', vhost: '/' }, by),
      () => access.forgetVirtualHost('/', by),
      () => Promise.resolve().then(() => access.exportUsers(by)),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'access-refused' });
    expect([access.listUsers(), access.listPermissions(), access.listTopicPermissions()]).toEqual(before);
  });

  it('does not take a look-alike for the operator', async () => {
    const access = await start();
    const forged: Actor = { identity: { ...access.operator }, source: 'x' };
    await expect(access.deleteUser('guest', forged)).rejects.toMatchObject({ code: 'access-refused' });
    await access.addUser({ name: 'operator', password: 'x' }, operator(access));
    const namesake: Actor = { identity: await identityOf(access, 'operator', 'x'), source: 'x' };
    await expect(access.deleteUser('guest', namesake)).rejects.toMatchObject({ code: 'access-refused' });
  });

  it('tells listeners what changed, once it is in force, and bumps the version', async () => {
    const access = await withUser();
    const by = operator(access);
    const told: (AccessChange & { usersThen: number })[] = [];
    const stop = access.onChange((change) => told.push({ ...change, usersThen: access.listUsers().length }));
    const versionBefore = access.version;
    await access.setTags({ name: 'ana', tags: ['monitoring'] }, by);
    await access.setTags({ name: 'ana', tags: ['monitoring'] }, by);
    await access.setPermissions({ user: 'ana', vhost: '/', configure: '', write: '', read: '' }, by);
    await access.setTopicPermissions({ user: 'ana', vhost: '/', exchange: 'x', write: '', read: '' }, by);
    await access.forgetVirtualHost('/', by);
    await access.changePassword({ name: 'ana', password: 'x' }, by);
    await access.deleteUser('ana', by);
    stop();
    await access.addUser({ name: 'bob', password: 'x' }, by);
    expect(told.map((change) => `${change.kind} ${change.user}`)).toEqual([
      'tags-changed ana',
      'permissions-changed ana',
      'topic-permissions-changed ana',
      'permissions-changed guest',
      'permissions-changed ana',
      'topic-permissions-changed ana',
      'password-changed ana',
      'user-deleted ana',
    ]);
    expect(told.at(-1)?.usersThen).toBe(1);
    expect(access.version).toBe(versionBefore + 9);
  });

  it('tells every listener, also when one of them has a bug', async () => {
    const access = await withUser();
    const bug = new TypeError('a listener’s bug');
    const caught: unknown[] = [];
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (problem) => caught.push(problem));
    const told: string[] = [];
    access.onChange(() => {
      throw bug;
    });
    access.onChange((change) => told.push(change.kind));
    await access.deleteUser('ana', operator(access));
    expect(access.listUsers().map((user) => user.name)).toEqual(['guest']);
    for (const other of others) process.on('uncaughtException', other);
    expect([told, caught]).toEqual([['user-deleted'], [bug]]);
  });

  it('leaves no right behind in a virtual host that was deleted', async () => {
    const access = await start();
    const guest = await identityOf(access, 'guest', 'guest');
    await access.forgetVirtualHost('/', operator(access));
    expect(access.decide(guest, { action: 'vhost-access', vhost: '/' }).allowed).toBe(false);
  });

  it('makes many changes asked for at once with few saves', async () => {
    const disk = newDisk();
    const access = await start(disk);
    await access.audit.flush();
    const before = disk.operations('rename');
    const definitions = Array.from({ length: 100 }, (_, i) => ({
      name: `user ${i}`,
      passwordHash: '',
      tags: [],
    }));
    await Promise.all(definitions.map((each) => access.importUser(each, operator(access))));
    expect(disk.operations('rename') - before).toBe(2);
    expect(access.listUsers().length).toBe(101);
  });
});

describe('the first administrator', () => {
  async function withPasswordFile(content: string): Promise<SimulatedDisk> {
    const disk = newDisk();
    await disk.makeDirectory('/run');
    const file = await disk.open('/run/password', 'create');
    await file.write([Buffer.from(content)], 0);
    await file.close();
    return disk;
  }
  const first = { name: 'admin', passwordFile: '/run/password' };

  it('takes the place of guest in a new store, from any address', async () => {
    const access = await start(await withPasswordFile('long secret\n'));
    expect(await access.ensureFirstUser(first)).toBe(true);
    const outcome = await signIn(access, 'admin', 'long secret', '10.0.0.7');
    expect(outcome.ok && access.decide(outcome.identity, { action: 'administer', vhost: '/' }).allowed).toBe(
      true,
    );
    expect(refusal(await signIn(access, 'guest', 'guest'))).toBe('bad-credentials');
    expect(await access.ensureFirstUser(first)).toBe(false);
  });

  it('is made after a crash between creating the store and making it', async () => {
    const disk = await withPasswordFile('long secret');
    await (await start(disk)).close();
    const again = await start(disk);
    expect(await again.ensureFirstUser(first)).toBe(true);
  });

  it('is not made once anything was changed', async () => {
    const access = await start(await withPasswordFile('long secret'));
    await access.addUser({ name: 'ana', password: 'x' }, operator(access));
    expect(await access.ensureFirstUser(first)).toBe(false);
    expect(access.listUsers().map((user) => user.name)).toEqual(['guest', 'ana']);
    expect(await access.ensureFirstUser({ ...first, passwordFile: '/gone' })).toBe(false);
  });

  it('does not undo a change made while its password was being hashed', async () => {
    const access = await start(await withPasswordFile('long secret'), {
      passwords: { ...cheap, threads: 1 },
    });
    const adding = access.addUser({ name: 'ana', password: 'x' }, operator(access));
    expect(await access.ensureFirstUser(first)).toBe(false);
    await adding;
    expect(access.listUsers().map((user) => user.name)).toEqual(['guest', 'ana']);
  });

  it.each(['', '\n', 'x'.repeat(5_000)])('needs a usable password file', async (content) => {
    const access = await start(await withPasswordFile(content));
    await expect(access.ensureFirstUser(first)).rejects.toMatchObject({ code: 'config-invalid' });
    await expect(access.ensureFirstUser({ ...first, passwordFile: '/run/none' })).rejects.toMatchObject({
      code: 'config-invalid',
    });
    expect(access.listUsers().map((user) => user.name)).toEqual(['guest']);
  });
});
