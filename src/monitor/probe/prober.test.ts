import { describe, expect, it } from 'vitest';
import { FakeClock, SluiceError, seededRandom } from '../../kernel/index.js';
import { ScriptedEngine, type Fate } from '../testing/scripted-engine.js';
import { Prober } from './prober.js';

const prompt: Fate = { confirmAfterMs: 5, deliverAfterMs: [10] };
const lost: Fate = { confirmAfterMs: 5, deliverAfterMs: [] };
const fates: readonly Fate[] = [
  prompt,
  prompt,
  prompt,
  lost,
  { confirmAfterMs: 5, deliverAfterMs: [10, 200] },
  { confirmAfterMs: 5, deliverAfterMs: [3_000, 3_000, 9_000] },
  // Late: the probe has failed by then, but the message is not lost.
  { confirmAfterMs: 5, deliverAfterMs: [7_000] },
  { confirmAfterMs: 4_900, deliverAfterMs: [20_000] },
  // Nobody promised that these would come.
  { confirmAfterMs: 'never', deliverAfterMs: [] },
  { confirmAfterMs: 'never', deliverAfterMs: [30] },
];

function probed(fateOf: (index: number) => Fate) {
  const clock = new FakeClock();
  const engine = new ScriptedEngine(clock, fateOf);
  const problems: string[] = [];
  const prober = new Prober({
    ...{ engine: 'orders', clock, random: seededRandom(1), open: engine.open },
    ...{ everyMs: 1_000, timeoutMs: 5_000, queue: 'sluice.probe.test' },
    onProblem: (problem) => problems.push(problem),
  });
  return { clock, engine, problems, prober };
}

/** Lets time pass, and everything happen that is due in it. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  const stepMs = 5;
  for (let passed = 0; passed < ms; passed += stepMs) {
    clock.advance(stepMs);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What came twice, and what came after a later one, of bodies in the order of their receipt. */
function counted(delivered: readonly string[]) {
  const seen = new Set<number>();
  let [duplicated, reordered] = [0, 0];
  for (const sequence of delivered.map((text) => Number(text.split(' ')[1]))) {
    if (seen.has(sequence)) duplicated++;
    else if (sequence < Math.max(...seen)) reordered++;
    seen.add(sequence);
  }
  return { duplicated, reordered };
}

describe('Prober', () => {
  it.each([1, 2, 3])('counts what was lost, doubled and out of order, seed %i', async (seed) => {
    const random = seededRandom(seed);
    let isCalm = false;
    let lostCount = 0;
    const { clock, engine, prober } = probed(() => {
      const fate = isCalm ? prompt : fates[random.integer(fates.length)]!;
      if (fate === lost) lostCount++;
      return fate;
    });
    prober.start();
    await pass(clock, 120_000);
    isCalm = true;
    await pass(clock, 60_000);
    await prober.stop();
    const { sent, lost: lostFound, duplicated, reordered, upMs, downMs, roundTrips } = prober.figures;
    expect(lostCount).toBeGreaterThan(0);
    expect({ sent, lost: lostFound, duplicated, reordered }).toEqual({
      ...{ sent: engine.sent, lost: lostCount },
      ...counted(engine.delivered),
    });
    expect(upMs + downMs).toBeGreaterThan(178_000);
    expect(roundTrips.count).toBe(new Set(engine.delivered).size);
    expect(engine.closed).toBe(engine.opened);
  });

  it('measures an outage and the recovery from it, and tells of it once', async () => {
    const { clock, engine, prober, problems } = probed(() => prompt);
    prober.start();
    await pass(clock, 10_000);
    expect(prober.figures).toMatchObject({ downMs: 0, outages: 0, outageMs: 0 });
    engine.break(new SluiceError('connection-failed', 'gone'));
    await pass(clock, 60_000);
    expect(prober.figures.outageMs).toBeGreaterThan(58_000);
    engine.failure = undefined;
    await pass(clock, 10_000);
    await prober.stop();
    const { outages, recoveries, lost: lostFound, downMs, upMs } = prober.figures;
    expect([outages, recoveries.count, lostFound]).toEqual([1, 1, 0]);
    // It is noticed at the next probe, at most a second later; the engine is tried every five seconds by then.
    expect(recoveries.sumMicroseconds / 1e6).toBeGreaterThan(59);
    expect(recoveries.sumMicroseconds / 1e6).toBeLessThan(65.1);
    expect(downMs * 1_000).toBeCloseTo(recoveries.sumMicroseconds);
    expect(upMs + downMs).toBeGreaterThan(78_000);
    expect(problems).toEqual(['orders: probes fail: gone']);
  });

  it('knows nothing of an engine that refuses it', async () => {
    const { clock, engine, prober, problems } = probed(() => prompt);
    engine.failure = new SluiceError('access-refused', 'no');
    prober.start();
    await pass(clock, 20_000);
    await prober.stop();
    expect(prober.figures).toMatchObject({ sent: 0, upMs: 0, downMs: 0, outages: 0, outageMs: undefined });
    expect(problems).toEqual(['orders: probes tell nothing: no']);
  });

  it('tells messages of an earlier process apart, and those of another prober', async () => {
    let index = 0;
    const { clock, engine, prober, problems } = probed(() => (++index === 8 ? lost : prompt));
    engine.put('earlier 0');
    engine.put('not a probe at all');
    prober.start();
    await pass(clock, 5_000);
    engine.put('earlier 1', true);
    await pass(clock, 1_000);
    expect(problems).toEqual([]);
    engine.put('stranger 7');
    await pass(clock, 60_000);
    await prober.stop();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('another prober');
    expect(prober.figures).toMatchObject({ lost: 0, duplicated: 0, downMs: 0, outages: 0 });
  });

  it('stops at once, before the start, and in the middle of what never ends', async () => {
    const { clock, engine, prober } = probed(() => ({ confirmAfterMs: 'never', deliverAfterMs: [] }));
    await prober.stop();
    prober.start();
    await pass(clock, 5_000);
    expect(engine.opened).toBe(0);
    const other = probed(() => ({ confirmAfterMs: 'never', deliverAfterMs: [] }));
    other.prober.start();
    await pass(other.clock, 1_000);
    await other.prober.stop();
    expect([other.engine.opened, other.engine.closed]).toEqual([1, 1]);
    await pass(other.clock, 20_000);
    expect(other.engine.opened).toBe(1);
  });

  it('stops within two seconds though the engine never connects', async () => {
    const clock = new FakeClock();
    const prober = new Prober({
      ...{ engine: 'orders', clock, random: seededRandom(1), onProblem: () => undefined },
      ...{ everyMs: 1_000, timeoutMs: 5_000, queue: 'sluice.probe.test' },
      open: () => new Promise(() => undefined),
    });
    prober.start();
    await pass(clock, 1_000);
    let hasStopped = false;
    void prober.stop().then(() => (hasStopped = true));
    await pass(clock, 2_010);
    expect(hasStopped).toBe(true);
  });

  it('closes what connects after it was stopped', async () => {
    const { clock, engine } = probed(() => prompt);
    let connect = (): void => undefined;
    const prober = new Prober({
      ...{ engine: 'orders', clock, random: seededRandom(1), onProblem: () => undefined },
      ...{ everyMs: 1_000, timeoutMs: 5_000, queue: 'sluice.probe.test' },
      open: () => new Promise((resolve) => (connect = () => void engine.open().then(resolve))),
    });
    prober.start();
    await pass(clock, 100);
    const stopped = prober.stop();
    connect();
    await stopped;
    expect([engine.opened, engine.closed]).toEqual([1, 1]);
  });
});
