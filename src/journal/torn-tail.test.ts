/** What a crash leaves of the last batch is cut at a whole group and kept aside; damage stops the start. */
import { beforeEach, describe, expect, it } from 'vitest';
import { seededRandom, SimulatedDisk } from '../kernel/index.js';
import { recordHeaderBytes, watermarkBytes } from './record-frame.js';
import { directory, diskWithSegment, Ledger, Scenario, verifyAfterStop } from './testing/scenario.js';

const segmentOne = `${directory}/segments/0000000001.journal`;

/** Of a put record: header, id, body. */
const recordBytes = (bodyBytes: number): number => recordHeaderBytes + 4 + bodyBytes;

let disk: SimulatedDisk;
let ledger: Ledger;
let scenario: Scenario;

async function start(): Promise<void> {
  disk = new SimulatedDisk({ random: seededRandom(1), writeBackChance: 0 });
  ledger = new Ledger();
  scenario = new Scenario({
    disk,
    random: seededRandom(2),
    ledger,
    journal: { segmentBytesFirst: 32 * 1024 },
  });
  await scenario.open();
}

beforeEach(start);

/** Overwrites bytes of a file behind the journal's back, durably. */
async function overwrite(path: string, bytes: Uint8Array, position: number): Promise<void> {
  const file = await disk.open(path, 'read-write');
  await file.write([bytes], position);
  await file.sync();
  await file.close();
}

describe('a torn batch', () => {
  it('cut off at every byte leaves what was durable, and whole groups only', async () => {
    scenario.put(40);
    scenario.put(300);
    await scenario.journal.sync();
    const { segment, offset } = scenario.journal;
    expect(segment).toBe(1);
    scenario.put(60);
    scenario.group(() => {
      scenario.put(50, true);
      scenario.put(20);
    });
    await scenario.journal.sync();
    const whole = disk.contentOf(segmentOne);
    const end = scenario.journal.offset + recordBytes(20) + watermarkBytes;
    const durable = ledger.appended[1]!.sequence + 1;
    const before = new Set(ledger.appended);
    for (let cut = offset + recordBytes(300) + watermarkBytes; cut <= end; cut++) {
      const torn = Buffer.from(whole);
      torn.fill(0, cut);
      disk = await diskWithSegment(torn, seededRandom(cut));
      ledger = new Ledger();
      ledger.appended = [...before];
      ledger.durable = durable;
      ledger.nextId = 100;
      const report = await verifyAfterStop({ disk, random: seededRandom(cut), ledger });
      const asides = await disk.list(`${directory}/aside`);
      expect(asides.length, `cut at ${cut}`).toBe(report.tornTail === undefined ? 0 : 1);
    }
  });

  it('is kept aside byte for byte before it is cut', async () => {
    scenario.put(40);
    await scenario.journal.sync();
    const end = scenario.journal.offset + recordBytes(40) + watermarkBytes;
    disk = disk.kill();
    await overwrite(segmentOne, Buffer.from('SJ half a record'), end);
    const again = new Scenario({ disk, random: seededRandom(3), ledger });
    await again.open();
    await again.journal.close();
    const [name] = await disk.list(`${directory}/aside`);
    expect(name).toBe(`torn-segment-1-from-${end}-to-${end + 16}.bytes`);
    expect(disk.contentOf(`${directory}/aside/${name!}`).toString()).toBe('SJ half a record');
    expect(disk.contentOf(segmentOne)).toHaveLength(end);
  });
});
