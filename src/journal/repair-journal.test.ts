/** A damaged journal is set right with a copy of what was there; intact records are all kept. */
import { describe, expect, it } from 'vitest';
import { seededRandom, SimulatedDisk } from '../kernel/index.js';
import type { RecoveryReport } from './contract.js';
import { inspectJournal } from './inspect-journal.js';
import { openJournal } from './open-journal.js';
import { repairJournal } from './repair-journal.js';
import { directory, Ledger, Scenario, smallJournal } from './testing/scenario.js';

const segment = (number: number): string => `${directory}/segments/000000000${number}.journal`;

async function written(notes: number): Promise<{ disk: SimulatedDisk; first: Scenario }> {
  const disk = new SimulatedDisk({ random: seededRandom(1) });
  const first = new Scenario({ disk, random: seededRandom(2), ledger: new Ledger() });
  await first.open();
  for (let n = 0; n < notes; n++) {
    first.put(200);
    await first.journal.sync();
  }
  await first.journal.close();
  return { disk, first };
}

async function replayed(disk: SimulatedDisk): Promise<{ ids: number[]; report: RecoveryReport }> {
  const journal = await openJournal(smallJournal(disk, seededRandom(1)));
  const ids: number[] = [];
  const report = await journal.replay((record) => ids.push(record.buffer.readUInt32LE(record.start)));
  await journal.close();
  return { ids, report };
}

const upTo = (count: number, ...without: number[]): number[] =>
  Array.from({ length: count }, (_, index) => index + 1).filter((id) => !without.includes(id));

describe('repair', () => {
  it('leaves an intact journal as it is', async () => {
    const { disk } = await written(200);
    const before = disk.operations();
    expect(await repairJournal(directory, disk)).toEqual({ repairs: [] });
    expect(disk.operations()).toBe(before);
    const inspection = await inspectJournal(directory, disk);
    expect(inspection).toMatchObject({ damaged: [], refusal: undefined, damagedSnapshots: [] });
    expect(inspection.segments.reduce((sum, each) => sum + each.records, 0)).toBe(200);
    expect(disk.operations()).toBe(before);
  });

  it('stands in for one damaged record and says which it was', async () => {
    const { disk, first } = await written(20);
    const { offset } = first.live.get(5)!;
    disk.flipBit(segment(1), offset + 50, 0);
    const damagedBytes = disk.contentOf(segment(1)).subarray(offset, offset + 228);
    const inspection = await inspectJournal(directory, disk);
    expect(inspection.damaged).toEqual([
      { path: segment(1), segment: 1, from: offset, to: offset + 228, what: 'records' },
    ]);
    expect(inspection.refusal).toContain('records 9 to 9');
    const { repairs } = await repairJournal(directory, disk);
    expect(repairs).toMatchObject([{ from: offset, to: offset + 228, firstSequence: 9, lastSequence: 9 }]);
    expect(disk.contentOf(repairs[0]!.keptAside[0]!).equals(damagedBytes)).toBe(true);
    const { ids, report } = await replayed(disk);
    expect(ids).toEqual(upTo(20, 5));
    expect(report.gaps).toEqual([{ fromSequence: 9, toSequence: 9 }]);
  });

  it('stands in for several ranges, and for a page of zeros', async () => {
    const { disk, first } = await written(60);
    const file = await disk.open(segment(1), 'read-write');
    await file.write([Buffer.alloc(4096)], 8192);
    await file.close();
    const gone = [...first.live]
      .filter(([, { segment: at, offset }]) => at === 1 && offset + 228 > 8192 && offset < 12288)
      .map(([id]) => id);
    disk.flipBit(segment(1), first.live.get(2)!.offset + 100, 5);
    expect((await repairJournal(directory, disk)).repairs).toHaveLength(2);
    expect((await replayed(disk)).ids).toEqual(upTo(60, 2, ...gone));
  });

  it('stands in for the first record of a segment, and for a lost segment', async () => {
    const { disk, first } = await written(400);
    const inThird = [...first.live].filter(([, live]) => live.segment === 3).map(([id]) => id);
    disk.flipBit(segment(2), 4096 + 60, 2);
    await disk.unlink(segment(3));
    const firstOfSecond = [...first.live].find(([, live]) => live.segment === 2)![0];
    await repairJournal(directory, disk);
    expect((await replayed(disk)).ids).toEqual(upTo(400, firstOfSecond, ...inThird));
  });

  it('restores a header from the records behind it', async () => {
    const { disk } = await written(200);
    disk.flipBit(segment(1), 17, 3);
    disk.flipBit(segment(2), 3, 3);
    const inspection = await inspectJournal(directory, disk);
    expect(inspection.refusal).toContain('header of segment 1');
    expect((await repairJournal(directory, disk)).repairs).toHaveLength(2);
    expect((await replayed(disk)).ids).toEqual(upTo(200));
  });

  it('refuses when nothing can stand in: no snapshot and no first segment', async () => {
    const { disk } = await written(200);
    await disk.unlink(segment(1));
    await expect(repairJournal(directory, disk)).rejects.toMatchObject({ code: 'journal-damaged' });
  });

  it('is safe to interrupt at every operation', async () => {
    for (let nth = 1; ; nth++) {
      const { disk, first } = await written(60);
      disk.flipBit(segment(1), first.live.get(7)!.offset + 30, 1);
      disk.flipBit(segment(1), first.live.get(9)!.offset + 30, 1);
      const before = disk.operations();
      disk.crashAt({ nth });
      await Promise.race([disk.stopped, repairJournal(directory, disk)]);
      const after = disk.crash();
      await repairJournal(directory, after);
      expect((await replayed(after)).ids, `crash at ${nth}`).toEqual(upTo(60, 7, 9));
      if (disk.operations() < before + nth) break;
    }
  });
});
