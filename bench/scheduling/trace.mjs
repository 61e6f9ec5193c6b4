/**
 * A bursty trace of messages with deadlines from several tenants, the same for every order and for other systems: times
 * in milliseconds from the start, seeded.
 */
import { seededRandom } from '../../dist/kernel/index.js';

/** Kinds of work: how long one takes, and how soon after its arrival it must be done. */
const kinds = [
  { costMs: 2, withinMs: 40, priority: 3, part: 5 },
  { costMs: 8, withinMs: 150, priority: 2, part: 3 },
  { costMs: 30, withinMs: 1_000, priority: 1, part: 2 },
];

/** One message of each tenant's in `parts` is of its kind. */
function kindOf(random) {
  const parts = kinds.reduce((sum, { part }) => sum + part, 0);
  let left = random.integer(parts);
  return kinds.find(({ part }) => (left -= part) < 0);
}

/**
 * Messages in order of arrival, each with `arrivalMs`, `costMs`, `deadlineMs`, `priority` and `tenant`. `load` is what
 * all of them need of the workers on average; tenant `t0` sends half of all, in bursts.
 */
export function burstyTrace({ seed, messages, tenants, workers, load }) {
  const random = seededRandom(seed);
  const meanCostMs = kinds.reduce((sum, { costMs, part }) => sum + costMs * part, 0) / 10;
  const gapMs = meanCostMs / (workers * load);
  const trace = [];
  let nowMs = 0;
  while (trace.length < messages) {
    const isBurst = random.integer(40) === 0;
    const size = isBurst ? 40 : 1;
    for (let left = size; left > 0; left--) {
      const tenant = isBurst ? 't0' : `t${1 + random.integer(tenants - 1)}`;
      const { costMs, withinMs, priority } = kindOf(random);
      trace.push({ arrivalMs: nowMs, costMs, deadlineMs: nowMs + withinMs, priority, tenant });
    }
    nowMs += gapMs * size * (0.5 + random.integer(1_000) / 1_000);
  }
  return trace;
}

/** Periodic tasks in milliseconds: utilisation 0.6, and one that runs does not block another beyond its deadline. */
export const acceptedTasks = [
  { name: 'a', cost: 1, period: 4, deadline: 4 },
  { name: 'b', cost: 2, period: 12, deadline: 12 },
  { name: 'c', cost: 3, period: 16, deadline: 16 },
];

/** `acceptedTasks`, released together and then periodically, for a thousand hyperperiods; the longest of a moment first. */
export function acceptedTrace() {
  const rows = acceptedTasks.flatMap(({ cost, period, deadline }) =>
    Array.from({ length: 48_000 / period }, (_, at) => ({
      arrivalMs: at * period,
      costMs: cost,
      deadlineMs: at * period + deadline,
      tenant: 'a',
      priority: 0,
    })),
  );
  return rows.sort((left, right) => left.arrivalMs - right.arrivalMs || right.costMs - left.costMs);
}
