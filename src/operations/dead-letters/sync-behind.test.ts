/** How much a redrive leaves undurable: two batches on their way, and no more. */
import { expect, it } from 'vitest';
import { settle } from '../../../tests/simulation/simulated-broker.js';
import { SyncBehind } from './sync-behind.js';

/** A disk that syncs when told. */
function slowDisk(): { readonly waiting: (() => void)[]; readonly sync: () => Promise<void> } {
  const waiting: (() => void)[] = [];
  return { waiting, sync: () => new Promise((resolve) => waiting.push(resolve)) };
}

/** Adds letters until it has to wait; how many there are then. */
async function fill(behind: SyncBehind, bytes: number): Promise<number> {
  let rooms = 0;
  for (let added = 1; ; added++) {
    behind.add(bytes);
    void behind.room().then(() => rooms++);
    await settle(1);
    if (rooms < added) return added;
  }
}

it('goes on while one batch is synced, and waits with the second', async () => {
  const { waiting, sync } = slowDisk();
  expect(await fill(new SyncBehind(sync), 100)).toBe(512);
  expect(waiting).toHaveLength(2);
});

it('counts bytes as well as letters', async () => {
  const { sync } = slowDisk();
  expect(await fill(new SyncBehind(sync), 256 * 1024)).toBe(8);
});

it('has room again once the first of the two is durable', async () => {
  const { waiting, sync } = slowDisk();
  const behind = new SyncBehind(sync);
  await behind.next();
  let hasRoom = false;
  const next = behind.next().then(() => (hasRoom = true));
  await settle(1);
  expect(hasRoom).toBe(false);
  waiting[0]!();
  await next;
  let isAll = false;
  const all = behind.all().then(() => (isAll = true));
  waiting[1]!();
  await settle(1);
  expect(isAll).toBe(false);
  waiting[2]!();
  await all;
});

it('tells whoever waits of a sync that failed, and nobody else', async () => {
  const behind = new SyncBehind(() => Promise.reject(new RangeError('the disk is gone')));
  await behind.next();
  await settle(1);
  await expect(behind.next()).rejects.toThrow('the disk is gone');
  await expect(behind.all()).rejects.toThrow('the disk is gone');
});
