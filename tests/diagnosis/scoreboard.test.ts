/** The scoreboard of the diagnosis, a few scenarios of it; and it notices when a signature is broken. */
import { describe, expect, it } from 'vitest';
import { runScenario } from '../../bench/diagnosis/scenario.js';
import { score } from '../../bench/diagnosis/scoreboard.js';
import { tuning } from '../../bench/diagnosis/tuning.js';
import { heldBack } from '../../bench/diagnosis/held-back.js';
import { signatures, type Signature } from '../../src/alerts/index.js';

const named = (...names: readonly string[]) => tuning.filter(({ name }) => names.includes(name));

describe('the scoreboard', () => {
  it('finds the cause of a few faults, and nothing in a release without a fault', async () => {
    const chosen = named('workers of orders gone', 'a release of stock at once', 'one poisoned in mail');
    const { score: sums, verdicts } = await score(chosen, { seeds: [1] });
    expect(sums, JSON.stringify(verdicts)).toMatchObject({
      ...{ faults: 2, controls: 1, rightShare: 1, rightLaterShare: 1, detectedShare: 1, falseAlarms: 0 },
    });
    expect(sums.detectionMaxSeconds).toBeLessThanOrEqual(30);
  });

  it('repeats with the same seed', async () => {
    const [scenario] = named('orders overloaded, 3 times');
    const [first, second] = [
      await runScenario(scenario!, { seed: 5 }),
      await runScenario(scenario!, { seed: 5 }),
    ];
    expect(first).toEqual(second);
  });

  it('falls when a signature is broken', async () => {
    const broken = signatures.map((each): Signature =>
      each.name === 'consumers-down' ? { ...each, symptoms: { is: 'more', parts: [0, 1] } } : each,
    );
    const { score: sums } = await score(named('workers of orders gone'), { seeds: [1], signatures: broken });
    expect(sums.rightShare).toBe(0);
  });

  it('has enough scenarios, none in both halves with the same name and strength', () => {
    for (const half of [tuning, heldBack]) {
      expect(half.filter(({ expects }) => expects.length > 0).length).toBeGreaterThanOrEqual(24);
      expect(half.filter(({ expects }) => expects.length > 1).length).toBeGreaterThanOrEqual(2);
      expect(half.filter(({ expects }) => expects.length === 0).length).toBeGreaterThanOrEqual(4);
    }
    const known = new Set(signatures.map(({ name }) => name));
    for (const { expects } of [...tuning, ...heldBack])
      for (const each of expects) expect(known, each).toContain(each);
    // Every signature that the embedded engine can show is in both halves.
    const every = signatures.filter(({ engines }) => engines === 'every').map(({ name }) => name);
    for (const half of [tuning, heldBack]) {
      const tried = new Set(half.flatMap(({ expects }) => expects));
      for (const name of every) expect(tried, name).toContain(name);
    }
  });
});
