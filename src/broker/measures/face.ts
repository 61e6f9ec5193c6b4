/**
 * What the broker measures of itself, as monitoring reads it. Invariant: what is unknown is NaN or undefined, never
 * zero; readers of ten thousand queues allocate nothing for each.
 */
import type { LatencyFigures, LatencyHistogram } from '../../kernel/index.js';
import type { QueueFigures } from '../administration-face.js';
import type { FieldTable } from '../content/index.js';

/** What a queue tells beyond its counts. */
export interface QueueMeasures {
  /**
   * How long the oldest message has been in the queue, of those that wait for a consumer or are with one; one that was
   * delayed counts from the end of its delay. 0: there is none. NaN: it cannot be told now. Where delayed messages came
   * first, of the first 16,384.
   */
  readonly oldestAgeMs: number;
  /**
   * The least time that a ready message has left before it has to start; negative: it is late. Known in queues ordered
   * by laxity, and by deadline, where no costs are counted; NaN elsewhere, and where no ready message has a deadline.
   */
  readonly leastLaxityMs: number;
  /**
   * Two readings of a queue with the same revision gave the same figures. 0: it is not at rest, and every reading may
   * differ.
   */
  readonly revision: number;
  /** An operator holds its deliveries back. */
  readonly paused: boolean;
  /** Share of the last second or longer in which no message waited for want of a consumer that could take it. */
  readonly consumerCapacity: number;
  /** From arrival, or the end of a delay, to the first delivery. Undefined: nothing was delivered yet. */
  readonly wait: LatencyFigures | undefined;
  /** From delivery to acknowledgement. */
  readonly processing: LatencyFigures | undefined;
  /**
   * From arrival, or the end of a delay, to acknowledgement, over all deliveries; for a consumer that acknowledges
   * nothing, to the delivery.
   */
  readonly endToEnd: LatencyFigures | undefined;
}

export interface MeasuredQueue extends QueueFigures, QueueMeasures {
  readonly vhost: string;
  /** Nothing is delivered; see `QueueAdministration.pause`. */
  readonly paused: boolean;
}

export interface MeasuredConsumer {
  /** Two readings with the same one gave the same figures; 0: every reading may differ. */
  readonly revision: number;
  /** `CONNECTION (CHANNEL) TAG`: the same for as long as it consumes, and nobody else's. */
  readonly identity: string;
  readonly vhost: string;
  readonly queue: string;
  /** The connection's name. */
  readonly connection: string;
  readonly user: string;
  readonly channel: number;
  readonly tag: string;
  readonly needsAcknowledgement: boolean;
  readonly isExclusive: boolean;
  /** False: with a single active consumer, another one is it. */
  readonly isActive: boolean;
  readonly priority: number;
  readonly arguments: FieldTable;
  /** Messages it may hold, or all consumers of its channel together if that is less; 0: no limit. */
  readonly prefetch: number;
  readonly delivered: number;
  readonly redelivered: number;
  readonly acknowledged: number;
  /** Messages that the client rejected, or gave back. */
  readonly rejected: number;
  readonly unacknowledged: number;
  /** How long it has held its oldest message; 0: it holds none. */
  readonly oldestUnacknowledgedMs: number;
  /** From delivery to acknowledgement. Undefined: nothing was measured yet. */
  readonly processing: LatencyFigures | undefined;
}

/** What clients published to one exchange since the process began. */
export interface MeasuredExchange {
  vhost: string;
  name: string;
  /** Messages that came to it. */
  publishedIn: number;
  /** Messages that queues were given of them: one for each queue. */
  publishedOut: number;
}

/** Messages that no queue took, since the broker started. */
export interface UnroutableCounts {
  /** They went back to their publisher, who had asked for that. */
  returned: number;
  /** They are gone. */
  dropped: number;
}

/** Latencies of queues that are gone. Not to be changed. */
export interface RetiredLatencies {
  readonly wait: LatencyHistogram;
  readonly processing: LatencyHistogram;
  readonly endToEnd: LatencyHistogram;
}

/** The latencies of many queues together, those that are gone too: merged, so that quantiles are those of all. */
export interface SummedLatencies {
  readonly wait: LatencyFigures;
  readonly processing: LatencyFigures;
  readonly endToEnd: LatencyFigures;
}

/** Where monitoring reads. */
export interface BrokerMeasures {
  /**
   * Every queue, in one object that is filled again for each, so that a long list can be read in slices: copy what is
   * kept. What changes meanwhile may be in it or not.
   */
  eachQueue(vhost?: string): Iterable<MeasuredQueue>;
  /** A copy of the same for one queue. Throws `not-found`. */
  ofQueue(vhost: string, queue: string): MeasuredQueue;
  /** The queue's `consumerCapacity` alone, at a small part of the cost. NaN: unknown, or no such queue. */
  capacityOf(vhost: string, queue: string): number;
  /** Every consumer, as `eachQueue` gives queues. Consumers of direct replies are none of a queue. */
  eachConsumer(vhost?: string): Iterable<MeasuredConsumer>;
  /** Copies, of one queue. Throws `not-found`. */
  consumersOf(vhost: string, queue: string): MeasuredConsumer[];
  /** What clients published to each exchange, one by one, in one object that is filled again for each. */
  eachExchange(vhost?: string): Iterable<Readonly<MeasuredExchange>>;
  /** By virtual host. */
  unroutable(): ReadonlyMap<string, Readonly<UnroutableCounts>>;
  /** Of all queues that are read by now; undefined: latencies are not measured. */
  latencies(): SummedLatencies | undefined;
  /** The same of the queues of one virtual host; undefined too where there is no such virtual host. */
  latenciesOf(vhost: string): SummedLatencies | undefined;
  /** By virtual host, what its queues that are gone have measured; none where that is nothing. */
  readonly retiredLatencies: ReadonlyMap<string, RetiredLatencies>;
}
