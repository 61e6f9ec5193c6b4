/** The audit log: a chain that shows tampering, bounded in every direction, and free of what it must not hold. */
import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock, seededRandom, SimulatedDisk } from '../kernel/index.js';
import { AuditLog } from './audit-log.js';
import type { AuditEntry } from './audit-types.js';
import { accessSettings, openAccess } from './index.js';

const directory = '/data/access';
const path = `${directory}/audit.log`;
const logs: AuditLog[] = [];

const entry: AuditEntry = {
  event: 'queue-deleted' as never,
  actor: 'ana',
  source: '10.0.0.7',
  subject: "queue 'orders' in vhost '/'",
  outcome: 'success',
};
const deletion: AuditEntry = { ...entry, event: 'topology-deleted' };
const signIn: AuditEntry = { ...entry, event: 'sign-in', subject: 'PLAIN' };

async function newDisk(seed = 1): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk({ random: seededRandom(seed) });
  await disk.makeDirectory(directory);
  await disk.syncDirectory('/data');
  return disk;
}

async function open(disk: SimulatedDisk, settings: object = {}, clock = new FakeClock()): Promise<AuditLog> {
  const log = await AuditLog.open({
    disk,
    directory,
    clock,
    settings: accessSettings.parse({ audit: settings }).audit,
  });
  logs.push(log);
  return log;
}

interface Line {
  readonly event: string;
  readonly subject: string;
  readonly actor: string;
  readonly count?: number;
}

function linesOf(disk: SimulatedDisk, file = path): Line[] {
  const lines = disk.contentOf(file).toString().trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Line);
}

afterEach(async () => {
  await Promise.all(logs.splice(0).map((log) => log.close()));
});

describe('the chain', () => {
  it('carries on over restarts', async () => {
    const disk = await newDisk();
    for (let start = 0; start < 3; start++) {
      const log = await open(disk);
      log.record(deletion);
      await log.close();
    }
    expect(linesOf(disk).map((line) => line.event)).toEqual([
      'audit-opened',
      'topology-deleted',
      'audit-opened',
      'topology-deleted',
      'audit-opened',
      'topology-deleted',
    ]);
    expect(await (await open(disk)).verify()).toMatchObject({ ok: true, records: 7 });
  });

  async function tampered(change: (text: string) => string): Promise<object> {
    const disk = await newDisk();
    const log = await open(disk);
    for (let i = 0; i < 5; i++) log.record({ ...deletion, subject: `queue ${i}` });
    await log.flush();
    const text = change(disk.contentOf(path).toString());
    const file = await disk.open(path, 'read-write');
    await file.truncate(0);
    await file.write([Buffer.from(text)], 0);
    await file.close();
    return log.verify();
  }

  it('is whole when untouched', async () => {
    expect(await tampered((text) => text)).toMatchObject({ ok: true, records: 6 });
  });

  const lines = (text: string): string[] => text.split('\n');
  it.each<[string, (text: string) => string]>([
    ['a changed word', (text) => text.replace('queue 2', 'queue 7')],
    ['a removed line', (text) => lines(text).toSpliced(2, 1).join('\n')],
    ['a removed first line', (text) => lines(text).slice(1).join('\n')],
    ['a repeated line', (text) => lines(text).toSpliced(2, 0, lines(text)[2]!).join('\n')],
    [
      'lines that changed places',
      (text) => lines(text).toSpliced(2, 2, lines(text)[3]!, lines(text)[2]!).join('\n'),
    ],
    ['removed last lines', (text) => `${lines(text).slice(0, 3).join('\n')}\n`],
    ['a line cut short', (text) => text.slice(0, -10)],
    ['an added line', (text) => `${text}{}\n`],
    ['everything gone', () => ''],
  ])('shows %s', async (_, change) => {
    expect(await tampered(change)).toMatchObject({ ok: false });
  });

  it('is cut at the last whole line after a crash, and says so', async () => {
    const disk = await newDisk();
    const log = await open(disk);
    log.record(deletion);
    await log.close();
    const whole = disk.contentOf(path).length;
    const file = await disk.open(path, 'read-write');
    await file.write([Buffer.from(`{"sequence":3,"at":"20${'x'.repeat(2_000)}`)], whole);
    await file.close();
    const again = await open(disk);
    expect(await again.verify()).toMatchObject({ ok: true, records: 3 });
    expect(linesOf(disk)[2]).toMatchObject({ event: 'audit-recovered', outcome: 'success' });
  });

  it('goes on beside a broken file, which is kept and keeps showing', async () => {
    const disk = await newDisk();
    const log = await open(disk);
    for (let i = 0; i < 5; i++) log.record(deletion);
    await log.close();
    disk.flipBit(path, 300, 1);
    const again = await open(disk);
    again.record(deletion);
    expect(await again.verify()).toMatchObject({ ok: false, file: 'audit-000000000001.log' });
    expect(linesOf(disk)[0]).toMatchObject({ event: 'audit-recovered', outcome: 'failure' });
  });

  it('loses nothing it flushed, whenever the power goes', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const disk = await newDisk(seed);
      const log = await open(disk, { fileBytesMax: 4_096, filesMax: 100 });
      disk.crashAt({ nth: 10 + seed * 3 });
      let flushed = 0;
      const run = async (): Promise<void> => {
        for (let i = 0; i < 200; i++) {
          log.record({ ...deletion, subject: `number ${i}` });
          await log.flush();
          flushed = i + 1;
        }
      };
      await Promise.race([run(), disk.stopped]);
      logs.splice(0);
      const after = disk.crash();
      const again = await open(after, { fileBytesMax: 4_096, filesMax: 100 });
      expect(await again.verify(), `seed ${seed}`).toMatchObject({ ok: true });
      const names = (await after.list(directory)).filter((name) => name.startsWith('audit'));
      const kept = names
        .flatMap((name) => linesOf(after, `${directory}/${name}`))
        .map((line) => line.subject);
      for (let i = 0; i < flushed; i++) expect(kept, `seed ${seed}`).toContain(`number ${i}`);
    }
  });
});

