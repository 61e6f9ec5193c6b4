/** The parts that keep a broker's records, wired together. Invariant: a record that
 * expires is looked after, and so is whoever waits for one. */
import type { Journal } from '../../journal/index.js';
import type { Clock, Random } from '../../kernel/index.js';
import type { Recorder } from '../recorder.js';
import type { BrokerState, VirtualHost } from '../state.js';
import type { RecordListener, RecordReport } from './face.js';
import { RecordKeeper } from './record-keeper.js';
import { RecordReader } from './record-reader.js';
import { RecordSweeper } from './record-sweeper.js';
import { RecordReleases, type ReleaseParts } from './record-releases.js';
import { RecordWatches } from './record-watches.js';
import { StoredPuts } from './stored-puts.js';

export interface BrokerRecordsParts {
  readonly state: BrokerState;
  readonly journal: Journal;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly random: Random;
  readonly turns: ReleaseParts['turns'];
  /** Takes messages that were held for records. */
  readonly dispatcher: ReleaseParts['dispatcher'];
  /** Records of one virtual host. */
  readonly countMax: number;
}

export class BrokerRecords {
  readonly keeper: RecordKeeper;
  readonly reader: RecordReader;
  readonly #watches: RecordWatches;
  readonly #sweeper: RecordSweeper;
  readonly #releases: RecordReleases;
  readonly #parts: BrokerRecordsParts;

  constructor(parts: BrokerRecordsParts) {
    const { state, journal, recorder, clock, random, dispatcher, turns, countMax } = parts;
    const { later } = turns;
    this.#releases = new RecordReleases({ state, clock, dispatcher, turns });
    this.#parts = parts;
    const puts = new StoredPuts(journal);
    this.#watches = new RecordWatches({ puts, account: journal, later });
    this.keeper = new RecordKeeper({
      ...{ state, journal, recorder, clock, countMax },
      follower: this.#watches,
      awaited: ({ waits }) => {
        this.#releases.consider(waits);
      },
      expiring: (store, expiryMs) => {
        this.#sweeper.watch(store, expiryMs);
      },
    });
    this.#sweeper = new RecordSweeper({ keeper: this.keeper, clock, later });
    const pause = (): Promise<void> => new Promise(later);
    this.reader = new RecordReader({ keeper: this.keeper, puts, clock, random, pause });
  }

  /** Begins to watch expiries, and releases what was about to be; called once, after recovery. */
  begin(nowMs: number): void {
    for (const { records: store } of this.#parts.state.virtualHosts.values()) {
      this.#releases.consider(store.waits);
      if (store.count === 0) continue;
      store.begin(nowMs);
      if (store.wheel!.size > 0) this.#sweeper.watch(store, nowMs);
    }
  }

  stop(): void {
    this.#sweeper.stop();
    this.#releases.stop();
  }

  /** See `RecordWatches.watch`. */
  watch(vhost: VirtualHost, prefix: string, listener: RecordListener): () => void {
    return this.#watches.watch(vhost.records, prefix, listener);
  }

  /** The virtual host is gone, and with it its records. */
  forget(vhost: VirtualHost): void {
    this.#sweeper.forget(vhost.records);
    this.#watches.forget(vhost.records);
  }

  /** Adds the offsets in `segment` of what watchers have still to be told. */
  collectOffsets(segment: number, into: number[]): void {
    this.#watches.collectOffsets(segment, into);
  }

  report({ name, records: store }: VirtualHost): RecordReport {
    return {
      vhost: name,
      count: store.count,
      expiring: store.wheel?.size ?? 0,
      bytes: store.bytes,
      memoryBytes: store.byteLength,
      watches: this.#watches.count(store),
      ...store.counters,
    };
  }
}
