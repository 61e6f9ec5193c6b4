/**
 * Seeded lives of broker, journal and clients on a failing disk. `SLUICE_SEED` names the first seed,
 * `SLUICE_OPERATIONS` how many operations there are in all; the same seed is the same life.
 */
import { describe, expect, it } from 'vitest';
import { brokenWorlds } from './broken-worlds.js';
import { Simulation, type SimulationOptions, type SimulationReport } from './simulation.js';

const firstSeed = Number(process.env['SLUICE_SEED'] ?? 1);
const operationsInAll = Number(process.env['SLUICE_OPERATIONS'] ?? 1_000_000);
const operationsPerLife = 5_000;

/** Lives that once went wrong, of queues alone and with records. */
const onceBroken = [
  ...[29, 36, 42, 44, 54, 64, 319, 486].map((seed) => ({ seed, hasRecords: false })),
  { seed: 5, hasRecords: true },
];

async function run(options: SimulationOptions): Promise<SimulationReport> {
  try {
    return await new Simulation(options).run();
  } catch (cause) {
    throw new Error(`seed ${options.seed}: ${(cause as Error).message}`, { cause });
  }
}

describe('the simulation', () => {
  it('finds no promise broken', { timeout: 1_800_000 }, async () => {
    console.log(`simulation: SLUICE_SEED=${firstSeed}`);
    let done = 0;
    let messages = 0;
    for (let seed = firstSeed; done < operationsInAll; seed++) {
      const report = await run({ seed, operations: operationsPerLife });
      done += report.operations;
      messages += report.messages.confirmed;
    }
    console.log(`simulation: ${done} operations, ${messages} confirmed messages`);
    expect(messages).toBeGreaterThan(done / 20);
  });

  it.each(onceBroken)(
    'finds no promise broken in life $seed any more',
    { timeout: 120_000 },
    async (life) => {
      await run({ ...life, operations: operationsPerLife });
    },
  );

  it('is the same life for the same seed', { timeout: 120_000 }, async () => {
    const one = new Simulation({ seed: firstSeed, operations: operationsPerLife });
    const other = new Simulation({ seed: firstSeed, operations: operationsPerLife });
    const reports = [await one.run(), await other.run()];
    expect(reports[0]).toEqual(reports[1]);
    const histories = [one, other].map(({ ledger }) => ledger.all().map(({ history }) => history));
    expect(histories[0]).toEqual(histories[1]);
    expect(one.log).toEqual(other.log);
  });
});

describe('a broken world', () => {
  it.each(brokenWorlds)('in which $name is noticed', { timeout: 300_000 }, async ({ sabotage, finds }) => {
    await expect(firstViolation(sabotage)).resolves.toMatch(finds);
  });
});

/** What a few lives in a broken world find first. */
async function firstViolation(sabotage: SimulationOptions['sabotage']): Promise<string> {
  for (let seed = 1; seed <= 12; seed++) {
    try {
      await new Simulation({ seed, operations: operationsPerLife, ...(sabotage && { sabotage }) }).run();
    } catch (error) {
      return (error as Error).message;
    }
  }
  return 'nothing';
}
