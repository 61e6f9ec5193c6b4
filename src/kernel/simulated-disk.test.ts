/** The simulated disk keeps its promises, and breaks everything it did not promise. */
import { describe, expect, it } from 'vitest';
import { FakeClock } from './clock.js';
import type { DiskFile } from './disk.js';
import { seededRandom, type Random } from './random.js';
import { changingOperations, SimulatedDisk } from './simulated-disk.js';
import { pageBytes, sectorBytes } from './simulated-file.js';

const page = (fill: number, pages = 1): Buffer => Buffer.alloc(pages * pageBytes, fill);

async function newDisk(seed = 1, writeBackChance = 0): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk({ random: seededRandom(seed), writeBackChance });
  await disk.makeDirectory('/data');
  return disk;
}

async function durableFile(disk: SimulatedDisk, path: string, content: Buffer): Promise<DiskFile> {
  const file = await disk.open(path, 'create');
  await file.write([content], 0);
  await file.sync();
  await disk.syncDirectory('/data');
  return file;
}

describe('without faults', () => {
  it('reads what was written, with zeros in the gaps', async () => {
    const disk = await newDisk();
    const file = await disk.open('/data/a', 'create');
    await file.write([Buffer.from('one'), Buffer.from('two')], pageBytes - 2);
    const into = Buffer.alloc(8, 1);
    expect(await file.read(into, pageBytes - 4)).toBe(8);
    expect(into).toEqual(Buffer.from('\0\0onetwo'));
    expect(await file.read(into, pageBytes + 2)).toBe(2);
    await file.truncate(pageBytes - 1);
    await file.truncate(pageBytes + 1);
    expect(disk.contentOf('/data/a').subarray(-4)).toEqual(Buffer.from('\0o\0\0'));
    expect(await file.size()).toBe(pageBytes + 1);
  });

  it('gives the errors of the system', async () => {
    const disk = await newDisk();
    await (await disk.open('/data/a', 'create')).close();
    await expect(disk.open('/data/a', 'create')).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(disk.open('/data/b', 'read')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(disk.unlink('/data/b')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(disk.removeDirectory('/data')).rejects.toMatchObject({ code: 'ENOTEMPTY' });
    await expect(disk.open('/none/b', 'create')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await disk.list('/none')).toEqual([]);
  });

  it('sees a buffer that is reused before its write has resolved', async () => {
    const disk = await newDisk();
    const file = await disk.open('/data/a', 'create');
    const buffer = Buffer.from('good');
    const written = file.write([buffer], 0);
    buffer.write('evil');
    await written;
    expect(disk.contentOf('/data/a').toString()).toBe('evil');
  });
});

describe('a power loss', () => {
  it('keeps what was synced, over many seeds', async () => {
    for (let seed = 1; seed <= 300; seed++) await checkSyncedSurvives(seed);
  });

  it('keeps what a later sync stored when an earlier one finishes last', async () => {
    const clock = new FakeClock();
    const disk = new SimulatedDisk({ random: seededRandom(1), clock });
    const file = await disk.open('/a', 'create');
    await disk.syncDirectory('/');
    await file.write([page(1)], 0);
    disk.slow('sync', 100);
    const late = file.sync();
    await file.write([page(2, 2)], 0);
    disk.heal();
    await file.sync();
    clock.advance(100);
    await late;
    expect(disk.crash(0).contentOf('/a').equals(page(2, 2))).toBe(true);
  });

  it('loses, keeps, reorders and tears what was not', async () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 200; seed++) {
      const disk = await newDisk(seed);
      const file = await durableFile(disk, '/data/a', page(1, 2));
      await file.write([page(2, 2)], 0);
      const [first, second] = halves(disk.crash().contentOf('/data/a'));
      seen.add(`${first},${second}`);
    }
    for (const outcome of ['old,old', 'new,new', 'old,new', 'new,old', 'torn,old', 'old,torn']) {
      expect(seen).toContain(outcome);
    }
  });

  it('leaves a file that was growing at any length in between', async () => {
    const lengths = new Set<number>();
    for (let seed = 1; seed <= 60; seed++) {
      const disk = await newDisk(seed);
      const file = await durableFile(disk, '/data/a', page(1));
      await file.write([page(2, 3)], pageBytes);
      lengths.add(disk.crash().contentOf('/data/a').length);
    }
    expect(lengths).toContain(pageBytes);
    expect(lengths).toContain(4 * pageBytes);
    expect(lengths.size).toBeGreaterThan(5);
  });

  it('may bring back an earlier state of a page that the kernel wrote on its own', async () => {
    const disk = await newDisk(1, 1);
    const file = await durableFile(disk, '/data/a', page(1));
    await file.write([page(2)], 0);
    const after = disk.crash(0);
    expect(after.contentOf('/data/a').equals(page(2))).toBe(true);
  });

  it('forgets or keeps each unsynced name on its own', async () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 100; seed++) {
      const disk = await newDisk(seed);
      await durableFile(disk, '/data/old', page(1));
      await disk.rename('/data/old', '/data/renamed');
      await (await disk.open('/data/created', 'create')).close();
      seen.add((await disk.crash().list('/data')).join());
    }
    expect([...seen].sort()).toEqual(['created,old', 'created,renamed', 'old', 'renamed']);
  });

  it('replaces a file by a rename as a whole or not at all', async () => {
    const seen = new Set<number>();
    for (let seed = 1; seed <= 40; seed++) {
      const disk = await newDisk(seed);
      await durableFile(disk, '/data/a', page(1));
      await durableFile(disk, '/data/b', page(2));
      await disk.rename('/data/b', '/data/a');
      const after = disk.crash();
      const content = after.contentOf('/data/a');
      expect(content.equals(page(content[0]!))).toBe(true);
      seen.add(content[0]!);
    }
    expect(seen).toEqual(new Set([1, 2]));
  });

  it('brings an unlinked file back whole when the unlink was not durable', async () => {
    const disk = await newDisk();
    const file = await durableFile(disk, '/data/a', page(1));
    await file.write([page(2)], 0);
    await file.close();
    await disk.unlink('/data/a');
    expect(disk.crash(0).contentOf('/data/a').equals(page(1))).toBe(true);
  });

  it('leaves later writes to a surviving file alone', async () => {
    const disk = await newDisk();
    await durableFile(disk, '/data/a', Buffer.alloc(pageBytes + 10, 1));
    const second = disk.crash();
    const file = await second.open('/data/a', 'read-write');
    await file.write([page(7, 2)], 0);
    expect(
      second
        .crash(0)
        .contentOf('/data/a')
        .equals(Buffer.alloc(pageBytes + 10, 1)),
    ).toBe(true);
  });

  it('stops the process: what was under way never settles', async () => {
    const disk = await newDisk();
    const file = await durableFile(disk, '/data/a', page(1));
    let settled = false;
    const watch = (): void => void (settled = true);
    file.write([page(2)], 0).then(watch, watch);
    const after = disk.crash(1);
    file.sync().then(watch, watch);
    await disk.stopped;
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    expect(settled).toBe(false);
    expect(after.contentOf('/data/a').equals(page(1))).toBe(true);
  });
});

