/** The reserve is there before the disk is full, gone while it is, and back afterwards. */
import { describe, expect, it } from 'vitest';
import { seededRandom, SimulatedDisk } from '../kernel/index.js';
import { directory, Ledger, Scenario } from './testing/scenario.js';

const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await new Promise(setImmediate);
};

describe('the reserve', () => {
  it('makes room for the snapshot that lets a full disk be compacted', async () => {
    const disk = new SimulatedDisk({ random: seededRandom(1) });
    const journal = { reserveBytes: 64 * 1024 };
    const scenario = new Scenario({ disk, random: seededRandom(2), ledger: new Ledger(), journal });
    await scenario.open();
    await turns(50);
    expect(await disk.list(directory)).toContain('reserve');
    disk.capacityBytes = 400 * 1024;
    while (scenario.journal.space === 'ok') {
      scenario.put(1000);
      await scenario.journal.sync();
      await turns(2);
    }
    await turns(50);
    expect(await disk.list(directory)).not.toContain('reserve');
    // What another program leaves is less than a snapshot needs; what the reserve gave back is enough.
    const { freeBytes } = await disk.space();
    expect(freeBytes).toBeGreaterThanOrEqual(64 * 1024);
    for (const id of [...scenario.live.keys()].slice(5)) scenario.delete(id);
    for (let n = 0; n < 2; n++) {
      await scenario.snapshot();
      scenario.put(1);
    }
    await scenario.compact();
    expect(scenario.segmentsRemoved).toBeGreaterThan(0);
    disk.capacityBytes = 10 * 1024 * 1024;
    scenario.clock.advance(1000);
    await turns(100);
    expect(scenario.journal.space).toBe('ok');
    expect(await disk.list(directory)).toContain('reserve');
    await scenario.checkBodies();
    await scenario.journal.close();
  });

  it('that cannot be made does not stop the journal', async () => {
    const disk = new SimulatedDisk({ random: seededRandom(1) });
    disk.failAt({ kind: 'write', nth: 1, code: 'ENOSPC', path: (path) => path.includes('reserve') });
    const scenario = new Scenario({ disk, random: seededRandom(2), ledger: new Ledger() });
    await scenario.open();
    scenario.put(10);
    await scenario.journal.sync();
    expect(scenario.journal.space).toBe('ok');
    await scenario.journal.close();
  });
});
