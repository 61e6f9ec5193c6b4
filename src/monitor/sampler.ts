/**
 * Measures everything once a second and hands it on, in slices of 2 ms. Invariant: one measurement runs at a time; one
 * that takes longer than a second leaves out the seconds that it took, which stay unknown. A source that fails leaves
 * its own objects unknown and no others.
 */
import { messageOf, Rounds, type Clock } from '../kernel/index.js';
import { Pacer } from './history/index.js';
import type { Sample, SampleSource } from './sample.js';
import { SourceBook } from './source-book.js';

/** Where measurements go. */
export interface SampleSink {
  /** False: nothing may be measured in this second. */
  begin(second: number): Promise<boolean>;
  /** `source` is the number of its source. */
  measure(sample: Sample, source: number): void;
  /** Counters of objects that are gone. */
  tell(sample: Sample): void;
  end(second: number): Promise<void>;
}

export interface SamplerOptions {
  readonly clock: Clock;
  /** Resolves when others on the event loop have had their turn. */
  readonly pause: () => Promise<void>;
  readonly sink: SampleSink;
  readonly sources: SourceBook;
  /** Told when what keeps the measurements failed. */
  readonly onProblem?: (problem: string) => void;
}

/** Some take 5 µs. */
const samplesPerLook = 16;

export class Sampler {
  readonly #options: SamplerOptions;
  readonly #rounds: Rounds;

  constructor(options: SamplerOptions) {
    this.#options = options;
    const { clock, onProblem = () => undefined } = options;
    const delayMs = (): number => 1_000 - (clock.now() % 1_000);
    this.#rounds = new Rounds({ clock, delayMs, round: () => this.runOnce(), onProblem });
  }

  /** Begins at the next full second. Safe to call twice. */
  start(): void {
    this.#rounds.start();
  }

  /** Ends after the measurement under way. Safe before `start` and twice. */
  stop(): Promise<void> {
    return this.#rounds.stop();
  }

  /** Measures everything now. */
  async runOnce(): Promise<void> {
    const { clock, sink, pause, sources } = this.#options;
    const second = Math.floor(clock.now() / 1_000);
    if (!(await sink.begin(second))) return;
    const pacer = new Pacer(clock, pause);
    for (const { source, number } of sources.all()) await this.#measure(source, number, pacer);
    for (const sample of sources.samples(clock.now())) sink.measure(sample, SourceBook.own);
    await sink.end(second);
  }

  async #measure(source: SampleSource, number: number, pacer: Pacer): Promise<void> {
    const { sink, sources, clock } = this.#options;
    try {
      for (const sample of source.gone?.() ?? []) sink.tell(sample);
      let count = 0;
      for (const sample of source.observe()) {
        sink.measure(sample, number);
        // A look at the clock costs as much as an object that stands as before.
        if (++count % samplesPerLook === 0 && pacer.isDue) await pacer.pause();
      }
      sources.succeeded(number, clock.now());
    } catch (problem) {
      sources.failed(number, messageOf(problem));
    }
  }
}
