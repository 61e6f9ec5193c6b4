/**
 * Samples of a simulated broker: its own measures, and what its world tells of connections, descriptors and the disk, as
 * a server would. Invariant: what nothing tells stays unknown.
 */
import type { Broker } from '../../src/broker/index.js';
import {
  alarmKind,
  consumerKind,
  engineKind,
  nodeKind,
  queueKind,
  SampleFrame,
  type ObjectKind,
  type Sample,
} from '../../src/monitor/index.js';
import type { LatencyFigures } from '../../src/kernel/index.js';

/** What the broker cannot know. */
export interface Surroundings {
  connections: number;
  opened: number;
  closed: number;
  descriptors: number;
  diskFreeBytes: number;
  diskTotalBytes: number;
}

const descriptorsLimit = 1_024;

export class MeasuredBroker {
  readonly #broker: Broker;
  readonly #around: Surroundings;
  readonly #frames = new Map<string, SampleFrame>();

  constructor(broker: Broker, around: Surroundings) {
    this.#broker = broker;
    this.#around = around;
  }

  latest(kind: string): Iterable<Sample> {
    switch (kind) {
      case 'queue':
        return this.#queues();
      case 'consumer':
        return this.#consumers();
      case 'engine':
        return [this.#engine()];
      case 'node':
        return [this.#node()];
      case 'alarm':
        return this.#alarms();
      default:
        return [];
    }
  }

  *#queues(): Generator<Sample, void, undefined> {
    for (const queue of this.#broker.administration.measures.eachQueue())
      yield this.#sample(queueKind, ['embedded', queue.vhost, queue.name], {
        messages_published_total: queue.published,
        messages_delivered_total: queue.delivered,
        messages_acknowledged_total: queue.acknowledged,
        messages_redelivered_total: queue.redelivered,
        messages_dead_lettered_total: queue.deadLettered,
        messages_ready: queue.ready,
        messages_unacknowledged: queue.unacknowledged,
        messages_gated: queue.gated,
        messages_bytes: queue.bytes,
        consumers: queue.consumers,
        consumer_capacity_ratio: queue.consumerCapacity,
        oldest_message_age_seconds: queue.oldestAgeMs / 1_000,
        deadlines_missed_total: queue.deadlinesMissed,
        paused: queue.paused ? 1 : 0,
        messages_returned_again_total: queue.returnedAgain,
        dead_letters_lost_total: queue.deadLettersLost,
        ...latency('message_wait_seconds', queue.wait),
        ...latency('message_processing_seconds', queue.processing),
      });
  }

  *#consumers(): Generator<Sample, void, undefined> {
    for (const each of this.#broker.administration.measures.eachConsumer())
      yield this.#sample(consumerKind, ['embedded', each.vhost, each.queue, each.identity], {
        consumer_messages_delivered_total: each.delivered,
        consumer_messages_acknowledged_total: each.acknowledged,
        consumer_unacknowledged_messages: each.unacknowledged,
        consumer_prefetch_limit: each.prefetch === 0 ? NaN : each.prefetch,
        consumer_oldest_unacknowledged_age_seconds: each.oldestUnacknowledgedMs / 1_000,
      });
  }

  #engine(): Sample {
    const broker = this.#broker;
    const stats = broker.journal.stats();
    let unroutable = 0;
    for (const { returned, dropped } of broker.administration.measures.unroutable().values())
      unroutable += returned + dropped;
    return this.#sample(engineKind, ['embedded'], {
      engine_up: 1,
      connections: this.#around.connections,
      connections_opened_total: this.#around.opened,
      connections_closed_total: this.#around.closed,
      messages_unroutable_total: unroutable,
      publishers_held_back: broker.pressure ? 1 : 0,
      journal_bytes_total: stats.appendedBytes,
      journal_records_total: stats.appendedRecords,
      journal_segment_bytes: stats.segmentBytes,
      journal_live_bytes: stats.liveBytes,
      journal_unsynced_bytes: stats.unsyncedBytes,
      journal_batch_bytes: stats.batchBytes.mean,
      ...latency('journal_sync_seconds', stats.syncs),
    });
  }

  #node(): Sample {
    return this.#sample(nodeKind, ['embedded', 'here'], {
      process_open_descriptors: this.#around.descriptors,
      process_descriptors_limit: descriptorsLimit,
      disk_free_bytes: this.#around.diskFreeBytes,
      disk_total_bytes: this.#around.diskTotalBytes,
    });
  }

  *#alarms(): Generator<Sample, void, undefined> {
    for (const name of ['memory', 'disk'] as const)
      yield this.#sample(alarmKind, ['embedded', name], { alarm: this.#broker.alarms.has(name) ? 1 : 0 });
  }

  #sample(kind: ObjectKind, labels: readonly string[], told: Readonly<Record<string, number>>): Sample {
    let frame = this.#frames.get(kind.name);
    if (frame === undefined) this.#frames.set(kind.name, (frame = new SampleFrame(kind)));
    frame.clear();
    for (const [name, value] of Object.entries(told)) frame.figures[frame.column(`sluice_${name}`)] = value;
    return { kind: kind.name, labels, figures: frame.figures };
  }
}

function latency(name: string, told: LatencyFigures | undefined): Readonly<Record<string, number>> {
  if (told === undefined) return {};
  const { recent } = told;
  return {
    [`${name}_count`]: told.count,
    [`${name}_sum`]: told.sumMicroseconds / 1e6,
    [`${name}_p50`]: (recent?.p50Microseconds ?? NaN) / 1e6,
    [`${name}_p95`]: (recent?.p95Microseconds ?? NaN) / 1e6,
    [`${name}_p99`]: (recent?.p99Microseconds ?? NaN) / 1e6,
    [`${name}_p999`]: (recent?.p999Microseconds ?? NaN) / 1e6,
    [`${name}_max`]: (recent?.maxMicroseconds ?? NaN) / 1e6,
  };
}
