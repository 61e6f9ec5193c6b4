/** The real disk against the file system of the machine. */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemDisk } from './system-disk.js';

const disk = systemDisk();
let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-disk-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe('files', () => {
  it('writes more chunks than one system call takes, and reads them back', async () => {
    const file = await disk.open(join(directory, 'a'), 'create');
    const chunks = Array.from({ length: 3000 }, (_, i) => Buffer.alloc(1 + (i % 7), i & 0xff));
    const expected = Buffer.concat([Buffer.alloc(5), ...chunks]);
    await file.write([Buffer.alloc(0), ...chunks], 5);
    await file.sync();
    expect(await file.size()).toBe(expected.length);
    const into = Buffer.alloc(expected.length + 10);
    expect(await file.read(into, 0)).toBe(expected.length);
    expect(into.subarray(0, expected.length).equals(expected)).toBe(true);
    await file.close();
  });

  it('cuts and extends', async () => {
    const file = await disk.open(join(directory, 'a'), 'create');
    await file.write([Buffer.from('hello')], 0);
    await file.truncate(2);
    await file.truncate(4);
    const into = Buffer.alloc(8, 0xff);
    expect(await file.read(into, 0)).toBe(4);
    expect(into.subarray(0, 4)).toEqual(Buffer.from('he\0\0'));
    await file.close();
  });

  it('are readable by their owner alone', async () => {
    const nested = join(directory, 'x', 'y');
    await disk.makeDirectory(nested);
    await disk.makeDirectory(nested);
    const file = await disk.open(join(nested, 'a'), 'create');
    await file.close();
    expect(await modeOf(join(nested, 'a'))).toBe(0o600);
    expect(await modeOf(nested)).toBe(0o700);
    expect(await modeOf(join(directory, 'x'))).toBe(0o700);
  });

  it('are not replaced by a creation, nor created by an opening', async () => {
    const path = join(directory, 'a');
    await expect(disk.open(path, 'read-write')).rejects.toMatchObject({ code: 'ENOENT' });
    await (await disk.open(path, 'create')).close();
    await expect(disk.open(path, 'create')).rejects.toMatchObject({ code: 'EEXIST' });
    const file = await disk.open(path, 'read');
    await expect(file.write([Buffer.from('x')], 0)).rejects.toMatchObject({ code: 'EBADF' });
    await file.close();
  });

  it('refuse use after close, and close twice', async () => {
    const file = await disk.open(join(directory, 'a'), 'create');
    await file.close();
    await file.close();
    await expect(file.write([Buffer.from('x')], 0)).rejects.toThrow('after it is closed');
    await expect(file.sync()).rejects.toThrow('after it is closed');
  });
});

describe('names', () => {
  it('are listed sorted, moved and removed', async () => {
    for (const name of ['b', 'c', 'a']) await (await disk.open(join(directory, name), 'create')).close();
    await disk.rename(join(directory, 'c'), join(directory, 'A'));
    await disk.unlink(join(directory, 'b'));
    await disk.syncDirectory(directory);
    expect(await disk.list(directory)).toEqual(['A', 'a']);
    expect(await disk.list(join(directory, 'absent'))).toEqual([]);
    await disk.makeDirectory(join(directory, 'd'));
    await disk.removeDirectory(join(directory, 'd'));
    expect(await disk.list(directory)).toEqual(['A', 'a']);
  });
});

it('tells the space left', async () => {
  const { freeBytes, totalBytes } = await disk.space(directory);
  expect(freeBytes).toBeGreaterThan(0);
  expect(totalBytes).toBeGreaterThanOrEqual(freeBytes);
});
