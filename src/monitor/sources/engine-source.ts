/**
 * What an engine is as a whole: whether it answers, its connections, alarms and journal. Invariant: only
 * what it tells is known.
 */
import type { LatencyFigures } from '../../kernel/index.js';
import { alarmKind, engineKind, releaseKind } from '../catalogue.js';
import type { ProbeFigures } from '../probe/prober.js';
import { histogramMetrics } from '../metric.js';
import { SampleFrame, type Sample, type SampleSource } from '../sample.js';
import { writeLatency } from './latency-columns.js';
import type { EngineTotals } from './queue-source.js';
import { TotalColumns } from './total-columns.js';
import { probeRows } from './probe-rows.js';

/** Counters since it came to be; what is left out is unknown. */
export interface EngineFigures {
  /** Whether it answers; left out: it does. Undefined: it was not asked yet. */
  readonly isUp?: boolean | undefined;
  readonly connections?: number | undefined;
  /** Browsers that are signed in. */
  readonly sessions?: number | undefined;
  /** Dead letters that were sent back. */
  readonly redriven?: number | undefined;
  /** Connections and channels that came and went. */
  readonly churn?: ChurnFigures | undefined;
  readonly journal?: JournalFigures | undefined;
  /** Messages that found no queue. */
  readonly unroutable?: number | undefined;
  /** Whether publishers wait for the disk to keep up. */
  readonly holdsPublishersBack?: boolean | undefined;
  /** Every reason for which publishers can be blocked, and whether they are. */
  readonly alarms?: Readonly<Record<string, boolean>> | undefined;
  readonly version?: string | undefined;
  /** What probe messages tell, where there are any. */
  readonly probe?: ProbeFigures | undefined;
  /** What all queues are together. */
  readonly totals?: EngineTotals | undefined;
}

export interface ChurnFigures {
  readonly connectionsOpened: number;
  readonly connectionsClosed: number;
  readonly channelsOpened: number;
  readonly channelsClosed: number;
}

export interface JournalFigures {
  /** What making a batch durable took. */
  readonly syncs: LatencyFigures;
  readonly batchBytesMean: number | undefined;
  readonly bytes: number;
  readonly records: number;
  readonly segments: number;
  readonly segmentBytes: number;
  readonly liveBytes: number;
  readonly unsyncedBytes: number;
  readonly blockLoads: number;
  readonly snapshots: number;
}

export class EngineSource implements SampleSource {
  readonly name: string;
  readonly #engine: string;
  readonly #read: () => EngineFigures;
  readonly #frame = new SampleFrame(engineKind);
  readonly #totals = new TotalColumns(this.#frame, 'engine_');
  /** Where its histograms begin, in their order. */
  readonly #latencyColumns = histogramMetrics(engineKind).map(({ name }) =>
    this.#frame.column(`${name}_count`),
  );
  readonly #flag = { alarm: new SampleFrame(alarmKind), release: new SampleFrame(releaseKind) };

  /** `read` throws while the engine does not answer. */
  constructor(engine: string, read: () => EngineFigures) {
    this.name = `engine ${engine}`;
    this.#engine = engine;
    this.#read = read;
  }

  *observe(): Generator<Sample, void, undefined> {
    const engine = this.#engine;
    const found = this.#read();
    yield this.#whole('isUp' in found ? found : { ...found, isUp: true });
    const { alarm, release } = this.#flag;
    for (const [name, isRaised] of Object.entries(found.alarms ?? {})) {
      alarm.figures[0] = isRaised ? 1 : 0;
      yield { kind: alarmKind.name, labels: [engine, name], figures: alarm.figures };
    }
    if (found.version === undefined) return;
    release.figures[0] = 1;
    yield { kind: releaseKind.name, labels: [engine, found.version], figures: release.figures };
  }

  #whole(found: EngineFigures): Sample {
    const { figures } = this.#frame;
    const { journal, probe, totals } = found;
    this.#frame.clear();
    this.#totals.write(totals?.figures, totals?.latencies);
    for (const [name, value] of Object.entries(rowsOf(found)))
      figures[this.#frame.column(`sluice_${name}`)] = value ?? NaN;
    const latencies = [journal?.syncs, probe?.roundTrips, probe?.recoveries];
    for (const [index, latency] of latencies.entries())
      if (latency !== undefined) writeLatency(figures, this.#latencyColumns[index]!, latency);
    const histograms = latencies.map((latency) => latency?.total);
    return { kind: engineKind.name, labels: [this.#engine], figures, histograms };
  }
}

function rowsOf(found: EngineFigures): Readonly<Record<string, number | undefined>> {
  const { isUp, connections, sessions, churn, journal, unroutable, holdsPublishersBack, probe } = found;
  return {
    engine_up: isUp === undefined ? undefined : Number(isUp),
    connections,
    http_sessions: sessions,
    dead_letters_redriven_total: found.redriven,
    engine_queues: found.totals?.queues,
    messages_unroutable_total: unroutable,
    publishers_held_back: holdsPublishersBack === undefined ? undefined : Number(holdsPublishersBack),
    connections_opened_total: churn?.connectionsOpened,
    connections_closed_total: churn?.connectionsClosed,
    channels_opened_total: churn?.channelsOpened,
    channels_closed_total: churn?.channelsClosed,
    ...(journal === undefined ? {} : journalRows(journal)),
    ...(probe === undefined ? {} : probeRows(probe)),
  };
}

function journalRows(journal: JournalFigures): Readonly<Record<string, number | undefined>> {
  return {
    journal_batch_bytes: journal.batchBytesMean,
    journal_bytes_total: journal.bytes,
    journal_records_total: journal.records,
    journal_segments: journal.segments,
    journal_segment_bytes: journal.segmentBytes,
    journal_live_bytes: journal.liveBytes,
    journal_unsynced_bytes: journal.unsyncedBytes,
    journal_block_loads_total: journal.blockLoads,
    journal_snapshots: journal.snapshots,
  };
}
