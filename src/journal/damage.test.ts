/** Decayed bits: every one is detected, no wrong body is given out, and nothing durable goes in silence. */
import { describe, expect, it } from 'vitest';
import { seededRandom, SimulatedDisk, SluiceError } from '../kernel/index.js';
import type { Journal } from './contract.js';
import { openJournal } from './open-journal.js';
import { directory, diskWithSegment, Ledger, Scenario, smallJournal } from './testing/scenario.js';

const seed = Number(process.env['SLUICE_SEED'] ?? 11);
/** How many bits to invert, one at a time; raise it for a long run. */
const flips = Number(process.env['SLUICE_FLIPS'] ?? 300);
const segmentOne = `${directory}/segments/0000000001.journal`;

async function written(
  notes: number,
  stop: 'clean' | 'killed',
): Promise<{ disk: SimulatedDisk; first: Scenario }> {
  const disk = new SimulatedDisk({ random: seededRandom(seed) });
  const first = new Scenario({ disk, random: seededRandom(seed), ledger: new Ledger() });
  await first.open();
  for (let n = 0; n < notes; n++) {
    first.put(200);
    await first.journal.sync();
  }
  if (stop === 'clean') await first.journal.close();
  return { disk: stop === 'clean' ? disk : disk.kill(), first };
}

/** Opens and replays without a model; gives the notes' ids, or the error. */
async function opened(disk: SimulatedDisk): Promise<{ ids: number[]; error: SluiceError | undefined }> {
  const ids: number[] = [];
  try {
    const journal = await openJournal(smallJournal(disk, seededRandom(1)));
    await journal.replay((record) => ids.push(record.buffer.readUInt32LE(record.start)));
    return { ids, error: undefined };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return { ids, error };
  }
}

/** The journal open for reading, after the caches of the writing one are gone. */
async function reading(disk: SimulatedDisk): Promise<{
  journal: Journal;
  load: (segment: number, offset: number) => Promise<void>;
}> {
  const journal = await openJournal(smallJournal(disk, seededRandom(1)));
  await journal.replay(() => undefined);
  const load = (segment: number, offset: number): Promise<void> =>
    new Promise((resolve, reject) => {
      journal.load(segment, offset, (error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  return { journal, load };
}

describe('damage', () => {
  it('below a durable watermark stops the start and names the range', async () => {
    const { disk, first } = await written(10, 'clean');
    const [, { offset }] = [...first.live.values()] as [unknown, { offset: number }];
    const next = [...first.live.values()][2]!.offset;
    disk.flipBit(segmentOne, offset + 30, 3);
    const before = disk.contentOf(segmentOne);
    const { error, ids } = await opened(disk);
    expect(error?.code).toBe('journal-damaged');
    expect(error?.details).toMatchObject({
      segment: 1,
      path: segmentOne,
      offset,
      firstSequence: 3,
      lastSequence: 3,
    });
    expect(error?.details['nextOffset']).toBe(next - 32);
    expect(ids).toEqual([1]);
    expect(disk.contentOf(segmentOne).equals(before), 'nothing was changed').toBe(true);
  });

  it('above the last watermark is a torn tail: it is cut and kept aside', async () => {
    const { disk, first } = await written(10, 'killed');
    const { offset } = [...first.live.values()].at(-1)!;
    disk.flipBit(segmentOne, offset + 30, 3);
    const { error, ids } = await opened(disk);
    expect(error).toBeUndefined();
    expect(ids).toHaveLength(9);
    expect(await disk.list(`${directory}/aside`)).toHaveLength(1);
  });

  it('of the first record of a later segment is noticed by the watermarks behind it', async () => {
    const { disk } = await written(200, 'clean');
    disk.flipBit(`${directory}/segments/0000000002.journal`, 4096 + 40, 0);
    const { error } = await opened(disk);
    expect(error?.code).toBe('journal-damaged');
    expect(error?.details['nextSegment']).toBe(2);
  });

  it('of a header names the segment', async () => {
    const { disk } = await written(3, 'clean');
    disk.flipBit(segmentOne, 17, 0);
    const { error } = await opened(disk);
    expect(error?.details).toMatchObject({ segment: 1, offset: 0, bytes: 64 });
  });

  it('by a lost segment is noticed', async () => {
    const { disk } = await written(400, 'clean');
    await disk.unlink(`${directory}/segments/0000000002.journal`);
    const { error } = await opened(disk);
    expect(error?.code).toBe('journal-damaged');
  });

  it('of any bit between the first and the last record is detected', { timeout: 900_000 }, async () => {
    const { disk, first } = await written(40, 'clean');
    const random = seededRandom(seed);
    const end = first.journal.offset;
    const whole = disk.contentOf(segmentOne);
    const expected = (await opened(await diskWithSegment(whole, random))).ids;
    expect(expected).toHaveLength(40);
    for (let flip = 0; flip < flips; flip++) {
      const changed = Buffer.from(whole);
      const bit = 4096 * 8 + random.integer((end - 4096) * 8);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const { error } = await opened(await diskWithSegment(changed, random));
      expect(error?.code, `seed ${seed}, bit ${bit}`).toBe('journal-damaged');
    }
  });

  it('of a body shows when it is read, with the exact range, and never gives a wrong body', async () => {
    const { disk, first } = await written(60, 'clean');
    const { journal, load } = await reading(disk);
    const random = seededRandom(seed);
    for (const { offset } of first.live.values()) {
      disk.flipBit(segmentOne, offset + 24 + random.integer(204), random.integer(8));
      await expect(load(1, offset)).rejects.toMatchObject({
        code: 'journal-damaged',
        details: { segment: 1, offset, bytes: 228 },
      });
      expect(journal.peek(1, offset)).toBeUndefined();
    }
  });

  it('is not believed in a length: nothing huge is allocated', async () => {
    const { disk, first } = await written(3, 'clean');
    const { load } = await reading(disk);
    const { offset } = [...first.live.values()][1]!;
    for (let bit = 0; bit < 8; bit++) {
      disk.flipBit(segmentOne, offset + 7, bit);
      await expect(load(1, offset)).rejects.toMatchObject({ code: 'journal-damaged' });
      disk.flipBit(segmentOne, offset + 7, bit);
    }
  });
});
