/** Compaction frees what is dead and nothing else, at unchanged locations, and only once that is durable. */
import { describe, expect, it } from 'vitest';
import { seededRandom, SimulatedDisk, type SluiceError } from '../kernel/index.js';
import { directory, Ledger, Scenario, verifyAfterStop } from './testing/scenario.js';

const segments = `${directory}/segments`;

interface Made {
  disk: SimulatedDisk;
  ledger: Ledger;
  scenario: Scenario;
}

/** Notes over several segments, and two snapshots after them. */
async function made(notes: number, journal = {}): Promise<Made> {
  const disk = new SimulatedDisk({ random: seededRandom(1) });
  const ledger = new Ledger();
  const scenario = new Scenario({ disk, random: seededRandom(2), ledger, journal });
  await scenario.open();
  for (let n = 0; n < notes; n++) {
    scenario.put(1000);
    await scenario.journal.sync();
  }
  return { disk, ledger, scenario };
}

async function twoSnapshots(scenario: Scenario): Promise<void> {
  for (let n = 0; n < 2; n++) {
    await scenario.snapshot();
    scenario.put(1);
  }
}

describe('compaction', () => {
  it('touches nothing before there are two snapshots', async () => {
    const { scenario } = await made(200);
    for (const id of [...scenario.live.keys()]) scenario.delete(id);
    await scenario.snapshot();
    await scenario.compact();
    expect([scenario.segmentsRemoved, scenario.segmentsRewritten]).toEqual([0, 0]);
  });

  it('removes segments in which nothing is alive, and writes them again', async () => {
    const { disk, ledger, scenario } = await made(200, { recycledSegmentsMax: 1 });
    for (const id of [...scenario.live.keys()]) scenario.delete(id);
    await twoSnapshots(scenario);
    await scenario.compact();
    expect(scenario.segmentsRemoved).toBeGreaterThan(2);
    expect((await disk.list(segments)).filter((name) => name.startsWith('dead-')).length).toBeLessThanOrEqual(
      1,
    );
    const creations = disk.operations('create');
    for (let n = 0; n < 60; n++) {
      scenario.put(1000);
      await scenario.journal.sync();
    }
    expect(disk.operations('create') - creations).toBeLessThanOrEqual(1);
    await scenario.journal.close();
    await verifyAfterStop({ disk, random: seededRandom(3), ledger });
  });

  it('rewrites a mostly dead segment: one forgotten note does not pin it', async () => {
    const { disk, ledger, scenario } = await made(200);
    const [forgotten, ...others] = [...scenario.live.keys()];
    for (const id of others) scenario.delete(id);
    await twoSnapshots(scenario);
    const before = scenario.journal.stats().segmentBytes;
    const location = scenario.live.get(forgotten!)!;
    await scenario.compact();
    expect(scenario.segmentsRewritten).toBe(1);
    expect(scenario.journal.stats().segmentBytes).toBeLessThan(before / 2);
    await scenario.load(location.segment, location.offset);
    await scenario.checkBodies();
    await scenario.compact();
    expect(scenario.segmentsRewritten, 'once is enough').toBe(1);
    await scenario.journal.close();
    await verifyAfterStop({ disk, random: seededRandom(3), ledger });
  });

  it('reads a rewritten segment back after a restart, and removes it when its last note goes', async () => {
    const { disk, ledger, scenario } = await made(200);
    const [forgotten, ...others] = [...scenario.live.keys()];
    for (const id of others) scenario.delete(id);
    await twoSnapshots(scenario);
    await scenario.compact();
    await scenario.journal.close();
    const again = new Scenario({ disk, random: seededRandom(3), ledger });
    await again.open();
    await again.checkBodies();
    again.delete(forgotten!);
    await twoSnapshots(again);
    await again.compact();
    expect(await disk.list(segments)).not.toContain('0000000001.journal');
    await again.journal.close();
    await verifyAfterStop({ disk, random: seededRandom(4), ledger });
  });

  it('removes nothing before the end of its last reference is durable', async () => {
    const { disk, ledger, scenario } = await made(200);
    await twoSnapshots(scenario);
    disk.failAt({ kind: 'sync', nth: 1, code: 'EIO' });
    for (const id of [...scenario.live.keys()]) scenario.delete(id);
    await expect(scenario.compact()).rejects.toMatchObject({ code: 'durability-lost' });
    await verifyAfterStop({ disk: disk.crash(), random: seededRandom(3), ledger: ledger.copy() });
  });

  it('waits for a read under way before the file is written again', async () => {
    const { scenario } = await made(200);
    const { segment, offset } = [...scenario.live.values()][0]!;
    for (const id of [...scenario.live.keys()]) scenario.delete(id);
    await twoSnapshots(scenario);
    await scenario.journal.sync();
    const reading = scenario.load(segment, offset).catch((error: unknown) => error);
    await scenario.compact();
    expect([undefined, 'not-found']).toContain(((await reading) as SluiceError | undefined)?.code);
    await expect(scenario.load(segment, offset)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('leaves a segment with a damaged record as it is', async () => {
    const { disk, scenario } = await made(200);
    const [forgotten, ...others] = [...scenario.live.keys()];
    const { offset } = scenario.live.get(forgotten!)!;
    for (const id of others) scenario.delete(id);
    await twoSnapshots(scenario);
    disk.flipBit(`${segments}/0000000001.journal`, offset + 40, 0);
    await scenario.compact();
    expect(scenario.segmentsRewritten).toBe(0);
    expect(await disk.list(segments)).toContain('0000000001.journal');
    await expect(scenario.load(1, offset)).rejects.toMatchObject({ code: 'journal-damaged' });
  });
});
