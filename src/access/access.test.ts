/** The store as its callers see it: what a new one holds, what outlives a restart, and who comes first. */
import { afterEach, describe, expect, it } from 'vitest';
import type { SimulatedDisk } from '../kernel/index.js';
import {
  cheapPasswords,
  closeStores,
  identityOf,
  newDisk,
  openStore,
  operator,
  refusal,
  signIn,
} from './testing/store.js';

afterEach(closeStores);

describe('a new store', () => {
  it('has guest with every right on /', async () => {
    const access = await openStore();
    const guest = await identityOf(access, 'guest', 'guest');
    expect(guest.tags).toEqual(['administrator']);
    expect(Object.isFrozen(guest)).toBe(true);
    const request = { action: 'configure', vhost: '/', kind: 'queue', name: 'hello' } as const;
    expect(access.decide(guest, request)).toEqual({ allowed: true });
    expect(access.decide(guest, { action: 'vhost-access', vhost: '/other' }).allowed).toBe(false);
  });

  it('keeps what was changed over a restart, and never rolls guest back in', async () => {
    const disk = newDisk();
    const access = await openStore(disk);
    await access.addUser({ name: 'ana', password: 'secret', tags: ['monitoring'] }, operator(access));
    await access.setPermissions(
      { user: 'ana', vhost: '/', configure: '', write: '^x', read: '.*' },
      operator(access),
    );
    await access.deleteUser('guest', operator(access));
    const listed = [access.listUsers(), access.listPermissions()];
    await access.close();
    const again = await openStore(disk);
    expect([again.listUsers(), again.listPermissions()]).toEqual(listed);
    expect(again.listUsers().map((user) => user.name)).toEqual(['ana']);
    expect((await signIn(again, 'ana', 'secret')).ok).toBe(true);
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
    const access = await openStore(await withPasswordFile('long secret\n'));
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
    await (await openStore(disk)).close();
    const again = await openStore(disk);
    expect(await again.ensureFirstUser(first)).toBe(true);
  });

  it('is not made once anything was changed', async () => {
    const access = await openStore(await withPasswordFile('long secret'));
    await access.addUser({ name: 'ana', password: 'x' }, operator(access));
    expect(await access.ensureFirstUser(first)).toBe(false);
    expect(access.listUsers().map((user) => user.name)).toEqual(['guest', 'ana']);
    expect(await access.ensureFirstUser({ ...first, passwordFile: '/gone' })).toBe(false);
  });

  it('does not undo a change made while its password was being hashed', async () => {
    const access = await openStore(await withPasswordFile('long secret'), {
      passwords: { ...cheapPasswords, threads: 1 },
    });
    const adding = access.addUser({ name: 'ana', password: 'x' }, operator(access));
    expect(await access.ensureFirstUser(first)).toBe(false);
    await adding;
    expect(access.listUsers().map((user) => user.name)).toEqual(['guest', 'ana']);
  });

  it.each(['', '\n', 'x'.repeat(5_000)])('needs a usable password file', async (content) => {
    const access = await openStore(await withPasswordFile(content));
    await expect(access.ensureFirstUser(first)).rejects.toMatchObject({ code: 'config-invalid' });
    await expect(access.ensureFirstUser({ ...first, passwordFile: '/run/none' })).rejects.toMatchObject({
      code: 'config-invalid',
    });
    expect(access.listUsers().map((user) => user.name)).toEqual(['guest']);
  });
});