describe('a killed process', () => {
  it('leaves the cache as it was, and no more durable than before', async () => {
    const disk = await newDisk();
    const file = await durableFile(disk, '/data/a', page(1));
    await file.write([page(2)], 0);
    const restarted = disk.kill();
    expect(restarted.contentOf('/data/a').equals(page(2))).toBe(true);
    expect(restarted.crash(0).contentOf('/data/a').equals(page(1))).toBe(true);
  });
});

describe('a planned crash', () => {
  it('stops at every changing operation in turn', async () => {
    const script = async (disk: SimulatedDisk): Promise<void> => {
      const file = await durableFile(disk, '/data/a', page(1));
      await file.truncate(10);
      await disk.rename('/data/a', '/data/b');
      await disk.unlink('/data/b');
    };
    const whole = await newDisk();
    const before = whole.operations();
    await script(whole);
    const count = whole.operations() - before;
    expect(count).toBe(7);
    for (let nth = 1; nth <= count; nth++) {
      const disk = await newDisk();
      disk.crashAt({ nth });
      await Promise.race([disk.stopped, script(disk)]);
      expect(disk.operations() - before).toBe(nth);
    }
  });

  it('cuts a write short', async () => {
    const lengths = new Set<number>();
    for (let seed = 1; seed <= 20; seed++) {
      const disk = await newDisk(seed);
      const file = await durableFile(disk, '/data/a', Buffer.alloc(0));
      disk.crashAt({ kind: 'write', nth: 1 });
      void file.write([Buffer.from('0123'), Buffer.from('4567')], 0);
      await disk.stopped;
      lengths.add(disk.kill().contentOf('/data/a').length);
    }
    expect(lengths.size).toBeGreaterThan(4);
  });
});

describe('a failed sync', () => {
  it('rejects once, and the next one succeeds without making the pages durable', async () => {
    let lost = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const disk = await newDisk(seed);
      const file = await durableFile(disk, '/data/a', page(1));
      await file.write([page(2)], 0);
      disk.failAt({ kind: 'sync', nth: 1, code: 'EIO' });
      await expect(file.sync()).rejects.toMatchObject({ code: 'EIO' });
      await file.sync();
      expect(disk.contentOf('/data/a').equals(page(2))).toBe(true);
      if (disk.crash(1).contentOf('/data/a').equals(page(1))) lost++;
    }
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThan(20);
  });

  it('may go on for good', async () => {
    const disk = await newDisk();
    const file = await durableFile(disk, '/data/a', page(1));
    disk.failAt({ kind: 'sync', nth: 2, code: 'EIO', forGood: true });
    await file.sync();
    await expect(file.sync()).rejects.toThrow('EIO');
    await expect(file.sync()).rejects.toThrow('EIO');
    disk.heal();
    await file.sync();
  });
});

