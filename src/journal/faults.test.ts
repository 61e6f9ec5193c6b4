/** Failing, full and slow disks: nothing is confirmed that is not durable, and a full disk is survived. */
import { describe, expect, it } from 'vitest';
import { FakeClock, seededRandom, SimulatedDisk, SluiceError } from '../kernel/index.js';
import type { SpaceState } from './contract.js';
import { Ledger, Scenario, verifyAfterStop } from './testing/scenario.js';

const seed = Number(process.env['SLUICE_SEED'] ?? 5);
const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await new Promise(setImmediate);
};

/** Works until something fails; gives the failure, if any. */
async function workUntilFailure(scenario: Scenario): Promise<SluiceError | undefined> {
  try {
    await scenario.open();
    await scenario.work(40);
    await scenario.journal.close();
    return undefined;
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return error;
  }
}

describe.each(['sync', 'write'] as const)('a failed %s', (kind) => {
  it('is final at each place: nothing above the watermark is ever durable', { timeout: 60_000 }, async () => {
    let final = 0;
    for (let nth = 1; ; nth++) {
      const disk = new SimulatedDisk({ random: seededRandom(seed * 1000 + nth) });
      const ledger = new Ledger();
      const scenario = new Scenario({ disk, random: seededRandom(seed), ledger });
      disk.failAt({ kind, nth, code: 'EIO', forGood: nth % 2 === 0 });
      await workUntilFailure(scenario);
      if (disk.operations(kind) < nth) break;
      const { durable } = ledger;
      scenario.clock.advance(5000);
      await turns(20);
      if (scenario.failure !== undefined) {
        final++;
        expect(scenario.failure.code).toBe('durability-lost');
        expect(ledger.durable).toBe(durable);
        await expect(scenario.journal.sync()).rejects.toBe(scenario.failure);
        await scenario.journal.close();
        expect(ledger.durable).toBe(durable);
      }
      try {
        await verifyAfterStop({ disk: disk.crash(), random: seededRandom(nth), ledger: ledger.copy() });
      } catch (cause) {
        throw new Error(`seed ${seed}, ${kind} ${nth}: ${(cause as Error).message}`, { cause });
      }
    }
    expect(final).toBeGreaterThan(10);
  });
});

describe('a failed sync', () => {
  it('that is answered as if it had worked is caught: the negative control', async () => {
    const tries = async (): Promise<void> => {
      for (let nth = 5; nth < 60; nth++) {
        const disk = new SimulatedDisk({ random: seededRandom(nth), writeBackChance: 0 });
        const forgiving = forgivingSyncs(disk);
        const ledger = new Ledger();
        disk.failAt({ kind: 'sync', nth, code: 'EIO', forGood: true });
        await workUntilFailure(new Scenario({ disk: forgiving, random: seededRandom(seed), ledger }));
        await verifyAfterStop({ disk: disk.crash(0), random: seededRandom(nth), ledger });
      }
    };
    await expect(tries()).rejects.toThrow();
  });
});

