/** Opening: on a real disk, over many chunks and segments, and what is refused. */
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { seededRandom, SimulatedDisk, systemClock, systemDisk } from '../kernel/index.js';
import { openJournal } from './open-journal.js';
import { directory, Ledger, Scenario, smallJournal, verifyAfterStop } from './testing/scenario.js';
import { encodeSegmentHeader } from './segment-header.js';

describe('a journal on this machine', () => {
  it('keeps what was appended, in files that are their owner alone', async () => {
    const home = await fs.mkdtemp(path.join(os.tmpdir(), 'sluice-journal-'));
    const options = {
      directory: path.join(home, 'a', 'b'),
      disk: systemDisk(),
      clock: systemClock(),
      segmentBytesFirst: 64 * 1024,
      reserveBytes: 64 * 1024,
      onFailure: (error: Error) => {
        throw error;
      },
    };
    try {
      const first = await openJournal(options);
      await first.replay(() => undefined);
      const at = first.reserve(9, 5);
      first.buffer.write('hello', at);
      first.commit();
      await first.close();
      await first.close();
      const again = await openJournal(options);
      const seen: string[] = [];
      const report = await again.replay(({ type, buffer, start, end }) => {
        seen.push(`${type} ${buffer.toString('latin1', start, end)}`);
      });
      expect(seen).toEqual(['9 hello']);
      expect(report.cleanStop).toBe(true);
      await again.close();
      for (const entry of await fs.readdir(home, { recursive: true, withFileTypes: true })) {
        const { mode } = await fs.stat(path.join(entry.parentPath, entry.name));
        expect(mode & 0o077, entry.name).toBe(0);
      }
    } finally {
      await fs.rm(home, { recursive: true, force: true });
    }
  });
});

describe('replay', () => {
  const roomy = { segmentBytes: 4 * 1024 * 1024, segmentBytesFirst: 4 * 1024 * 1024 };

  it('reads records of all sizes across chunks and segments, in order', async () => {
    const disk = new SimulatedDisk({ random: seededRandom(1) });
    const random = seededRandom(2);
    const ledger = new Ledger();
    const scenario = new Scenario({ disk, random, ledger, journal: roomy });
    await scenario.open();
    for (let n = 0; n < 120; n++) scenario.put(random.integer(n % 10 === 0 ? 1_000_000 : 20_000));
    await scenario.journal.close();
    const again = new Scenario({ disk, random, ledger, journal: roomy });
    const report = await again.open();
    expect(report.records).toBe(120);
    expect(report.bytes).toBeGreaterThan(5 * 1024 * 1024);
    await again.checkBodies();
    await again.journal.close();
  });

  it('visits a group larger than a segment once, whole and in order', async () => {
    const disk = new SimulatedDisk({ random: seededRandom(1) });
    const ledger = new Ledger();
    const scenario = new Scenario({ disk, random: seededRandom(2), ledger });
    await scenario.open();
    scenario.put(10);
    scenario.group(() => {
      for (let n = 0; n < 200; n++) scenario.put(1000, n < 199);
    });
    scenario.put(10);
    await scenario.journal.sync();
    expect(scenario.journal.segment).toBeGreaterThan(2);
    const report = await verifyAfterStop({ disk: disk.kill(), random: seededRandom(3), ledger });
    expect(report.records).toBe(202);
  });

  it('cuts a group that is not whole, over all the segments it reached', async () => {
    const disk = new SimulatedDisk({ random: seededRandom(1), writeBackChance: 0 });
    const ledger = new Ledger();
    const scenario = new Scenario({ disk, random: seededRandom(2), ledger });
    await scenario.open();
    scenario.put(10);
    await scenario.journal.sync();
    scenario.group(() => {
      for (let n = 0; n < 100; n++) scenario.put(1000, n < 99);
    });
    await scenario.journal.sync();
    const last = `${directory}/segments/000000000${scenario.journal.segment}.journal`;
    const killed = disk.kill();
    killed.flipBit(last, scenario.journal.offset + 40, 1);
    ledger.durable = 2;
    const report = await verifyAfterStop({ disk: killed, random: seededRandom(3), ledger });
    expect(report.records).toBe(1);
    expect(report.tornTail?.keptAside.length).toBeGreaterThan(2);
  });

  it('tells how far it is', async () => {
    const disk = new SimulatedDisk({ random: seededRandom(1) });
    const scenario = new Scenario({ disk, random: seededRandom(2), ledger: new Ledger(), journal: roomy });
    await scenario.open();
    for (let n = 0; n < 30; n++) scenario.put(100_000);
    await scenario.journal.close();
    const journal = await openJournal({ ...smallJournal(disk, seededRandom(1)), ...roomy });
    const told: number[] = [];
    await journal.replay(
      () => undefined,
      (done, total) => told.push(done / total),
    );
    expect(told.length).toBeGreaterThan(2);
    expect(told).toEqual([...told].sort((left, right) => left - right));
    expect(told.at(-1)).toBeLessThanOrEqual(1);
  });
});

describe('opening', () => {
  it('refuses a newer format by name', async () => {
    const disk = new SimulatedDisk({ random: seededRandom(1) });
    await disk.makeDirectory(`${directory}/segments`);
    const name = `${directory}/segments/0000000001.journal`;
    const page = encodeSegmentHeader({
      ...{ number: 1, epoch: 5, compacted: false, recycled: false, keptBytes: 0, madeAtMs: 0 },
      version: 2,
    });
    await (await disk.open(name, 'create')).write([page], 0);
    await expect(openJournal(smallJournal(disk, seededRandom(1)))).rejects.toMatchObject({
      code: 'format-newer',
      details: { path: name, version: 2 },
    });
  });

  it('refuses sizes that cannot work', async () => {
    const disk = new SimulatedDisk({ random: seededRandom(1) });
    const options = { ...smallJournal(disk, seededRandom(1)), segmentBytesFirst: 1000, segmentBytes: 4096 };
    await expect(openJournal(options)).rejects.toMatchObject({ code: 'config-invalid' });
  });

  it('says which disk failure kept it from opening', async () => {
    const disk = new SimulatedDisk({ random: seededRandom(1) });
    disk.failAt({ kind: 'make-directory', nth: 1, code: 'EIO' });
    await expect(openJournal(smallJournal(disk, seededRandom(1)))).rejects.toMatchObject({
      code: 'disk-failed',
    });
  });
});