describe('space', () => {
  it('runs out in the middle of a write and comes back', async () => {
    const disk = await newDisk();
    disk.capacityBytes = 4 * pageBytes;
    const file = await disk.open('/data/a', 'create');
    await expect(file.write([page(1, 5)], 0)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(await disk.space()).toEqual({ freeBytes: 0, totalBytes: 4 * pageBytes });
    expect(await file.size()).toBe(4 * pageBytes);
    await file.write([page(2)], 0);
    await disk.unlink('/data/a');
    expect((await disk.space()).freeBytes).toBe(0);
    await file.close();
    expect((await disk.space()).freeBytes).toBe(4 * pageBytes);
  });

  it('is counted the same after any crash', async () => {
    for (let seed = 1; seed <= 50; seed++) {
      const disk = await newDisk(seed);
      disk.capacityBytes = 100 * pageBytes;
      await durableFile(disk, '/data/a', page(1, 3));
      await disk.rename('/data/a', '/data/b');
      const file = await disk.open('/data/a', 'create');
      await file.write([page(2, 5)], 0);
      await file.truncate(pageBytes);
      const after = disk.crash();
      for (const name of await after.list('/data')) await after.unlink(`/data/${name}`);
      expect((await after.space()).freeBytes).toBe(100 * pageBytes);
    }
  });
});

describe('other faults', () => {
  it('fails reads of a range', async () => {
    const disk = await newDisk();
    const file = await durableFile(disk, '/data/a', page(1, 2));
    disk.failReads('/data/a', 10, 20);
    await expect(file.read(Buffer.alloc(5), 8)).rejects.toMatchObject({ code: 'EIO' });
    expect(await file.read(Buffer.alloc(10), 0)).toBe(10);
    expect(await file.read(Buffer.alloc(10), 20)).toBe(10);
  });

  it('flips a bit for good', async () => {
    const disk = await newDisk();
    await durableFile(disk, '/data/a', page(1, 2));
    disk.flipBit('/data/a', pageBytes + 3, 7);
    expect(disk.contentOf('/data/a')[pageBytes + 3]).toBe(0x81);
    expect(disk.crash().contentOf('/data/a')[pageBytes + 3]).toBe(0x81);
  });

  it('takes its time', async () => {
    const clock = new FakeClock();
    const disk = new SimulatedDisk({ random: seededRandom(1), clock });
    const file = await disk.open('/a', 'create');
    disk.slow('sync', 100);
    let synced = false;
    const sync = file.sync().then(() => (synced = true));
    clock.advance(99);
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    expect(synced).toBe(false);
    clock.advance(1);
    await sync;
    expect(synced).toBe(true);
  });

  it('fails the chosen path alone and reports operations', async () => {
    const asked: string[] = [];
    const disk = new SimulatedDisk({
      random: seededRandom(1),
      onOperation: (kind, path) => asked.push(`${kind} ${path}`),
    });
    disk.failAt({ kind: 'create', path: (path) => path === '/b', nth: 1, code: 'EMFILE' });
    await disk.open('/a', 'create');
    await expect(disk.open('/b', 'create')).rejects.toMatchObject({ code: 'EMFILE' });
    expect(asked).toEqual(['create /a', 'create /b']);
    expect(disk.operations('create')).toBe(2);
    expect(changingOperations.has('read')).toBe(false);
  });
});

/** Two overlapping syncs and writes between them: each byte is at least as new as its last resolved sync. */
async function checkSyncedSurvives(seed: number): Promise<void> {
  const random = seededRandom(seed);
  const disk = new SimulatedDisk({ random, writeBackChance: 0.3 });
  const file = await disk.open('/a', 'create');
  await disk.syncDirectory('/');
  const pages = 16;
  const written = new Uint8Array(pages);
  const promised = new Uint8Array(pages);
  const running: Promise<void>[] = [];
  for (let step = 1; step <= 40; step++) {
    await oneStep(file, random, step, written, promised, running);
  }
  const after = disk.crash();
  const content = after.contentOf('/a');
  for (let index = 0; index < pages; index++) {
    for (
      let at = index * pageBytes;
      promised[index]! > 0 && at < (index + 1) * pageBytes;
      at += sectorBytes
    ) {
      expect(content[at] ?? 0, `seed ${seed}, page ${index}`).toBeGreaterThanOrEqual(promised[index]!);
    }
  }
}

async function oneStep(
  file: DiskFile,
  random: Random,
  step: number,
  written: Uint8Array,
  promised: Uint8Array,
  running: Promise<void>[],
): Promise<void> {
  if (random.next() < 0.6) {
    const index = random.integer(written.length);
    await file.write([page(step)], index * pageBytes);
    written[index] = step;
    return;
  }
  const covered = written.slice();
  const sync = file.sync().then(() => {
    covered.forEach((value, index) => (promised[index] = Math.max(promised[index]!, value)));
  });
  running.push(sync);
  if (random.next() < 0.5) await sync;
}

function halves(content: Buffer): string[] {
  return [0, pageBytes].map((start) => {
    const kinds = new Set(content.subarray(start, start + pageBytes));
    if (kinds.size > 1) return 'torn';
    return kinds.has(2) ? 'new' : 'old';
  });
}
