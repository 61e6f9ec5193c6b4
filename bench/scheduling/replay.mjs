/** Replays a trace through the window's order on a number of workers, by discrete simulation. */
import { orderOf, Window } from '../../dist/scheduling/index.js';
import { Lateness } from './lateness.mjs';

const equalShares = {
  termsOf: () => undefined,
  others: { weight: 1, bandwidth: undefined },
  rate: undefined,
  concurrencyMax: Infinity,
};

/** What was missed. Nothing is dropped; late work is done late. */
export function replay(trace, { order, workers, sharesTenants }) {
  const window = new Window({
    order: orderOf(order, { agingMs: 1_000 }),
    tenants: sharesTenants ? equalShares : undefined,
  });
  const freeAtMs = new Array(workers).fill(0);
  const lateness = new Lateness();
  let next = 0;
  for (let done = 0; done < trace.length; done++) {
    const worker = freeAtMs.indexOf(Math.min(...freeAtMs));
    let nowMs = freeAtMs[worker];
    if (window.size === 0) nowMs = Math.max(nowMs, trace[next].arrivalMs);
    for (; next < trace.length && trace[next].arrivalMs <= nowMs; next++)
      window.add(trace[next], trace[next]);
    const position = window.take(nowMs);
    const message = window.valueOf(position);
    window.remove(position);
    freeAtMs[worker] = nowMs + message.costMs;
    lateness.add(message, freeAtMs[worker]);
  }
  return lateness.figures();
}
