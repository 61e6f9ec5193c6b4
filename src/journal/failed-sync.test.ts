/**
 * After a failed sync the system's cache holds what the medium does not, and calls it clean. A restart of the process
 * alone reads the cache: what it reads must be on the medium before anybody relies on it.
 */
import { describe, expect, it } from 'vitest';
import { seededRandom, SimulatedDisk, SluiceError } from '../kernel/index.js';
import { Ledger, Scenario, verifyAfterStop } from './testing/scenario.js';

const seed = Number(process.env['SLUICE_SEED'] ?? 7);

describe('what recovery read from the cache after a failed sync', () => {
  it.each(['sync', 'write'] as const)('survives a power loss, wherever a %s failed', async (kind) => {
    let restarts = 0;
    for (let nth = 3; nth < 90; nth++) {
      const ledger = new Ledger();
      let disk = new SimulatedDisk({ random: seededRandom(seed * 1_000 + nth), writeBackChance: 0 });
      disk.failAt({ kind, nth, code: 'EIO' });
      const first = new Scenario({ disk, random: seededRandom(seed), ledger });
      try {
        await first.open();
        await first.work(40);
        continue;
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error;
      }
      disk = disk.kill();
      const second = new Scenario({ disk, random: seededRandom(nth), ledger });
      await second.open();
      restarts++;
      try {
        await verifyAfterStop({ disk: disk.crash(0), random: seededRandom(nth), ledger });
      } catch (cause) {
        throw new Error(`seed ${seed}, ${kind} ${nth}: ${(cause as Error).message}`, { cause });
      }
    }
    expect(restarts).toBeGreaterThan(20);
  });
});