describe('the size', () => {
  it('is bounded: old files go, and the chain holds over those that stay', async () => {
    const disk = await newDisk();
    const log = await open(disk, { fileBytesMax: 4_096, filesMax: 3 });
    for (let i = 0; i < 200; i++) {
      log.record(deletion);
      await log.flush();
    }
    const names = await disk.list(directory);
    expect(names.filter((name) => name.startsWith('audit')).length).toBe(3);
    const verdict = await log.verify();
    expect(verdict).toMatchObject({ ok: true });
    expect(verdict.records).toBeLessThan(60);
    await log.close();
    expect(await (await open(disk, { fileBytesMax: 4_096, filesMax: 3 })).verify()).toMatchObject({
      ok: true,
    });
  });

  it('grows with time, not with how fast a client repeats itself', async () => {
    const disk = await newDisk();
    const clock = new FakeClock();
    const log = await open(disk, { coalesceMs: 60_000 }, clock);
    for (let i = 0; i < 10_000; i++) log.record(signIn);
    for (let i = 0; i < 10_000; i++)
      log.record({ ...entry, event: 'access-refused', subject: `queue ${i}`, outcome: 'refused' });
    log.record(deletion);
    log.record(deletion);
    clock.advance(60_000);
    await log.flush();
    const written = linesOf(disk).map((line) => `${line.event} ${line.count ?? 1}`);
    expect(written).toEqual([
      'audit-opened 1',
      'sign-in 1',
      'access-refused 1',
      'topology-deleted 1',
      'topology-deleted 1',
      'sign-in 9999',
      'access-refused 9999',
    ]);
  });

  it('keeps sign-ins apart from each other whatever is done to messages', async () => {
    const disk = await newDisk();
    const clock = new FakeClock();
    const log = await open(disk, { coalesceMs: 60_000 }, clock);
    for (let i = 0; i < 5_000; i++)
      log.record({ ...entry, event: 'messages-published', subject: `queue ${i % 2_500}` });
    for (let i = 0; i < 10; i++) log.record({ ...signIn, actor: `user ${i % 5}` });
    clock.advance(60_000);
    await log.flush();
    const lines = linesOf(disk);
    const published = lines.filter(({ event }) => event === 'messages-published');
    expect(published.length).toBeLessThan(2_100);
    expect(published.reduce((sum, { count }) => sum + (count ?? 1), 0)).toBe(5_000);
    const signedIn = lines.filter(({ event }) => event === 'sign-in');
    expect(signedIn.map(({ actor }) => actor)).not.toContain('(many)');
    expect(signedIn).toHaveLength(10);
  });

  it('is bounded under endless names as well', async () => {
    const disk = await newDisk();
    const clock = new FakeClock();
    const log = await open(disk, { coalesceMs: 60_000 }, clock);
    for (let i = 0; i < 20_000; i++) log.record({ ...signIn, actor: `made up ${i}`, outcome: 'failure' });
    clock.advance(60_000);
    await log.flush();
    const counted = linesOf(disk).reduce(
      (sum, line) => sum + (line.event === 'sign-in' ? (line.count ?? 1) : 0),
      0,
    );
    expect(linesOf(disk).length).toBeLessThan(1_100);
    expect(counted).toBe(20_000);
  });
});

