/** Users that come from definitions: their hashes, and what is refused. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  closeStores,
  newDisk,
  openStore,
  operator,
  rabbitHash,
  refusal,
  signIn,
  storeWithUser,
} from './testing/store.js';

afterEach(closeStores);

describe('imported users', () => {
  it('knows the hash that RabbitMQ documents for test12', async () => {
    const access = await openStore();
    const passwordHash = 'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR';
    await access.importUser({ name: 'rabbit', passwordHash, tags: [] }, operator(access));
    expect((await signIn(access, 'rabbit', 'test12')).ok).toBe(true);
  });

  it.each(['md5', 'sha256', 'sha512'] as const)('with %s sign in and are hashed anew', async (digest) => {
    const disk = newDisk();
    const access = await openStore(disk);
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
    const again = await openStore(disk);
    expect(again.listUsers()[1]).toEqual({ name: 'old', tags: ['management'], passwordKind: 'argon2id' });
    expect((await signIn(again, 'old', 'pass')).ok).toBe(true);
  });

  it('keep a password that was changed while the imported one was being hashed anew', async () => {
    const access = await openStore(newDisk(), {
      passwords: { memoryKibibytes: 1_024, passes: 1, threads: 1 },
    });
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
    const access = await openStore(disk);
    await access.addUser({ name: 'ana', password: 'secret' }, operator(access));
    await access.close();
    const again = await openStore(disk, { passwords: { memoryKibibytes: 16, passes: 1 } });
    expect((await signIn(again, 'ana', 'secret')).ok).toBe(true);
    await again.close();
    const third = await openStore(disk);
    expect(third.exportUsers(operator(third))[1]?.passwordHash).toContain('m=16,t=1');
    expect((await signIn(third, 'ana', 'secret')).ok).toBe(true);
  });

  it('come back from an export', async () => {
    const access = await storeWithUser();
    const users = access.exportUsers(operator(access));
    const other = await openStore();
    for (const user of users) await other.importUser(user, operator(other));
    expect((await signIn(other, 'ana', 'secret')).ok).toBe(true);
    expect(users[1]).toMatchObject({ name: 'ana', hashingAlgorithm: 'sluice_password_hashing_argon2id' });
  });

  it('without a hash have no password', async () => {
    const access = await openStore();
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
    const access = await openStore();
    const definition = { name: 'x', passwordHash: '', tags: [], ...wrong };
    await expect(access.importUser(definition, operator(access))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining(why) as string,
    });
  });
});
