/** The users' file: whole at any crash, and a closed door when it is not (abuse case 15). */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FakeClock, seededRandom, SimulatedDisk, systemDisk, type Disk } from '../kernel/index.js';
import { accessSettings, openAccess, type Access } from './index.js';
import { UserFile, type StoredUsers } from './user-file.js';

const directory = '/data/access';
const path = `${directory}/users.json`;

function users(...names: string[]): StoredUsers {
  return {
    revision: names.length,
    users: names.map((name) => ({
      id: `id of ${name}`,
      name,
      tags: ['monitoring'],
      password: { kind: 'none' },
      permissions: [{ vhost: '/', configure: '^x', write: '', read: '.*' }],
      topicPermissions: [{ vhost: '/', exchange: 'e', write: '{client_id}', read: '' }],
    })),
  };
}

async function newDisk(seed = 1): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk({ random: seededRandom(seed) });
  await disk.makeDirectory(directory);
  await disk.syncDirectory('/data');
  return disk;
}

async function overwrite(disk: Disk, content: Uint8Array): Promise<void> {
  const file = await disk.open(path, 'read-write');
  await file.truncate(0);
  await file.write([content], 0);
  await file.sync();
  await file.close();
}

function open(disk: Disk): Promise<Access> {
  const settings = accessSettings.parse({ passwords: { memoryKibibytes: 8, passes: 1 } });
  return openAccess({ directory: '/data', disk, clock: new FakeClock(), random: seededRandom(2), settings });
}

describe('the users’ file', () => {
  it('gives back what was saved, any name included', async () => {
    const disk = await newDisk();
    const stored = users('ana', '__proto__', 'constructor', 'é\u{1f600}"\\');
    await new UserFile(disk, directory).save(stored);
    expect(await new UserFile(disk, directory).load()).toEqual(stored);
  });

  it('is nothing in a new directory', async () => {
    expect(await new UserFile(await newDisk(), directory).load()).toBeUndefined();
  });

  it('stops the start when cut at any byte', async () => {
    const disk = await newDisk();
    await new UserFile(disk, directory).save(users('ana'));
    const whole = disk.contentOf(path);
    // The last byte is the line break, which nothing depends on.
    for (let length = 0; length < whole.length - 1; length++) {
      await overwrite(disk, whole.subarray(0, length));
      await expect(new UserFile(disk, directory).load(), `${length} bytes`).rejects.toMatchObject({
        code: 'config-invalid',
      });
    }
  });

  it('stops the start when any bit of its content is flipped', async () => {
    const disk = await newDisk();
    const stored = users('ana');
    await new UserFile(disk, directory).save(stored);
    const length = disk.contentOf(path).length - 1;
    for (let position = 0; position < length; position++) {
      const bit = position % 8;
      disk.flipBit(path, position, bit);
      const loaded = new UserFile(disk, directory).load();
      await expect(loaded, `byte ${position}`).rejects.toMatchObject({
        code: expect.stringMatching(/^(config-invalid|format-newer)$/) as string,
      });
      disk.flipBit(path, position, bit);
    }
    expect(await new UserFile(disk, directory).load()).toEqual(stored);
  });

  it.each([
    ['no users file', '{}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a checksum of something else', '{"format":"sluice-users","version":1,"sha256":"00","body":{}}'],
  ])('stops the start when it is %s', async (_, content) => {
    const disk = await newDisk();
    await new UserFile(disk, directory).save(users('ana'));
    await overwrite(disk, Buffer.from(content));
    await expect(new UserFile(disk, directory).load()).rejects.toMatchObject({ code: 'config-invalid' });
  });

  it('names a newer version', async () => {
    const disk = await newDisk();
    await new UserFile(disk, directory).save(users('ana'));
    const text = disk.contentOf(path).toString().replace('"version":1', '"version":2');
    await overwrite(disk, Buffer.from(text));
    await expect(new UserFile(disk, directory).load()).rejects.toMatchObject({ code: 'format-newer' });
  });

  it('is before or after, never between, when the power goes at any operation', async () => {
    for (let seed = 1; seed <= 8; seed++) {
      let finished = false;
      for (let nth = 1; !finished; nth++) {
        const disk = await newDisk(seed);
        const file = new UserFile(disk, directory);
        await file.save(users('ana'));
        await file.save(users('ana', 'bob'));
        disk.crashAt({ nth });
        finished = await Promise.race([
          file.save(users('ana', 'bob', 'eve')).then(() => true),
          disk.stopped.then(() => false),
        ]);
        const found = await new UserFile(disk.crash(), directory).load();
        const names = found?.users.map((user) => user.name).join();
        expect(
          finished ? ['ana,bob,eve'] : ['ana,bob', 'ana,bob,eve'],
          `seed ${seed}, operation ${nth}`,
        ).toContain(names);
      }
    }
  });

  it('keeps a previous copy that can be put in its place', async () => {
    const disk = await newDisk();
    const file = new UserFile(disk, directory);
    await file.save(users('ana'));
    await file.save(users('bob'));
    await overwrite(disk, Buffer.from('{'));
    await expect(new UserFile(disk, directory).load()).rejects.toThrow('users.previous.json');
    await disk.rename(`${directory}/users.previous.json`, path);
    expect((await new UserFile(disk, directory).load())?.users[0]?.name).toBe('ana');
  });
});

