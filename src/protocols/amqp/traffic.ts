/**
 * What went over a connection, in messages: what its channels count, and what those counted that are closed.
 * Invariant: reading it costs a visit to each open channel, and counting costs the channels nothing.
 */
import { LatencyTrack, type Clock, type LatencyFigures } from '../../kernel/index.js';

/** Messages, each delivery counted. */
export interface TrafficCounts {
  /** That the client published. */
  published: number;
  /** That were handed to it. */
  delivered: number;
  redelivered: number;
  acknowledged: number;
  /** Rejected, or given back. */
  rejected: number;
}

export function newTrafficCounts(): TrafficCounts {
  return { published: 0, delivered: 0, redelivered: 0, acknowledged: 0, rejected: 0 };
}

/** A channel, as far as it counts. */
export interface CountedChannel {
  readonly publishing: { readonly published: number };
  readonly delivered: number;
  readonly redelivered: number;
  readonly broker: { readonly settled: Pick<TrafficCounts, 'acknowledged' | 'rejected'> };
}

export class Traffic {
  readonly #clock: Pick<Clock, 'now'>;
  /** The open ones. */
  readonly #channels: ReadonlyMap<number, CountedChannel>;
  readonly #past = newTrafficCounts();
  #confirms: LatencyTrack | undefined;

  constructor(clock: Pick<Clock, 'now'>, channels: ReadonlyMap<number, CountedChannel>) {
    this.#clock = clock;
    this.#channels = channels;
  }

  /** A channel is closed. */
  keep(channel: CountedChannel): void {
    add(channel, this.#past);
  }

  /** Writes all into `counts`. */
  read(counts: TrafficCounts): void {
    const past = this.#past;
    counts.published = past.published;
    counts.delivered = past.delivered;
    counts.redelivered = past.redelivered;
    counts.acknowledged = past.acknowledged;
    counts.rejected = past.rejected;
    for (const channel of this.#channels.values()) add(channel, counts);
  }

  now(): number {
    return this.#clock.now();
  }

  /** A publish waited so long for its confirm. */
  confirmTook(milliseconds: number): void {
    (this.#confirms ??= new LatencyTrack(this.now())).record(milliseconds);
  }

  /** How long publishes waited for their confirm; undefined: none was timed yet. */
  get confirms(): LatencyFigures | undefined {
    return this.#confirms?.read(this.now());
  }
}

function add({ publishing, delivered, redelivered, broker }: CountedChannel, counts: TrafficCounts): void {
  counts.published += publishing.published;
  counts.delivered += delivered;
  counts.redelivered += redelivered;
  counts.acknowledged += broker.settled.acknowledged;
  counts.rejected += broker.settled.rejected;
}
