/**
 * Every sync and every write of a scripted life fails, one after another: a failed sync is final, and nothing is
 * confirmed after it; a full disk stops the publishers and nothing else, and everything goes on when there is room.
 */
import { describe, expect, it } from 'vitest';
import { seededRandom, SimulatedDisk } from '../../src/kernel/index.js';
import { Ledger } from '../simulation/ledger.js';
import { runScript } from './scripted-life.js';
import { begin, drainAndCheck, endUncleanly, seed, startMs } from './world.js';

/** Calls `attempt` for 1, 2, … until it says that there is no such operation; gives how many there were. */
async function forEachOperation(attempt: (nth: number) => Promise<boolean>): Promise<number> {
  for (let nth = 1; ; nth++) {
    try {
      if (!(await attempt(nth))) return nth - 1;
    } catch (cause) {
      throw new Error(`seed ${seed}, operation ${nth}: ${(cause as Error).message}`, { cause });
    }
  }
}

describe('a failed sync', () => {
  it(
    'is final wherever it happens: the next start finds all that was promised',
    { timeout: 900_000 },
    async () => {
      let failures = 0;
      const operations = await forEachOperation(async (nth) => {
        const ledger = new Ledger();
        let disk = new SimulatedDisk({ random: seededRandom(seed * 1_000 + nth), writeBackChance: 0 });
        disk.failAt({ kind: 'sync', nth, code: 'EIO', forGood: nth % 2 === 0 });
        const first = await begin(disk, ledger, startMs).catch(() => undefined);
        // Life reports whatever becomes durable after a failure.
        if (first !== undefined) await runScript(first);
        if (first?.failure !== undefined) failures++;
        const isReached = disk.operations('sync') >= nth;
        const nowMs = first?.options.clock.now() ?? startMs;
        endUncleanly(first, ledger);
        disk.heal();
        disk = nth % 3 === 0 ? disk.crash() : disk.kill();
        if (nth % 3 === 1) {
          const between = await begin(disk, ledger, nowMs);
          endUncleanly(between, ledger);
          disk = disk.crash(0);
        }
        await drainAndCheck((await begin(disk, ledger, nowMs))!, ledger);
        return isReached;
      });
      expect(operations).toBeGreaterThan(30);
      expect(failures).toBeGreaterThan(operations / 3);
    },
  );
});

describe('a full disk', () => {
  it('wherever it fills stops only the publishers, until there is room', { timeout: 900_000 }, async () => {
    let alarms = 0;
    const operations = await forEachOperation(async (nth) => {
      const ledger = new Ledger();
      const disk = new SimulatedDisk({ random: seededRandom(seed * 1_000 + nth) });
      const life = (await begin(disk, ledger, startMs))!;
      disk.failAt({ kind: 'write', nth, code: 'ENOSPC', forGood: true });
      const before = disk.operations('write');
      await runScript(life);
      expect(life.failure).toBeUndefined();
      if (life.world.broker.alarms.has('disk')) alarms++;
      disk.heal();
      for (let round = 0; round < 30; round++) {
        life.options.clock.advance(500);
        await life.settle();
      }
      expect([...life.world.broker.alarms]).toEqual([]);
      const unconfirmed = ledger
        .all()
        .filter((copy) => !copy.isConfirmed && !copy.isRefused && copy.publisher === 1);
      expect(unconfirmed.filter(({ queue }) => !queue.startsWith('morgue.'))).toEqual([]);
      for (const client of [...life.clients]) client.close();
      await drainAndCheck(life, ledger);
      return disk.operations('write') - before >= nth && nth < 60;
    });
    expect(operations).toBeGreaterThan(30);
    expect(alarms).toBeGreaterThan(operations / 3);
  });
});
