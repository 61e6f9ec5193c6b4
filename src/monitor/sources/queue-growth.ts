/**
 * What the queues of each virtual host have counted, of an engine that forgets a queue's counts when it goes. Invariant:
 * nothing falls: a counter that begins anew adds what it counts from there on, and one that is gone keeps what it added.
 */
import type { QueueFigures } from './queue-source.js';

const names = [
  ...(['published', 'delivered', 'acknowledged', 'redelivered'] as const),
  ...(['expired', 'deadLettered', 'dropped'] as const),
];

interface Seen {
  readonly figures: Float64Array;
  reading: number;
}

export class QueueGrowth {
  readonly #sums = new Map<string, Float64Array>();
  readonly #queues = new Map<string, Map<string, Seen>>();
  #reading = 0;

  add(vhost: string, queue: QueueFigures): void {
    const sums = this.#sums.get(vhost) ?? this.#make(vhost);
    const queues = this.#queues.get(vhost)!;
    let seen = queues.get(queue.name);
    if (seen === undefined) {
      seen = { figures: new Float64Array(names.length), reading: 0 };
      queues.set(queue.name, seen);
    }
    seen.reading = this.#reading;
    for (const [index, name] of names.entries()) {
      const value = queue[name] ?? NaN;
      if (Number.isNaN(value)) continue;
      const before = seen.figures[index]!;
      const growth = value >= before ? value - before : value;
      sums[index] = (Number.isNaN(sums[index]!) ? 0 : sums[index]!) + growth;
      seen.figures[index] = value;
    }
  }

  /** In the order of the counters; NaN: unknown of every queue so far. */
  of(vhost: string): Float64Array {
    return this.#sums.get(vhost) ?? this.#make(vhost);
  }

  /** Ends a reading: queues that were not in it are gone. */
  forgetAbsent(): void {
    for (const queues of this.#queues.values())
      for (const [name, { reading }] of queues) if (reading !== this.#reading) queues.delete(name);
    this.#reading++;
  }

  /** A virtual host is gone. */
  forget(vhost: string): void {
    this.#sums.delete(vhost);
    this.#queues.delete(vhost);
  }

  #make(vhost: string): Float64Array {
    const sums = new Float64Array(names.length).fill(NaN);
    this.#sums.set(vhost, sums);
    this.#queues.set(vhost, new Map());
    return sums;
  }
}
