/** Replays a trace through the window's order on a number of workers, by discrete simulation. */
import { orderOf, Window } from '../../dist/scheduling/index.js';

const equalShares = {
  termsOf: () => undefined,
  others: { weight: 1, bandwidth: undefined },
  rate: undefined,
  concurrencyMax: Infinity,
};

/** What was missed: of all, of the tenant that floods, and of the others. Nothing is dropped; late work is done late. */
export function replay(trace, { order, workers, sharesTenants }) {
  const window = new Window({
    order: orderOf(order, { agingMs: 1_000 }),
    tenants: sharesTenants ? equalShares : undefined,
  });
  const freeAtMs = new Array(workers).fill(0);
  let [next, missed, missedByFlood, flood, worstLateMs] = [0, 0, 0, 0, 0];
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
    const lateMs = freeAtMs[worker] - message.deadlineMs;
    const isFlood = message.tenant === 't0';
    if (isFlood) flood++;
    if (lateMs <= 0) continue;
    missed++;
    if (isFlood) missedByFlood++;
    worstLateMs = Math.max(worstLateMs, lateMs);
  }
  return {
    missed: missed / trace.length,
    missedByFlood: flood === 0 ? 0 : missedByFlood / flood,
    missedByOthers: (missed - missedByFlood) / (trace.length - flood),
    worstLateMs: Math.round(worstLateMs),
  };
}
