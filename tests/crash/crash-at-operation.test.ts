/**
 * Power is lost at every operation of a scripted life that changes the disk, one after another: writes, syncs,
 * creations, renames, unlinks; also in the recovery after it. After each, everything promised must be there.
 */
import { describe, expect, it } from 'vitest';
import {
  changingOperations,
  seededRandom,
  SimulatedDisk,
  type OperationKind,
} from '../../src/kernel/index.js';
import { Ledger } from '../simulation/ledger.js';
import { runScript } from './scripted-life.js';
import { begin, drainAndCheck, endUncleanly, seed, startMs } from './world.js';

const kindsSeen = new Set<OperationKind>();

/** One life of the script, cut off at operation `nth`; gives how many operations there were. */
async function cutOffAt(nth: number, nthInRecovery: number): Promise<number> {
  const ledger = new Ledger();
  const random = seededRandom(seed * 1_000_003 + nth);
  const onOperation = (kind: OperationKind): void => void kindsSeen.add(kind);
  let disk = new SimulatedDisk({ random, writeBackChance: 0.1, onOperation });
  disk.crashAt({ nth });
  const first = await begin(disk, ledger, startMs);
  if (first !== undefined) await runScript(first);
  const operations = disk.operations();
  endUncleanly(first, ledger);
  disk = disk.crash();
  // The power goes once more while the broker opens, if it does as much as that.
  disk.crashAt({ nth: nthInRecovery });
  const nowMs = first?.options.clock.now() ?? startMs;
  const second = await begin(disk, ledger, nowMs);
  endUncleanly(second, ledger);
  const last = await begin(disk.crash(), ledger, nowMs);
  expect(last).toBeDefined();
  await drainAndCheck(last!, ledger);
  return operations;
}

describe('a power loss', () => {
  it('at any operation of a life loses nothing promised', { timeout: 900_000 }, async () => {
    let nth = 1;
    for (let operations = Infinity; nth <= operations; nth++) {
      try {
        const count = await cutOffAt(nth, 1 + (nth % 17));
        // The last life was not cut off: its count is the script's.
        if (count < nth) operations = count;
      } catch (cause) {
        throw new Error(`seed ${seed}, operation ${nth}: ${(cause as Error).message}`, { cause });
      }
    }
    console.log(`crash: ${nth - 1} operations, each cut off once, seed ${seed}`);
    expect(nth).toBeGreaterThan(150);
    expect([...kindsSeen]).toEqual(expect.arrayContaining([...changingOperations]));
  });
});
