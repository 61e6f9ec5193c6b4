/**
 * The last batch before a stop reaches the disk only up to some byte, every byte in turn. What was confirmed before is
 * there, groups are whole or absent, and the broker goes on.
 */
import { describe, expect, it } from 'vitest';
import { plannedRoutes } from '../simulation/queue-plan.js';
import { ModelClient } from '../simulation/model-client.js';
import { imageOf, lifeAfterScript, missing, openAndEmpty, type Contents, type Image } from './image.js';

const every = Number(process.env['SLUICE_TORN_EVERY'] ?? 3);

async function contentsOf(image: Image): Promise<Contents> {
  const opened = await openAndEmpty({ ...image, disk: image.disk.copy() });
  if (opened.kind === 'refused') throw new Error(opened.reason);
  return opened.contents;
}

describe('a write that was cut off', () => {
  it('at any byte of the last batch leaves a whole prefix', { timeout: 900_000 }, async () => {
    const life = await lifeAfterScript();
    const before = await imageOf(life);
    const transaction = new ModelClient(life.world, 8, true);
    const publisher = new ModelClient(life.world, 9, false);
    const fan = plannedRoutes.find(({ exchange }) => exchange === 'fan')!;
    const plain = plannedRoutes.find(({ routingKey }) => routingKey === 'plain')!;
    for (let n = 0; n < 2; n++) publisher.publishSized(plain, 60);
    const group: number[] = [];
    for (let n = 0; n < 3; n++) {
      group.push(life.world.ledger.nextId);
      transaction.publishSized(n === 1 ? fan : plain, 40);
    }
    transaction.commit();
    publisher.publishSized(plain, 60);
    await life.world.broker.administration.durable();
    const after = await imageOf(life);

    const [path] = after.disk.sizes().find(([name]) => differs(name, before, after))!;
    const [old, fresh] = [before.disk.contentOf(path), after.disk.contentOf(path)];
    const first = firstDifference(old, fresh);
    const last = fresh.length - firstDifference(Buffer.from(old).reverse(), Buffer.from(fresh).reverse());
    const contentsBefore = await contentsOf(before);
    const contentsAfter = await contentsOf(after);
    expect(missing(contentsAfter, contentsBefore).length).toBeGreaterThan(6);

    const outcomes = new Set<number>();
    for (let cut = first; cut <= last; cut += cut === last ? 1 : Math.min(every, last - cut)) {
      const disk = after.disk.copy();
      disk.put(path, Buffer.concat([fresh.subarray(0, cut), old.subarray(cut)]));
      const contents = await contentsOf({ ...after, disk });
      expect(missing(contentsBefore, contents), `cut at ${cut}: what was durable`).toEqual([]);
      expect(missing(contents, contentsAfter), `cut at ${cut}: what was never sent`).toEqual([]);
      const present = missing(contents, contentsBefore);
      const ofGroup = present.filter((one) => group.includes(Number(one.split(' ')[1])));
      expect([0, 4], `cut at ${cut}: a part of the transaction`).toContain(ofGroup.length);
      outcomes.add(present.length);
    }
    console.log(`torn writes: bytes ${first} to ${last} in steps of ${every}, ${outcomes.size} outcomes`);
    expect(outcomes.size).toBeGreaterThan(3);
  });
});

function differs(path: string, before: Image, after: Image): boolean {
  if (!path.includes('/segments/')) return false;
  return !before.disk.contentOf(path).equals(after.disk.contentOf(path));
}

function firstDifference(one: Buffer, other: Buffer): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return at;
}
