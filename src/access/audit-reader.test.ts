/** Reading the audit log backwards: every record once, by filter, over many files, however a page ends. */
import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock, seededRandom, SimulatedDisk } from '../kernel/index.js';
import { AuditLog } from './audit-log.js';
import type { AuditLine, AuditQuery } from './audit-types.js';
import { accessSettings } from './index.js';

const directory = '/data/access';
const startMs = 1_790_000_000_000;
const logs: AuditLog[] = [];

afterEach(async () => {
  await Promise.all(logs.splice(0).map((log) => log.close()));
});

async function open(
  settings: object = {},
): Promise<{ log: AuditLog; disk: SimulatedDisk; clock: FakeClock }> {
  const disk = new SimulatedDisk({ random: seededRandom(1) });
  await disk.makeDirectory(directory);
  await disk.syncDirectory('/data');
  const clock = new FakeClock(startMs);
  const parsed = accessSettings.parse({ audit: settings }).audit;
  const log = await AuditLog.open({ disk, directory, clock, settings: parsed });
  logs.push(log);
  return { log, disk, clock };
}

function add(log: AuditLog, number: number): void {
  log.record({
    event: number % 3 === 0 ? 'topology-deleted' : 'topology-created',
    actor: number % 2 === 0 ? 'ana' : 'bob',
    source: '10.0.0.7',
    subject: `queue 'Orders-${number}' in vhost '/'`,
    outcome: number % 5 === 0 ? 'failure' : 'success',
  });
}

async function all(log: AuditLog, query: Partial<AuditQuery> = {}): Promise<AuditLine[]> {
  const lines: AuditLine[] = [];
  let after: string | undefined;
  do {
    const page = await log.read({ limit: 7, ...query, after });
    lines.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return lines;
}

describe('the audit log, read', () => {
  it('gives every record once, newest first, over all its files', async () => {
    const { log, disk } = await open({ fileBytesMax: 16_384, filesMax: 99 });
    for (let number = 1; number <= 700; number++) {
      add(log, number);
      if (number % 50 === 0) await log.flush();
    }
    expect((await disk.list(directory)).length).toBeGreaterThan(2);
    const lines = await all(log);
    expect(lines.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: lines[0]!.sequence }, (_, index) => lines[0]!.sequence - index),
    );
    expect(lines.length).toBe(701);
    expect(lines.every(({ isIntact }) => isIntact)).toBe(true);
  });

  it('finds by who, what, outcome, text and time', async () => {
    const { log, clock } = await open();
    for (let number = 1; number <= 60; number++) {
      add(log, number);
      await log.flush();
      clock.advance(1_000);
    }
    const numbers = async (query: Partial<AuditQuery>): Promise<number[]> =>
      (await all(log, query)).map(({ subject }) => Number(/\d+/.exec(subject)?.[0]));
    const kept = (is: (number: number) => boolean): number[] =>
      Array.from({ length: 60 }, (_, index) => 60 - index).filter(is);
    expect(await numbers({ actor: 'ana' })).toEqual(kept((n) => n % 2 === 0));
    expect(await numbers({ event: 'topology-deleted', actor: 'bob' })).toEqual(kept((n) => n % 6 === 3));
    expect(await numbers({ outcome: 'failure' })).toEqual(kept((n) => n % 5 === 0));
    expect(await numbers({ contains: "ORDERS-5'" })).toEqual([5]);
    expect(await numbers({ fromMs: startMs + 10_000, toMs: startMs + 13_000 })).toEqual([13, 12, 11]);
    expect(await numbers({ actor: 'an' })).toEqual([]);
  });

  it('goes on where a page ended while records are added and files rotate', async () => {
    const { log } = await open({ fileBytesMax: 16_384, filesMax: 99 });
    for (let number = 1; number <= 300; number++) add(log, number);
    await log.flush();
    const seen: number[] = [];
    let after: string | undefined;
    for (let page = 0; page === 0 || after !== undefined; page++) {
      const answer = await log.read({ limit: 40, after });
      seen.push(...answer.items.map(({ sequence }) => sequence));
      after = answer.next;
      for (let number = 0; number < 120; number++) add(log, number);
      await log.flush();
    }
    expect(seen).toEqual(Array.from({ length: 301 }, (_, index) => 301 - index));
  });

  it('reads while the newest file is rotated', async () => {
    const { log } = await open({ fileBytesMax: 16_384, filesMax: 99 });
    for (let round = 0; round < 40; round++) {
      for (let number = 0; number < 30; number++) add(log, number);
      const flushed = log.flush();
      const { items } = await log.read({ limit: 500 });
      await flushed;
      const newest = items[0]!.sequence;
      expect(items.map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: Math.min(500, newest) }, (_, index) => newest - index),
      );
    }
  });

  it('stops after 8 MiB, says how far it came, and goes on from there', async () => {
    const { log } = await open({ waitingMax: 100_000 });
    for (let number = 0; number < 30_000; number++) add(log, number);
    await log.flush();
    const first = await log.read({ limit: 5, contains: 'no such thing' });
    expect(first).toMatchObject({ items: [], reachedMs: startMs, unreadable: 0 });
    expect(first.next).toBeDefined();
    expect((await log.read({ limit: 5, contains: 'no such thing', after: first.next })).next).toBeUndefined();
  });

  it('tells records that were changed, and lines that are none', async () => {
    const { log, disk } = await open();
    for (let number = 1; number <= 5; number++) add(log, number);
    await log.flush();
    const path = `${directory}/audit.log`;
    const text = disk
      .contentOf(path)
      .toString()
      .replace("'Orders-2'", "'Orders-7'")
      .replace('{"sequence":5,', '#');
    const file = await disk.open(path, 'read-write');
    await file.truncate(0);
    await file.write([Buffer.from(text)], 0);
    await file.close();
    const { items, unreadable } = await log.read({ limit: 100 });
    expect(unreadable).toBe(1);
    expect(items.filter(({ isIntact }) => !isIntact).map(({ sequence }) => sequence)).toEqual([3]);
    expect(items.length).toBe(5);
  });

  it('looks without ending the windows in which repeats are counted', async () => {
    const { log } = await open();
    for (let number = 0; number < 10; number++) {
      log.record({ event: 'sign-in', actor: 'ana', source: 'x', subject: 'PLAIN', outcome: 'success' });
      await log.read({ limit: 10 });
    }
    expect((await all(log, { event: 'sign-in' })).map(({ count }) => count)).toEqual([1]);
  });

  it.each(['x', '1', '1-2', '-1-2-3', '1-2-3-4', `${'9'.repeat(20)}-1-1`])(
    'refuses the cursor %s',
    async (after) => {
      const { log } = await open();
      await expect(log.read({ limit: 1, after })).rejects.toMatchObject({ code: 'bad-input' });
    },
  );
});
