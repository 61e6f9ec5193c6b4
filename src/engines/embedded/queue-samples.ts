/** The embedded engine's queues as the port shows them. */
import type { BrokerMeasures, MeasuredQueue } from '../../broker/index.js';
import type { QueueSample } from '../index.js';
import { virtualHost } from './embedded-topology.js';

/** Samples of the named queues, as far as there are such, or of all. */
export function queueSamples(
  measures: BrokerMeasures,
  atMs: number,
  names: readonly string[] | undefined,
): QueueSample[] {
  const wanted = names === undefined ? undefined : new Set(names);
  const samples: QueueSample[] = [];
  for (const queue of measures.eachQueue(virtualHost))
    if (wanted?.has(queue.name) ?? true) samples.push(sampleOf(queue, atMs));
  return samples;
}

/** A copy: the broker fills the same object again for the next queue. */
function sampleOf(measured: MeasuredQueue, atMs: number): QueueSample {
  const { name: queue, revision, ...figures } = measured;
  return {
    ...figures,
    queue,
    atMs,
    oldestAgeMs: known(figures.oldestAgeMs),
    leastLaxityMs: known(figures.leastLaxityMs),
    consumerCapacity: known(figures.consumerCapacity),
  };
}

function known(figure: number): number | undefined {
  return Number.isNaN(figure) ? undefined : figure;
}
