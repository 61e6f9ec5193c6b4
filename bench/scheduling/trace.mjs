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
