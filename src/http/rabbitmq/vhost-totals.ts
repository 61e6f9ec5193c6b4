/** The queues of each virtual host in sums, those that are gone included in the counters. */
import { queuesInSlices } from '../queue-slices.js';
import { seenBy } from './operation.js';
import type { Visit } from './rabbit-route.js';
import type { RateSet } from './rates.js';
import { rated, ratedFigures, type Rated } from './readings.js';

/** What the queues of one virtual host hold and have done. */
export interface VhostTotal {
  figures: Record<Rated, number>;
  rates: RateSet | undefined;
  queues: number;
  /** Messages that no queue took. */
  returned: number;
  dropped: number;
}

function zero(): Record<Rated, number> {
  return { publish: 0, deliver: 0, ack: 0, redeliver: 0, ready: 0, unacknowledged: 0 };
}

function add(into: Record<Rated, number>, figures: Readonly<Record<Rated, number>>): void {
  for (const name of rated) into[name] += figures[name];
}

/** Of every virtual host that the caller sees. */
export async function vhostTotals({ call, caller, rates }: Visit): Promise<Map<string, VhostTotal>> {
  const { administration } = call.services.broker;
  rates.want(call.services);
  const totals = new Map<string, VhostTotal>();
  const isSeen = seenBy(caller);
  const unroutable = administration.measures.unroutable();
  for (const [vhost, gone] of administration.retiredCounters()) {
    if (!isSeen({ vhost })) continue;
    const { published: publish, delivered: deliver, acknowledged: ack, redelivered: redeliver } = gone;
    totals.set(vhost, {
      figures: { ...zero(), publish, deliver, ack, redeliver },
      rates: rates.ofVhost(vhost),
      queues: 0,
      ...{ returned: 0, dropped: 0, ...unroutable.get(vhost) },
    });
  }
  for await (const slice of queuesInSlices(administration)) {
    for (const queue of slice) {
      const total = totals.get(queue.vhost);
      if (total === undefined) continue;
      add(total.figures, ratedFigures(queue));
      total.queues++;
    }
  }
  return totals;
}

/** All of them together; the rates are unknown while one of them is. */
export function sumOf(totals: readonly VhostTotal[]): VhostTotal {
  const sum: VhostTotal = { figures: zero(), rates: undefined, queues: 0, returned: 0, dropped: 0 };
  const rates = zero();
  let isKnown = totals.length > 0;
  for (const total of totals) {
    add(sum.figures, total.figures);
    sum.queues += total.queues;
    sum.returned += total.returned;
    sum.dropped += total.dropped;
    if (total.rates === undefined) isKnown = false;
    else add(rates, total.rates);
  }
  if (isKnown) sum.rates = rates;
  return sum;
}
