/** Seeded lives of broker, journal and clients on a failing disk; and broken ones, which must be noticed. */
import { describe, expect, it } from 'vitest';
import { Simulation } from './simulation.js';

describe('the simulation', () => {
  it('finds nothing lost', async () => {
    const report = await new Simulation({ seed: 1, operations: 3_000 }).run();
    console.log(report);
    expect(report.messages.sent).toBeGreaterThan(0);
  });
});
