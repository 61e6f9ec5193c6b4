/**
 * Bits decay in what a stopped broker has left: each flip is either detected (a refusal that names the range, or a
 * message reported as unreadable) or harmless. Nothing disappears in silence and no wrong body comes out.
 * `SLUICE_FLIPS` says how many; 100,000 are the bar.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/kernel/index.js';
import { imageAfterScript, missing, openAndEmpty, type Contents, type Image } from './image.js';
import { seed } from './world.js';

const flips = Number(process.env['SLUICE_FLIPS'] ?? 300);

/** What a broker says when part of its journal cannot be read. */
const alarms = ['message.unreadable', 'journal.snapshot-damaged', 'journal.torn-tail'];

describe.each(['clean', 'killed', 'without snapshots'] as const)(
  'a flipped bit after a stop (%s)',
  (stop) => {
    let image: Image;
    let contents: Contents;

    beforeAll(async () => {
      image = await imageAfterScript(stop);
      const opened = await openAndEmpty({ ...image, disk: image.disk.copy() });
      if (opened.kind === 'refused') throw new Error(opened.reason);
      ({ contents } = opened);
    });

    it('finds messages to lose', () => {
      expect([...contents.values()].flat().length).toBeGreaterThan(40);
    });

    it('is detected or harmless', { timeout: 1_800_000 }, async () => {
      const random = seededRandom(seed);
      const files = image.disk.sizes().filter(([, bytes]) => bytes > 0);
      const counts = { refused: 0, reported: 0, harmless: 0 };
      for (let flip = 0; flip < flips; flip++) {
        const [path, bit] = anyBit(image, files, random);
        const disk = image.disk.copy();
        disk.flipBit(path, bit);
        const where = `seed ${seed}, flip ${flip}: bit ${bit} of ${path}`;
        const opened = await openAndEmpty({ ...image, disk }).catch((error: unknown) => {
          throw new Error(where, { cause: error });
        });
        if (opened.kind === 'refused') {
          expect(opened.reason, where).toMatch(
            /damaged|newer|missing|not the one that was written|cut short/,
          );
          counts.refused++;
          continue;
        }
        const lost = missing(contents, opened.contents);
        const isReported = opened.events.some((event) => alarms.includes(event));
        if (lost.length > 0) expect(isReported, `${where} lost ${lost.join(', ')} in silence`).toBe(true);
        expect(missing(opened.contents, contents), where).toEqual([]);
        if (lost.length > 0) counts.reported++;
        else counts.harmless++;
      }
      console.log(`bit flips (${stop}): ${JSON.stringify(counts)}, seed ${seed}`);
      expect(counts.refused + counts.reported).toBeGreaterThan(flips / 50);
    });
  },
);

/** A bit of a page that says something; most of a preallocated segment is zeros. */
function anyBit(
  image: Image,
  files: readonly (readonly [path: string, bytes: number])[],
  random: ReturnType<typeof seededRandom>,
): [path: string, bit: number] {
  for (;;) {
    const [path, bytes] = files[random.integer(files.length)]!;
    const at = random.integer(bytes);
    const page = image.disk.contentOf(path).subarray(at & ~511, (at & ~511) + 512);
    if (page.some((byte) => byte !== 0)) return [path, at * 8 + random.integer(8)];
  }
}
