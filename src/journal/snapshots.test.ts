/** Snapshots appear whole or not at all, the previous one stands in for a bad one, and segments outlive need. */
import { describe, expect, it } from 'vitest';
import { seededRandom, SimulatedDisk, type SluiceError } from '../kernel/index.js';
import { directory, Ledger, Scenario, verifyAfterStop } from './testing/scenario.js';

const snapshots = `${directory}/snapshots`;

async function withTwoSnapshots(): Promise<{ disk: SimulatedDisk; ledger: Ledger; scenario: Scenario }> {
  const disk = new SimulatedDisk({ random: seededRandom(1) });
  const ledger = new Ledger();
  const scenario = new Scenario({ disk, random: seededRandom(2), ledger });
  await scenario.open();
  for (let n = 0; n < 2; n++) {
    for (let m = 0; m < 60; m++) {
      scenario.put(500);
      await scenario.journal.sync();
    }
    await scenario.snapshot();
  }
  return { disk, ledger, scenario };
}

describe('snapshots', () => {
  it('shorten the replay to what came after', async () => {
    const { disk, ledger, scenario } = await withTwoSnapshots();
    scenario.put(10);
    await scenario.journal.close();
    const again = new Scenario({ disk, random: seededRandom(3), ledger });
    expect((await again.open()).records).toBe(1);
    await again.checkBodies();
  });

  it('are two at most', async () => {
    const { disk, scenario } = await withTwoSnapshots();
    scenario.put(10);
    await scenario.snapshot();
    expect(await disk.list(snapshots)).toHaveLength(2);
    expect(scenario.journal.stats().snapshots).toBe(2);
  });

  it('of an unchanged state are not written twice', async () => {
    const { disk, ledger, scenario } = await withTwoSnapshots();
    const before = await disk.list(snapshots);
    await scenario.snapshot();
    expect(await disk.list(snapshots)).toEqual(before);
    await scenario.journal.close();
    await verifyAfterStop({ disk, random: seededRandom(3), ledger });
  });

  it.each(['state', 'manifest'])('fall back to the previous one when the %s has decayed', async (file) => {
    const { disk, ledger, scenario } = await withTwoSnapshots();
    await scenario.journal.close();
    const [, newest] = await disk.list(snapshots);
    disk.flipBit(`${snapshots}/${newest!}/${file}`, 20, 1);
    const events: string[] = [];
    const log = (event: string): number => events.push(event);
    const again = new Scenario({ disk, random: seededRandom(3), ledger, journal: { log } });
    expect((await again.open()).records).toBe(60);
    expect(events).toContain('journal.snapshot-damaged');
    await again.checkBodies();
    expect(await disk.list(snapshots), 'the damaged one is kept').toContain(newest);
  });

  it('that were interrupted leave nothing', async () => {
    const { disk, ledger, scenario } = await withTwoSnapshots();
    scenario.put(10);
    const writer = scenario.journal.beginSnapshot();
    await writer.write(Buffer.from('half'));
    expect(await disk.list(snapshots)).toHaveLength(3);
    const killed = disk.kill();
    await verifyAfterStop({ disk: killed, random: seededRandom(3), ledger });
    expect(await killed.list(snapshots)).toHaveLength(2);
  });

  it('that are aborted leave nothing, and the next one may begin', async () => {
    const { disk, scenario } = await withTwoSnapshots();
    scenario.put(10);
    const writer = scenario.journal.beginSnapshot();
    await writer.write(Buffer.from('half'));
    await writer.abort();
    await writer.abort();
    expect(await disk.list(snapshots)).toHaveLength(2);
    await scenario.snapshot();
  });

  it('become durable only when all they include is', async () => {
    const { disk, scenario } = await withTwoSnapshots();
    scenario.put(10);
    disk.failAt({ kind: 'sync', nth: 1, code: 'EIO', path: (path) => path.includes('/segments/') });
    await expect(scenario.snapshot()).rejects.toMatchObject({ code: 'durability-lost' });
    expect(await disk.list(snapshots)).toHaveLength(3);
    expect(await disk.list(`${snapshots}/${(await disk.list(snapshots))[2]!}`)).not.toContain('manifest');
  });

  it('on a full disk fail and may be tried again', async () => {
    const { disk, ledger, scenario } = await withTwoSnapshots();
    scenario.put(10);
    const full = (path: string): boolean => path.includes('/snapshots/');
    disk.failAt({ kind: 'write', nth: 1, code: 'ENOSPC', path: full });
    await expect(scenario.snapshot()).rejects.toMatchObject({ code: 'disk-full', retryable: true });
    await scenario.snapshot();
    await scenario.journal.close();
    await verifyAfterStop({ disk, random: seededRandom(3), ledger });
  });

  it('of a newer format are refused by name', async () => {
    const { disk, scenario } = await withTwoSnapshots();
    await scenario.journal.close();
    const [, newest] = await disk.list(snapshots);
    const { encodeManifest } = await import('./snapshot-manifest.js');
    const path = `${snapshots}/${newest!}/manifest`;
    await disk.unlink(path);
    const file = await disk.open(path, 'create');
    const manifest = { format: 2, sequence: 9, segment: 1, offset: 4096, files: [], state: '' };
    await file.write([encodeManifest(manifest)], 0);
    const again = new Scenario({ disk, random: seededRandom(3), ledger: new Ledger() });
    await expect(again.open()).rejects.toMatchObject({ code: 'format-newer', details: { path, version: 2 } });
  });

  it('without which records would be missing stop the start', async () => {
    const { disk, scenario } = await withTwoSnapshots();
    for (const id of [...scenario.live.keys()].slice(0, 59)) scenario.delete(id);
    scenario.put(1);
    await scenario.snapshot();
    await scenario.compact();
    expect(scenario.segmentsRemoved).toBeGreaterThan(0);
    await scenario.journal.close();
    for (const name of await disk.list(snapshots)) disk.flipBit(`${snapshots}/${name}/state`, 9, 0);
    const again = new Scenario({ disk, random: seededRandom(3), ledger: new Ledger() });
    const error = await again.open().then(
      () => undefined,
      (thrown: unknown) => thrown as SluiceError,
    );
    expect(error?.code).toBe('journal-damaged');
    expect(error?.message).toContain('missing');
  });
});
