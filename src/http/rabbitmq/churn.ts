/** Connections and channels that came and went, as RabbitMQ shows them. Invariant: what is not counted is left out. */
import type { Item } from './columns.js';
import { withChurnSamples } from './object-samples.js';
import type { Visit } from './rabbit-route.js';
import { churned, churnOf } from './readings.js';
import type { RangeKind } from './samples.js';

/** Counts, rates where they are known, and samples where they are asked for. */
export async function churnItem(visit: Visit, kind: RangeKind): Promise<Item> {
  const { call, rates } = visit;
  rates.want(call.services);
  const counts = churnOf(call.services);
  if (counts === undefined) return {};
  const growth = rates.ofChurn();
  const item: Record<string, unknown> = {};
  for (const name of churned) {
    item[name] = counts[name];
    if (growth !== undefined) item[`${name}_details`] = { rate: growth[name] };
  }
  return withChurnSamples(visit, kind, item);
}
