/**
 * Ten minutes of live plots: the page's own code and timers, in a browser whose clock is moved second by second, on a
 * history that is made up as it is asked for. Invariant: memory and nodes stay as they were.
 */
import type { CDPSession, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeConsole } from './fixture.js';

const warmupSeconds = 330;
const soakSeconds = 600;
const sampleSeconds = 60;
const firstSecond = 1_790_000_000;
/** The plots get 8,400 series in ten minutes: 60 bytes kept of each are more. The heap goes up and down by 360 KB. */
const growthBytesMax = 500_000;
const growthNodesMax = 50;

interface Weight {
  readonly bytes: number;
  readonly nodes: number;
}

interface Asked {
  readonly from?: number;
  readonly seconds?: number;
  readonly step: number;
}

/** A series until `toSecond`, of numbers that differ from second to second. */
function seriesOf({ from, seconds, step }: Asked, toSecond: number): object {
  const first = from ?? toSecond - seconds!;
  const startSecond = first - (first % step);
  const values = Array.from({ length: Math.max(0, Math.ceil((toSecond - startSecond) / step)) }, (_, index) =>
    Math.abs(Math.sin(startSecond + index) * 1_000),
  );
  return { toSecond, stretches: [{ startSecond, stepSeconds: step, isCoarser: false, values }] };
}

async function weigh(session: CDPSession): Promise<Weight> {
  // Twice: what the first run finalizes, the second one frees.
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const { nodes } = await session.send('Memory.getDOMCounters');
  return { bytes: usedSize, nodes };
}

describeConsole('a console that stays open', (fixture) => {
  /** Lets seconds pass until the page was answered so often. It asks once a second, unless it still waits. */
  async function pass(page: Page, answers: number, answered: () => number): Promise<void> {
    const goal = answered() + answers;
    const move = async (): Promise<number> => {
      await page.clock.runFor(1_000);
      return answered();
    };
    await expect.poll(move, { timeout: 300_000, interval: 0 }).toBeGreaterThanOrEqual(goal);
  }

  it('takes no more memory after ten minutes of live plots', async () => {
    const page = await fixture.open();
    await page.clock.install();
    let answered = 0;
    await page.route('**/v1/series', async (route) => {
      const { series } = route.request().postDataJSON() as { readonly series: readonly Asked[] };
      const toSecond = firstSecond + answered;
      await route.fulfill({ json: { items: series.map((each) => seriesOf(each, toSecond)) } });
      answered++;
    });
    await page.reload();
    await page.getByLabel('User').fill('guest');
    await page.getByLabel('Password').fill('guest');
    await page.keyboard.press('Enter');
    await page.locator('canvas').first().waitFor();
    const session = await page.context().newCDPSession(page);
    await session.send('HeapProfiler.enable');
    await pass(page, warmupSeconds, () => answered);
    const first = await weigh(session);
    const weights = [first];
    for (let second = 0; second < soakSeconds; second += sampleSeconds) {
      await pass(page, sampleSeconds, () => answered);
      weights.push(await weigh(session));
    }
    const told = weights.map(({ bytes, nodes }) => `${String(bytes)} B, ${String(nodes)} nodes`).join('\n');
    const least = Math.min(...weights.slice(-5).map(({ bytes }) => bytes));
    expect(least - first.bytes, told).toBeLessThan(growthBytesMax);
    expect(Math.min(...weights.slice(-5).map(({ nodes }) => nodes)) - first.nodes, told).toBeLessThan(
      growthNodesMax,
    );
    expect(answered).toBeGreaterThan(warmupSeconds + soakSeconds);
  }, 600_000);
});
