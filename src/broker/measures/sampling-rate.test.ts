import { describe, expect, it } from 'vitest';
import { isMeasured, QueueMeter } from './queue-meter.js';
import { SamplingRate } from './sampling-rate.js';

/** Lets so many queues have so many messages a second for some seconds; measurements in the last second. */
function load(rate: SamplingRate, meters: readonly QueueMeter[], perSecond: number, from: number): number {
  const seconds = 8;
  let made = 0;
  for (let tick = 0; tick < seconds * 100; tick++) {
    const nowMs = from + tick * 10;
    if (tick === (seconds - 1) * 100) made = 0;
    for (const [index, meter] of meters.entries()) {
      for (let message = 0; message < perSecond / 100; message++) {
        const position = tick * 7_919 + index * 31 + message;
        if (!isMeasured(position, rate.mask) || !meter.takes(position)) continue;
        meter.waited(1, nowMs, rate);
        rate.count(nowMs);
        made++;
      }
    }
  }
  return made;
}

describe('SamplingRate', () => {
  it('bounds what all queues measure together, and gives it back', () => {
    const rate = new SamplingRate(0);
    const meters = Array.from({ length: 300 }, () => new QueueMeter(0));
    const many = load(rate, meters, 300, 0);
    expect(many).toBeGreaterThan(2_000);
    expect(many).toBeLessThan(10_000);
    const few = load(rate, meters.slice(0, 10), 300, 8_000);
    expect(few).toBe(10 * 300);
  });

  it('lets slow queues measure every message beside fast ones', () => {
    const rate = new SamplingRate(0);
    const [slow, ...fast] = Array.from({ length: 9 }, () => new QueueMeter(0));
    load(rate, fast, 20_000, 0);
    expect(load(rate, [slow!], 100, 8_000)).toBe(100);
    expect(
      fast.every((meter) => Array.from({ length: 64 }, (_, at) => meter.takes(at)).includes(false)),
    ).toBe(true);
  });
});
