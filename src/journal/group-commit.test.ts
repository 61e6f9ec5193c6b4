/** How records share syncs, and what is told when; with a disk and a clock that move only when asked. */
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock, seededRandom, SimulatedDisk } from '../kernel/index.js';
import { Ledger, Scenario } from './testing/scenario.js';

let disk: SimulatedDisk;
let scenario: Scenario;
let clock: FakeClock;
const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await new Promise(setImmediate);
};
/** Syncs of batches; those of preparation are over once the journal is idle. */
const syncs = (): number => disk.operations('sync');

beforeEach(async () => {
  clock = new FakeClock();
  disk = new SimulatedDisk({ random: seededRandom(1), clock });
  const journal = { pressureBytes: 20_000, segmentBytesFirst: 64 * 1024 };
  scenario = new Scenario({ disk, random: seededRandom(2), ledger: new Ledger(), clock, journal });
  await scenario.open();
  await turns(50);
});

describe('group commit', () => {
  it('makes all records of one turn durable with one sync', async () => {
    const before = syncs();
    for (let n = 0; n < 100; n++) scenario.put(10);
    await scenario.journal.sync();
    expect(syncs() - before).toBe(1);
    expect(scenario.journal.durableSequence).toBe(101);
  });

  it('gathers what is appended during a sync into the next one', async () => {
    disk.slow('sync', 10);
    const told: number[] = [];
    scenario.journal.onDurable((sequence) => told.push(sequence));
    scenario.put(10);
    await turns(10);
    for (let n = 0; n < 5; n++) {
      scenario.put(10);
      await turns(2);
    }
    expect(told).toEqual([]);
    clock.advance(10);
    await turns(10);
    clock.advance(10);
    await turns(10);
    // One record and its watermark, then five and theirs.
    expect(told).toEqual([2, 8]);
  });

  it('asks its listeners for more just before a batch is sealed', async () => {
    const before = syncs();
    let asked = 0;
    scenario.journal.beforeSeal(() => {
      asked++;
      if (asked === 1) scenario.put(20);
    });
    scenario.put(10);
    await scenario.journal.sync();
    expect(asked).toBe(1);
    expect(syncs() - before).toBe(1);
    expect(scenario.journal.durableSequence).toBe(3);
  });

  it('is woken within the time asked for, and writes nothing if there is nothing', async () => {
    let held = 0;
    scenario.journal.beforeSeal(() => {
      if (held > 0) scenario.put(held);
      held = 0;
    });
    const before = disk.operations('write');
    scenario.journal.wake(50);
    clock.advance(50);
    await turns(10);
    expect(disk.operations('write')).toBe(before);
    held = 30;
    scenario.journal.wake(50);
    scenario.journal.wake(500);
    clock.advance(49);
    await turns(10);
    expect(scenario.journal.lastSequence).toBe(0);
    clock.advance(1);
    await turns(10);
    expect(scenario.journal.durableSequence).toBe(2);
  });

  it('writes the durable watermark down once it is idle, once', async () => {
    scenario.put(10);
    await scenario.journal.sync();
    const before = syncs();
    for (let n = 0; n < 20; n++) {
      clock.advance(50);
      await turns(5);
    }
    expect(syncs() - before).toBe(1);
    expect(scenario.journal.lastSequence).toBe(3);
  });

  it('raises pressure above the bound and lowers it when the disk has caught up', async () => {
    const told: boolean[] = [];
    scenario.journal.onPressure((pressure) => told.push(pressure));
    for (let n = 0; n < 25; n++) scenario.put(1000);
    expect(scenario.journal.pressure).toBe(true);
    await scenario.journal.sync();
    expect(told).toEqual([true, false]);
  });

  it('resolves a sync at once when there is nothing to wait for', async () => {
    await scenario.journal.sync();
    expect(scenario.journal.durableSequence).toBe(0);
  });
});

describe('reading back', () => {
  it('gives fresh records without any I/O, durable or not', async () => {
    const reads = disk.operations('read');
    scenario.put(100);
    await scenario.checkBodies();
    await scenario.journal.sync();
    await scenario.checkBodies();
    expect(disk.operations('read')).toBe(reads);
  });

  it('gives old records after one read for many', async () => {
    for (let n = 0; n < 120; n++) {
      scenario.put(1000);
      await scenario.journal.sync();
    }
    const first = [...scenario.live.values()][0]!;
    expect(scenario.journal.peek(first.segment, first.offset)).toBeUndefined();
    await scenario.checkBodies();
    expect(scenario.journal.stats().blockLoads).toBeLessThan(6);
  });

  it('shares one read between requests that it serves', async () => {
    for (let n = 0; n < 120; n++) {
      scenario.put(1000);
      await scenario.journal.sync();
    }
    const old = [...scenario.live.values()].slice(0, 20);
    await Promise.all(old.map((live) => scenario.load(live.segment, live.offset)));
    expect(scenario.journal.stats().blockLoads).toBe(1);
  });

  it('reports a disk that cannot be read, and reads again when it can', async () => {
    for (let n = 0; n < 120; n++) {
      scenario.put(1000);
      await scenario.journal.sync();
    }
    const { segment, offset } = [...scenario.live.values()][0]!;
    disk.failReads('/data/segments/0000000001.journal');
    await expect(scenario.load(segment, offset)).rejects.toMatchObject({ code: 'disk-failed' });
    disk.heal();
    await scenario.checkBodies();
  });

  it('says of a segment that is gone that it is not found', async () => {
    await expect(scenario.load(99, 4096)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('takes records of the largest size', async () => {
    const big = new Scenario({
      disk: new SimulatedDisk({ random: seededRandom(1) }),
      random: seededRandom(2),
      ledger: new Ledger(),
      journal: { segmentBytesFirst: 4 * 1024 * 1024, segmentBytes: 4 * 1024 * 1024 },
    });
    await big.open();
    for (let n = 0; n < 5; n++) big.put(1024 * 1024 - 4);
    await big.journal.sync();
    await big.checkBodies();
    await big.journal.close();
    expect(() => {
      big.put(1024 * 1024);
    }).toThrow('payload');
  });
});
