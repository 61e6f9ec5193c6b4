/** Changes of users and rights: who may make them, who hears of them. */
import { afterEach, describe, expect, it } from 'vitest';
import type { AccessChange, Actor } from './index.js';
import { closeStores, identityOf, newDisk, openStore, operator, storeWithUser } from './testing/store.js';

afterEach(closeStores);

describe('administration', () => {
  it('refuses what does not make sense', async () => {
    const access = await storeWithUser();
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
    const access = await storeWithUser();
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
    const access = await openStore();
    const forged: Actor = { identity: { ...access.operator }, source: 'x' };
    await expect(access.deleteUser('guest', forged)).rejects.toMatchObject({ code: 'access-refused' });
    await access.addUser({ name: 'operator', password: 'x' }, operator(access));
    const namesake: Actor = { identity: await identityOf(access, 'operator', 'x'), source: 'x' };
    await expect(access.deleteUser('guest', namesake)).rejects.toMatchObject({ code: 'access-refused' });
  });

  it('tells listeners what changed, once it is in force, and bumps the version', async () => {
    const access = await storeWithUser();
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
    const access = await storeWithUser();
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
    const access = await openStore();
    const guest = await identityOf(access, 'guest', 'guest');
    await access.forgetVirtualHost('/', operator(access));
    expect(access.decide(guest, { action: 'vhost-access', vhost: '/' }).allowed).toBe(false);
  });

  it('makes many changes asked for at once with few saves', async () => {
    const disk = newDisk();
    const access = await openStore(disk);
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