describe('a store that was there', () => {
  it.each(['{', ''])('never becomes one with guest: %j', async (content) => {
    const disk = await newDisk();
    const access = await open(disk);
    await access.close();
    await overwrite(disk, Buffer.from(content));
    await expect(open(disk)).rejects.toMatchObject({ code: 'config-invalid' });
    expect(disk.contentOf(path).toString()).toBe(content);
  });

  it('never becomes one with guest when its file is gone', async () => {
    const disk = await newDisk();
    await (await open(disk)).close();
    await disk.unlink(path);
    await expect(open(disk)).rejects.toMatchObject({ code: 'config-invalid' });
  });

  it('is created whole or not at all when the power goes at any operation', async () => {
    let finished = false;
    for (let nth = 1; !finished; nth++) {
      const disk = new SimulatedDisk({ random: seededRandom(nth) });
      await disk.makeDirectory('/data');
      await disk.syncDirectory('/');
      disk.crashAt({ nth });
      finished = await Promise.race([
        open(disk).then((access) => access.close().then(() => true)),
        disk.stopped.then(() => false),
      ]);
      const access = await open(disk.crash());
      expect(
        access.listUsers().map((user) => user.name),
        `operation ${nth}`,
      ).toEqual(['guest']);
      await access.close();
    }
  });

  it('is readable by its owner alone, whatever the mask (abuse case 25)', async () => {
    const root = await mkdtemp(join(tmpdir(), 'sluice-access-'));
    const mask = process.umask(0);
    try {
      const settings = accessSettings.parse({ passwords: { memoryKibibytes: 8, passes: 1 } });
      const clock = new FakeClock();
      const access = await openAccess({
        directory: root,
        disk: systemDisk(),
        clock,
        random: seededRandom(2),
        settings,
      });
      await access.addUser({ name: 'ana', password: 'x' }, { identity: access.operator, source: 'test' });
      await access.close();
      const names = await readdir(join(root, 'access'));
      expect(names.sort()).toEqual(['audit.log', 'users.json', 'users.previous.json']);
      for (const name of ['.', ...names]) {
        expect((await stat(join(root, 'access', name))).mode & 0o077, name).toBe(0);
      }
    } finally {
      process.umask(mask);
      await rm(root, { recursive: true });
    }
  });

  it('refuses a change that the disk refuses, and keeps the last good state', async () => {
    const disk = await newDisk();
    const access = await open(disk);
    const by = { identity: access.operator, source: 'test' };
    const version = access.version;
    disk.failAt({ kind: 'sync', path: (each) => each.includes('users'), nth: 1, code: 'ENOSPC' });
    await expect(access.addUser({ name: 'ana', password: 'x' }, by)).rejects.toMatchObject({
      code: 'disk-full',
    });
    expect([access.listUsers().length, access.version]).toEqual([1, version]);
    await access.addUser({ name: 'ana', password: 'x' }, by);
    await access.close();
    const again = await open(disk);
    expect(again.listUsers().map((user) => user.name)).toEqual(['guest', 'ana']);
    await again.close();
  });
});