describe('a disk that refuses', () => {
  it('holds nobody up; what fits is written later, what did not is counted', async () => {
    const disk = await newDisk();
    const clock = new FakeClock();
    const log = await open(disk, { waitingMax: 16 }, clock);
    await log.flush();
    disk.failAt({ kind: 'sync', nth: 1, code: 'EIO', forGood: true });
    for (let i = 0; i < 40; i++) log.record({ ...deletion, subject: `number ${i}` });
    await expect(log.flush()).rejects.toMatchObject({ code: 'disk-failed' });
    disk.heal();
    clock.advance(1_000);
    await log.flush();
    expect(await log.verify()).toMatchObject({ ok: true });
    const subjects = linesOf(disk).map((line) => line.subject);
    expect(subjects.slice(1, 17)).toEqual(Array.from({ length: 16 }, (_, i) => `number ${i}`));
    expect(subjects.slice(17)).toEqual(['24 records that did not fit']);
  });
});

describe('what is written', () => {
  it('stays on its line and shows what a terminal would obey (abuse case 21)', async () => {
    const disk = await newDisk();
    const log = await open(disk);
    log.record({ ...deletion, subject: 'a\r\n{"event":"forged"}\u2028\u202e\u009b31m', actor: '\ud800' });
    await log.flush();
    const text = disk.contentOf(path).toString();
    expect(text.split('\n').length).toBe(3);
    expect(text).not.toMatch(/[\r\u0080-\u009f\u2028\u202e]/);
    expect(linesOf(disk)[1]?.subject).toBe('a\r\n{"event":"forged"}\u2028\u202e\u009b31m');
  });

  it('is cut to a bearable length', async () => {
    const disk = await newDisk();
    const log = await open(disk);
    log.record({ ...deletion, subject: 'x'.repeat(100_000) });
    await log.flush();
    expect(linesOf(disk)[1]?.subject.length).toBe(256);
  });

  it('never holds a password or a hash, whatever was done (abuse case 19)', async () => {
    const disk = await newDisk();
    const settings = accessSettings.parse({ passwords: { memoryKibibytes: 8, passes: 1 } });
    const access = await openAccess({
      directory: '/data',
      disk,
      clock: new FakeClock(),
      random: seededRandom(1),
      settings,
    });
    const by = { identity: access.operator, source: 'test' };
    const attempt = (password: string) =>
      access.authenticate({ mechanism: 'PLAIN', user: 'ana', password, peerAddress: '::1' });
    await access.addUser({ name: 'ana', password: 'pass-1' }, by);
    await access.changePassword({ name: 'ana', password: 'pass-2' }, by);
    await attempt('pass-2');
    await attempt('pass-3');
    const badImport = { name: 'bob', passwordHash: 'pass-4', tags: [] };
    await expect(access.importUser(badImport, by)).rejects.toThrow();
    await access.deleteUser('ana', by);
    await access.close();
    const text = disk.contentOf(path).toString();
    expect(text).not.toMatch(/pass-\d|argon2/);
    expect(linesOf(disk).map((line) => line.event)).toEqual([
      'audit-opened',
      'store-created',
      'user-added',
      'password-changed',
      'sign-in',
      'sign-in',
      'user-imported',
      'user-deleted',
    ]);
  });
});
