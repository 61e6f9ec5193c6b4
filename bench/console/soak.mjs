/** Pages that stay open in real time: heap after a collection, nodes and listeners each minute, and how they grow. */
import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../support/statistics.mjs';
import { firstFigure, newVisitor } from './visitor.mjs';

/** Plots reach back five minutes: they hold more until that is full. */
export const fillMinutes = 5.5;
const minuteMs = 60_000;
const millionBytes = 1e6;

async function weigh(debugged) {
  // Twice: what the first run finalizes, the second one frees.
  await debugged.send('HeapProfiler.collectGarbage');
  await debugged.send('HeapProfiler.collectGarbage');
  const { usedSize } = await debugged.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners } = await debugged.send('Memory.getDOMCounters');
  return { bytes: usedSize, nodes, listeners: jsEventListeners };
}

/** The slope by the step between the values: the median of all slopes, which a few wild ones do not turn (Theil and Sen). */
export function slopeOf(values) {
  return median(
    values.flatMap((value, at) => values.slice(at + 1).map((later, ahead) => (later - value) / (ahead + 1))),
  );
}

function verdictOf({ bytes, nodes, listeners }) {
  if (bytes === undefined) return 'too short to say';
  return bytes < millionBytes && nodes < 60 && listeners < 60 ? 'flat' : 'grows';
}

/** `told` hears of each weight as it is taken. */
export async function soak(browser, url, { pages, minutes, fill, told }) {
  const visitors = [];
  for (const [name, path] of pages) {
    const visitor = await newVisitor(browser, url);
    await visitor.debugged.send('HeapProfiler.enable');
    await visitor.page.goto(`${url}/#/${path}`);
    await firstFigure(visitor.page);
    visitors.push({ name, ...visitor, weights: [] });
  }
  await delay(fill * minuteMs);
  for (let minute = 0; minute <= minutes; minute++) {
    if (minute > 0) await delay(minuteMs);
    for (const { name, debugged, weights } of visitors) {
      const weight = await weigh(debugged);
      weights.push(weight);
      told(name, minute, weight);
    }
  }
  return visitors.map(({ name, weights }) => {
    const hourly = (field) => {
      const slope = slopeOf(weights.map((weight) => weight[field]));
      return slope === undefined ? undefined : slope * 60;
    };
    const growth = { bytes: hourly('bytes'), nodes: hourly('nodes'), listeners: hourly('listeners') };
    return { name, weights, growthPerHour: growth, verdict: verdictOf(growth) };
  });
}
