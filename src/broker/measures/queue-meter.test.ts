import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../kernel/index.js';
import { QueueMeter } from './queue-meter.js';

const positions = 100_000;
const wanted = { perQueue: 2_000, halvings: 0 };

/** Lets `perSecond` messages go by for some seconds, read once a second; gives how many were measured in the last. */
function flow(
  meter: QueueMeter,
  from: { position: number; nowMs: number },
  perSecond: number,
  seconds: number,
  waitMs: (position: number) => number,
): number {
  let measured = 0;
  for (let second = 0; second < seconds; second++) {
    measured = 0;
    for (let index = 0; index < perSecond; index++) {
      from.nowMs += 1_000 / perSecond;
      const position = from.position++;
      if (!meter.takes(position)) continue;
      measured++;
      meter.waited(waitMs(position), from.nowMs, wanted);
    }
    meter.read(from.nowMs, wanted);
  }
  return measured;
}

describe('QueueMeter', () => {
  it('measures every message of a slow queue, and a few thousand a second of a fast one', () => {
    const meter = new QueueMeter(1_000);
    const at = { position: 0, nowMs: 1_000 };
    expect(flow(meter, at, 500, 3, () => 1)).toBe(500);
    for (const fast of [20_000, 200_000]) {
      const measured = flow(meter, at, fast, 3, () => 1);
      expect(measured).toBeGreaterThan(1_500);
      expect(measured).toBeLessThan(4_500);
    }
    flow(meter, at, 500, 2, () => 1);
    expect(flow(meter, at, 500, 1, () => 1)).toBe(500);
  });

  it('lets the measured stand for all: counts and sums within 5 %, quantiles within 10 %', () => {
    const seed = 11;
    const random = seededRandom(seed);
    const waits = Float64Array.from({ length: positions }, () => 1 + random.integer(1_000_000) / 1_000);
    const meter = new QueueMeter(1_000);
    flow(meter, { position: 0, nowMs: 1_000 }, positions / 2, 2, (position) => waits[position]!);
    const sum = waits.reduce((total, each) => total + each, 0) * 1_000;
    expect(Math.abs(meter.wait.count / positions - 1), `seed ${seed}`).toBeLessThan(0.05);
    expect(Math.abs(meter.wait.sumMicroseconds / sum - 1), `seed ${seed}`).toBeLessThan(0.05);
    const exact = waits.sort();
    for (const share of [0.5, 0.95, 0.99]) {
      const expected = exact[Math.floor(share * positions)]! * 1_000;
      expect(Math.abs(meter.wait.whole().quantile(share)! / expected - 1)).toBeLessThan(0.1);
    }
  });

  it('is not misled by batches: every place in a batch is measured alike', () => {
    const meter = new QueueMeter(1_000);
    // The last of each batch of 64 waits longest, as with acknowledgements of many at once.
    const last = (position: number): number => (position % 64 === 63 ? 100 : 1);
    flow(meter, { position: 0, nowMs: 1_000 }, positions, 4, last);
    const mean = meter.wait.sumMicroseconds / meter.wait.count;
    expect(Math.abs(mean / ((63 + 100) / 64) / 1_000 - 1)).toBeLessThan(0.1);
  });

  it('tells in which share of the time a consumer could have taken more', () => {
    const meter = new QueueMeter(1_000);
    meter.blocked(1_200);
    meter.blocked(1_300);
    meter.unblocked(1_450);
    meter.unblocked(1_500);
    meter.read(2_000, wanted);
    expect(meter.capacity).toBeCloseTo(0.75, 9);
    meter.blocked(2_900);
    meter.read(3_000, wanted);
    expect(meter.capacity).toBeCloseTo(0.9, 9);
    meter.read(4_000, wanted);
    expect(meter.capacity).toBe(0);
  });
});
