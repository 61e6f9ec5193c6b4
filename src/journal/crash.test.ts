/** Crashes at every operation of a scripted life, during recovery too; what was durable is always there. */
import { describe, expect, it } from 'vitest';
import { seededRandom, SimulatedDisk, type Disk } from '../kernel/index.js';
import { Ledger, Scenario, untilStopped, verifyAfterStop } from './testing/scenario.js';

const seed = Number(process.env['SLUICE_SEED'] ?? 7);
/** How many lives with repeated crashes; raise it for a long run. */
const rounds = Number(process.env['SLUICE_ROUNDS'] ?? 40);

/** A life that touches everything: two opens, work, snapshots, compaction, a clean stop in the middle. */
async function life(disk: Disk, ledger: Ledger, lifeSeed: number): Promise<Scenario> {
  const random = seededRandom(lifeSeed);
  const first = new Scenario({ disk, random, ledger });
  await first.open();
  await first.work(35);
  await first.journal.close();
  const second = new Scenario({ disk, random, ledger });
  await second.open();
  await second.work(40);
  await second.snapshot();
  await second.work(15);
  await second.snapshot();
  await second.compact();
  await second.work(6);
  await second.journal.close();
  return second;
}

async function crashAt(
  nth: number,
  wrap: (disk: SimulatedDisk) => Disk = (disk) => disk,
  lifeSeed = seed,
): Promise<boolean> {
  // True when the life ended before the crash could come.
  const disk = new SimulatedDisk({ random: seededRandom(lifeSeed * 100_003 + nth) });
  const ledger = new Ledger();
  disk.crashAt({ nth });
  const stopped = await untilStopped(disk, ledger, () => life(wrap(disk), ledger, lifeSeed));
  await verifyAfterStop({ disk: disk.crash(), random: seededRandom(nth), ledger: stopped.ledger });
  return disk.operations() < nth;
}

/** Stops a life somewhere, then its recovery, several times, by a crash or a kill, then checks. */
async function crashRepeatedly(
  lifeSeed: number,
  wrap: (disk: SimulatedDisk) => Disk = (disk) => disk,
): Promise<void> {
  const random = seededRandom(lifeSeed);
  let disk = new SimulatedDisk({ random });
  let ledger = new Ledger();
  disk.crashAt({ nth: 20 + random.integer(300) });
  ledger = (await untilStopped(disk, ledger, () => life(disk, ledger, lifeSeed))).ledger;
  for (let crash = 0; crash < 4; crash++) {
    // After a kill unsynced pages are still there to be read, and to be lost at the next crash.
    disk = random.integer(3) === 0 ? disk.kill() : disk.crash();
    disk.crashAt({ nth: 1 + random.integer(25) });
    const again = new Scenario({ disk: wrap(disk), random: seededRandom(lifeSeed + crash), ledger });
    const recover = async (): Promise<void> => {
      await again.open();
      await again.work(3);
    };
    ledger = (await untilStopped(disk, ledger, recover)).ledger;
  }
  await verifyAfterStop({ disk: disk.crash(), random, ledger });
}

describe('a crash', () => {
  it('is tried on a life that rotates, removes and rewrites segments', async () => {
    const disk = new SimulatedDisk({ random: seededRandom(seed) });
    const { segmentsRemoved, segmentsRewritten } = await life(disk, new Ledger(), seed);
    expect(segmentsRemoved).toBeGreaterThan(0);
    expect(segmentsRewritten).toBeGreaterThan(0);
  });

  it('at every write, sync, rename and unlink loses nothing durable', { timeout: 120_000 }, async () => {
    let nth = 1;
    try {
      while (!(await crashAt(nth))) nth++;
    } catch (error) {
      throw new Error(`seed ${seed}, crash at operation ${nth}: ${(error as Error).message}`, {
        cause: error,
      });
    }
    expect(nth).toBeGreaterThan(100);
  });

  it(
    'during the recovery from a crash, again and again, loses nothing durable',
    { timeout: 600_000 },
    async () => {
      for (let round = 0; round < rounds; round++) {
        try {
          await crashRepeatedly(seed * 1000 + round);
        } catch (error) {
          throw new Error(`seed ${seed}, round ${round}: ${(error as Error).message}`, { cause: error });
        }
      }
    },
  );

  it('of a journal that trusts what it read without syncing it is caught: the negative control', async () => {
    const tries = async (): Promise<void> => {
      for (let round = 0; round < 400; round++) await crashRepeatedly(round, withoutRecoverySyncs);
    };
    await expect(tries()).rejects.toThrow(/survives|damaged from/);
  });

  const liars: readonly [string, (disk: SimulatedDisk) => Disk][] = [
    ['skips the sync of its batches', withoutBatchSyncs],
    ['never syncs a directory', (disk) => replacing(disk, { syncDirectory: () => Promise.resolve() })],
  ];
  it.each(liars)('of a journal that %s is caught: the negative control', async (_, wrap) => {
    const tries = async (): Promise<void> => {
      for (let nth = 10; nth < 150; nth++) await crashAt(nth, wrap);
    };
    await expect(tries()).rejects.toThrow();
  });
});

/** The same disk with some of its operations replaced. */
function replacing(disk: SimulatedDisk, operations: Partial<Disk>): Disk {
  return new Proxy(disk, {
    get(target, name) {
      if (name in operations) return operations[name as keyof Disk];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** The first sync of a segment that exists already, which makes durable what was read, is skipped. */
function withoutRecoverySyncs(disk: SimulatedDisk): Disk {
  return replacing(disk, {
    async open(path, mode) {
      const file = await disk.open(path, mode);
      let skipped = mode !== 'read-write' || !path.endsWith('.journal');
      const sync = (): Promise<void> => {
        if (skipped) return file.sync();
        skipped = true;
        return Promise.resolve();
      };
      return { ...file, sync };
    },
  });
}

/** Only the first sync of a new file is real: the one that makes it whole. */
function withoutBatchSyncs(disk: SimulatedDisk): Disk {
  return replacing(disk, {
    async open(path, mode) {
      const file = await disk.open(path, mode);
      let whole = mode !== 'create' || !path.includes('new-');
      return {
        ...file,
        async sync() {
          if (!whole || !path.includes('/segments/')) await file.sync();
          whole = true;
        },
      };
    },
  });
}
