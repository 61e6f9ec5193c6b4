/**
 * Measures, keeps and tells: the sampler, the newest measurement, and history. Invariant: the newest measurement is
 * shown only whole; with history turned off it is taken when somebody asks for it.
 */
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf, SluiceError, type Clock, type Disk } from '../kernel/index.js';
import { catalogue, queueKind } from './catalogue.js';
import type { Figures } from './figures.js';
import {
  History,
  Pacer,
  type Coverage,
  type HistoryHealth,
  type HistoryOptions,
  type Selection,
  type Stretch,
} from './history/index.js';
import { Latest } from './latest.js';
import { RecentRates } from './recent-rates.js';
import type { Sample, SampleSource } from './sample.js';
import { Sampler, type SampleSink } from './sampler.js';
import { SourceBook, type SourceHealth } from './source-book.js';
import type { KindSum } from './sums.js';

export interface MonitorOptions {
  readonly clock: Clock;
  readonly disk: Disk;
  /** The data directory: history lies in `history` in it. */
  readonly directory: string;
  /** Undefined: nothing is measured but when somebody asks, and nothing is kept. */
  readonly history: Pick<HistoryOptions, 'budgetBytes' | 'objectsMax'> | undefined;
  readonly sources: readonly SampleSource[];
  /** Told when something could not be measured or kept; never the same again and again. */
  readonly onProblem: (problem: string) => void;
  /** Resolves when others on the event loop have had their turn; a turn of Node's loop unless said otherwise. */
  readonly pause?: () => Promise<void>;
}

/** How the monitor itself fares. */
export interface MonitorHealth {
  /** Unix seconds of the newest measurement. */
  readonly second: number | undefined;
  readonly sources: readonly SourceHealth[];
  readonly history: HistoryHealth | undefined;
  /** How far back history reaches, finest first. */
  readonly coverage: readonly Coverage[];
}

/** A measurement that is asked for is taken anew when the newest is older. */
const freshMs = 500;

export class Monitor implements Figures {
  readonly #options: MonitorOptions;
  readonly #history: History | undefined;
  readonly #latest = new Latest(catalogue);
  readonly #rates = new RecentRates(queueKind);
  readonly #sources: SourceBook;
  readonly #sampler: Sampler;
  readonly #pause: () => Promise<void>;
  readonly #listeners = new Set<(second: number) => void>();
  #measuredMs = -Infinity;
  #refreshing: Promise<void> | undefined;

  private constructor(options: MonitorOptions, history: History | undefined) {
    const { clock, onProblem, sources, pause = () => nextTurn() } = options;
    this.#options = options;
    this.#history = history;
    this.#pause = pause;
    this.#sources = new SourceBook(onProblem);
    for (const source of sources) this.add(source);
    const sink = this.#sink();
    this.#sampler = new Sampler({ clock, pause, sink, sources: this.#sources, onProblem });
  }

  /** Rejects with the system's error where history cannot be opened. */
  static async open(options: MonitorOptions): Promise<Monitor> {
    const { disk, clock, directory, history, pause = () => nextTurn() } = options;
    if (history === undefined) return new Monitor(options, undefined);
    const opened = await History.open({
      ...{ disk, clock, pause, kinds: catalogue, directory: join(directory, 'history') },
      ...history,
    });
    return new Monitor(options, opened);
  }

  /** Measures at every second from now on, where history is kept. Safe to call twice. */
  start(): void {
    if (this.#history !== undefined) this.#sampler.start();
  }

  /** Ends after the measurement under way, and writes what is not written yet. */
  async stop(): Promise<void> {
    await this.#sampler.stop();
    await this.#refreshing;
    await this.#history?.close();
  }

  /** Measures one more source. Gives the way to take it away again. */
  add(source: SampleSource): () => void {
    return this.#sources.add(source, this.#options.clock.now());
  }

  /** Measures everything now. Not while the sampler runs. */
  runOnce(): Promise<void> {
    return this.#sampler.runOnce();
  }

  /** Resolves when the newest measurement is as new as it should be: at once while the sampler runs. */
  async refresh(): Promise<void> {
    const { clock } = this.#options;
    if (this.#history !== undefined && this.second !== undefined) return;
    if (clock.monotonic() - this.#measuredMs < freshMs) return;
    this.#refreshing ??= this.runOnce().finally(() => (this.#refreshing = undefined));
    await this.#refreshing;
  }

  /** Whether it measures every second and keeps what it measured. */
  get keepsHistory(): boolean {
    return this.#history !== undefined;
  }

  get second(): number | undefined {
    return this.#latest.second;
  }

  /** Milliseconds since the newest measurement; Infinity: there is none. */
  get ageMs(): number {
    return this.#options.clock.monotonic() - this.#measuredMs;
  }

  latest(kind: string): Iterable<Sample> {
    return this.#latest.each(kind);
  }

  find(kind: string, labels: readonly string[]): Float64Array | undefined {
    return this.#latest.find(kind, labels);
  }

  /**
   * Increments a second of a counter of a queue, by its column of `seriesOf`, over the last five seconds or so;
   * undefined: unknown.
   */
  queueRate(labels: readonly string[], column: number): number | undefined {
    return this.#rates.rateOf(labels, column);
  }

  /**
   * Gives all objects of a kind, added up by the labels that exporters keep, to `use`, which does not keep the sample.
   * Read in slices.
   */
  sums(kind: string, use: (sum: KindSum) => void): Promise<void> {
    return this.#latest.sums(kind, this.pacer(), use);
  }

  /** For work on figures in slices. */
  pacer(): Pacer {
    return new Pacer(this.#options.clock, this.#pause);
  }

  objects(kind: string): Iterable<readonly string[]> {
    return this.#history?.objects(kind) ?? this.#latest.objects(kind);
  }

  async select(selection: Selection): Promise<readonly Stretch[]> {
    if (this.#history === undefined)
      throw new SluiceError('unsupported', 'history is turned off (monitor.enabled)');
    return this.#history.select(selection);
  }

  onMeasured(listener: (second: number) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Unix seconds of the oldest that history knows; undefined: it knows nothing yet. */
  get historySecond(): number | undefined {
    return this.#history?.startSecond;
  }

  get health(): MonitorHealth {
    return {
      second: this.second,
      sources: this.#sources.health(),
      history: this.#history?.health,
      coverage: this.#history?.coverage() ?? [],
    };
  }

  #sink(): SampleSink {
    return {
      begin: async (second) => {
        if (this.#history !== undefined && !(await this.#history.begin(second))) return false;
        this.#latest.begin();
        this.#rates.begin(second);
        return true;
      },
      measure: (sample, source) => {
        this.#latest.measure(sample, source);
        this.#history?.measure(sample);
        this.#rates.measure(sample);
      },
      tell: (sample) => {
        this.#latest.tell(sample);
      },
      end: (second) => this.#complete(second),
    };
  }

  async #complete(second: number): Promise<void> {
    this.#latest.complete(second, (source) => this.#sources.hasFailed(source));
    this.#rates.complete();
    this.#measuredMs = this.#options.clock.monotonic();
    await this.#history?.end();
    for (const listener of this.#listeners) this.#notify(listener, second);
  }

  /** One listener that fails takes nothing from the others. */
  #notify(listener: (second: number) => void, second: number): void {
    try {
      listener(second);
    } catch (problem) {
      this.#options.onProblem(messageOf(problem));
    }
  }
}
