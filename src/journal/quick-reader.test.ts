/** Reading on the calling thread gives what `load` and `peek` give, or nothing at all. */
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock, seededRandom, SimulatedDisk } from '../kernel/index.js';
import { Ledger, Scenario } from './testing/scenario.js';

let disk: SimulatedDisk;
let clock: FakeClock;
let scenario: Scenario;
const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await new Promise(setImmediate);
};

beforeEach(async () => {
  clock = new FakeClock();
  disk = new SimulatedDisk({ random: seededRandom(1), clock });
  scenario = new Scenario({ disk, random: seededRandom(2), ledger: new Ledger(), clock });
  await scenario.open();
  for (let n = 0; n < 60; n++) {
    scenario.put(n % 5 === 0 ? 9000 : 300);
    await scenario.journal.sync();
  }
  // The first read only opens the file.
  for (const { segment, offset } of scenario.live.values()) scenario.journal.readNow(segment, offset);
  await turns(20);
});

describe('a quick read', () => {
  it('gives each record, in any order', () => {
    for (const { segment, offset, body } of [...scenario.live.values()].reverse()) {
      const view = scenario.journal.readNow(segment, offset);
      expect(view?.buffer.subarray(view.start + 4, view.end).equals(body)).toBe(true);
    }
  });

  it('gives nothing for a record that has decayed', () => {
    const { segment, offset } = [...scenario.live.values()][3]!;
    disk.flipBit(`/data/segments/000000000${segment}.journal`, offset + 50, 2);
    expect(scenario.journal.readNow(segment, offset)).toBeUndefined();
  });

  it('gives nothing for a segment that is gone', () => {
    expect(scenario.journal.readNow(99, 4096)).toBeUndefined();
  });
});
