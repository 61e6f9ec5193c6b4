import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allDelayNames, delayName, delayStepMs } from './delay-queues.js';

describe('the lengths of delays', () => {
  it('are never shorter than asked, and at most an eighth longer', () => {
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 2 ** 32 - 1 }), (delayMs) => {
        const stepMs = delayStepMs(delayMs);
        expect(stepMs).toBeGreaterThanOrEqual(delayMs);
        expect(stepMs).toBeLessThanOrEqual(delayMs * 1.125);
      }),
    );
  });

  it('are few, whole milliseconds, and all known by name', () => {
    const names = new Set(allDelayNames());
    expect(names.size).toBeLessThan(500);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (delayMs) => {
        const stepMs = delayStepMs(delayMs);
        expect(Number.isInteger(stepMs)).toBe(true);
        expect(delayStepMs(stepMs)).toBe(stepMs);
        expect(names.has(delayName('confirmed', stepMs))).toBe(true);
        expect(names.has(delayName('plain', stepMs))).toBe(true);
      }),
    );
  });
});