describe('a full disk', () => {
  it('blocks, keeps what it has, and resumes by itself when space returns', async () => {
    const disk = new SimulatedDisk({ random: seededRandom(seed) });
    const ledger = new Ledger();
    const scenario = new Scenario({ disk, random: seededRandom(seed), ledger });
    await scenario.open();
    const states: SpaceState[] = [];
    scenario.journal.onSpace((space) => states.push(space));
    disk.capacityBytes = 120 * 1024;
    while (scenario.journal.space === 'ok') {
      scenario.put(1000);
      await scenario.journal.sync();
      await turns(2);
    }
    expect(states).toEqual(['full']);
    // The reserve still takes deletions, at once.
    for (const id of [...scenario.live.keys()].slice(0, 5)) scenario.delete(id);
    await scenario.journal.sync();
    await scenario.checkBodies();
    disk.capacityBytes = 10 * 1024 * 1024;
    scenario.clock.advance(1000);
    await turns(50);
    expect(states).toEqual(['full', 'ok']);
    await scenario.work(10);
    await scenario.journal.close();
    await verifyAfterStop({ disk, random: seededRandom(seed), ledger });
  });

  it('with its reserve used up holds appended records back until space returns', async () => {
    const disk = new SimulatedDisk({ random: seededRandom(seed) });
    const ledger = new Ledger();
    const scenario = new Scenario({ disk, random: seededRandom(seed), ledger });
    await scenario.open();
    disk.capacityBytes = 60 * 1024;
    while (scenario.journal.space !== 'exhausted') {
      scenario.put(2000);
      await turns(2);
    }
    await turns(20);
    const { durable } = ledger;
    expect(durable).toBeLessThan(scenario.journal.lastSequence);
    const synced = scenario.journal.sync();
    disk.capacityBytes = 10 * 1024 * 1024;
    scenario.clock.advance(1000);
    await synced;
    expect(scenario.journal.space).toBe('ok');
    await verifyAfterStop({ disk: disk.crash(), random: seededRandom(seed), ledger });
  });

  it('with its reserve used up can still be closed, keeping what was durable', async () => {
    const disk = new SimulatedDisk({ random: seededRandom(seed) });
    const ledger = new Ledger();
    const scenario = new Scenario({ disk, random: seededRandom(seed), ledger });
    await scenario.open();
    disk.capacityBytes = 60 * 1024;
    while (scenario.journal.space !== 'exhausted') {
      scenario.put(2000);
      await turns(2);
    }
    await scenario.journal.close();
    disk.capacityBytes = 10 * 1024 * 1024;
    await verifyAfterStop({ disk: disk.kill(), random: seededRandom(seed), ledger });
  });

  it('is freed by compaction alone: dead segments become the reserve again', async () => {
    const disk = new SimulatedDisk({ random: seededRandom(seed) });
    const ledger = new Ledger();
    const scenario = new Scenario({ disk, random: seededRandom(seed), ledger });
    await scenario.open();
    disk.capacityBytes = 400 * 1024;
    while (scenario.journal.space === 'ok') {
      scenario.put(1000);
      await scenario.journal.sync();
      await turns(2);
    }
    for (const id of [...scenario.live.keys()]) scenario.delete(id);
    await scenario.journal.sync();
    await scenario.snapshot();
    scenario.put(10);
    await scenario.snapshot();
    await scenario.compact();
    await turns(50);
    expect(scenario.segmentsRemoved).toBeGreaterThan(0);
    expect(scenario.journal.space).toBe('ok');
    await scenario.journal.close();
    await verifyAfterStop({ disk, random: seededRandom(seed), ledger });
  });

  it('met in the middle of a batch holds it back until there is room, and loses nothing', async () => {
    const disk = new SimulatedDisk({ random: seededRandom(seed) });
    const ledger = new Ledger();
    const scenario = new Scenario({ disk, random: seededRandom(seed), ledger });
    await scenario.open();
    await turns(50);
    const states: SpaceState[] = [];
    scenario.journal.onSpace((space) => states.push(space));
    disk.failAt({ kind: 'write', nth: 1, code: 'ENOSPC', forGood: true });
    scenario.put(3000);
    await turns(20);
    expect([states, ledger.durable]).toEqual([['exhausted'], 0]);
    disk.heal();
    scenario.clock.advance(1000);
    await scenario.journal.sync();
    expect(states).toEqual(['exhausted', 'ok']);
    expect(scenario.failure).toBeUndefined();
    await verifyAfterStop({ disk: disk.crash(0), random: seededRandom(seed), ledger });
  });

  it('of any size loses nothing, and work goes on when space returns', { timeout: 60_000 }, async () => {
    let met = 0;
    for (let pages = 4; pages < 160; pages += 2) {
      const disk = new SimulatedDisk({ random: seededRandom(seed * 1000 + pages) });
      const ledger = new Ledger();
      const scenario = new Scenario({ disk, random: seededRandom(seed), ledger });
      disk.capacityBytes = pages * 4096;
      let ended = false;
      const working = workUntilFailure(scenario).finally(() => (ended = true));
      for (let waited = 0; !ended; waited++) {
        await new Promise(setImmediate);
        if (waited !== 400) continue;
        met++;
        disk.capacityBytes = 10 * 1024 * 1024;
        scenario.clock.advance(1000);
      }
      const error = await working;
      if (error !== undefined) expect(error.code, `seed ${seed}, ${pages} pages`).toBe('disk-full');
      expect(scenario.failure, `seed ${seed}, ${pages} pages`).toBeUndefined();
      disk.capacityBytes = 10 * 1024 * 1024;
      await verifyAfterStop({ disk: disk.crash(), random: seededRandom(pages), ledger: ledger.copy() });
    }
    expect(met, 'lives that had to wait').toBeGreaterThan(5);
  });
});

describe('a busy disk', () => {
  it('gets segments with holes, which lose nothing either', async () => {
    const disk = new SimulatedDisk({ random: seededRandom(seed) });
    const ledger = new Ledger();
    const bytes = 2 * 1024 * 1024;
    const journal = { segmentBytes: bytes, segmentBytesFirst: bytes };
    const scenario = new Scenario({ disk, random: seededRandom(seed), ledger, journal });
    await scenario.open();
    const truncations = disk.operations('truncate');
    for (let n = 0; n < 20; n++) scenario.put(400_000);
    await scenario.journal.sync();
    expect(disk.operations('truncate')).toBeGreaterThan(truncations);
    await verifyAfterStop({ disk: disk.crash(0), random: seededRandom(seed), ledger });
  });
});

describe('a slow disk', () => {
  it('never confirms early: durable only after the sync has returned', async () => {
    const clock = new FakeClock();
    const disk = new SimulatedDisk({ random: seededRandom(seed), clock });
    const ledger = new Ledger();
    const events: unknown[] = [];
    const log = (event: string): number => events.push(event);
    const scenario = new Scenario({ disk, random: seededRandom(seed), ledger, clock, journal: { log } });
    await scenario.open();
    scenario.put(10);
    await scenario.journal.sync();
    const before = ledger.durable;
    disk.slow('sync', 1500);
    scenario.put(10);
    await turns(20);
    clock.advance(1400);
    await turns(20);
    expect(ledger.durable).toBe(before);
    clock.advance(100);
    await turns(20);
    expect(ledger.durable).toBeGreaterThan(before);
    expect(events).toContain('journal.sync-slow');
  });
});

/** A disk that hides failed syncs. */
function forgivingSyncs(disk: SimulatedDisk): SimulatedDisk {
  return new Proxy(disk, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name !== 'open') return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      return async (...args: Parameters<SimulatedDisk['open']>) => {
        const file = await target.open(...args);
        return { ...file, sync: () => file.sync().catch(() => undefined) };
      };
    },
  });
}
