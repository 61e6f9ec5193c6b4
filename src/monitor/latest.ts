/** The newest measurement of everything: see `LatestKind`. Invariant: it is shown whole, or not at all. */
import { assert, Turns } from '../kernel/index.js';
import type { Pacer } from './history/index.js';
import { LatestKind } from './latest-kind.js';
import { seriesOf, type ObjectKind } from './metric.js';
import type { Sample } from './sample.js';
import type { KindSum } from './sums.js';

type Filled = { -readonly [Field in keyof Sample]: Sample[Field] };

export class Latest {
  readonly #kinds: ReadonlyMap<string, LatestKind>;
  readonly #turns = new Turns();
  #second: number | undefined;

  constructor(kinds: readonly ObjectKind[]) {
    this.#kinds = new Map(kinds.map((kind) => [kind.name, new LatestKind(kind)]));
  }

  /** Unix seconds of the measurement that is shown. */
  get second(): number | undefined {
    return this.#second;
  }

  begin(): void {
    for (const kind of this.#kinds.values()) kind.begin();
  }

  measure(sample: Sample, source: number): void {
    this.#kind(sample.kind).measure(sample, source);
  }

  tell(sample: Sample): void {
    this.#kind(sample.kind).sums.tell(sample);
  }

  complete(second: number, hasFailed: (source: number) => boolean): void {
    for (const kind of this.#kinds.values()) kind.complete(hasFailed);
    this.#second = second;
  }

  /** Every object of a kind, in the same sample. An unknown kind has none. */
  *each(kind: string): Generator<Sample, void, undefined> {
    const latest = this.#kinds.get(kind);
    if (latest === undefined) return;
    const sample = blankSample(latest.kind);
    for (let row = 0; row < latest.rows; row++) if (latest.read(row, sample)) yield sample;
  }

  /** Gives the same, added up by the labels that exporters keep, to `use`, at once when all is added up. */
  sums(kind: string, pacer: Pacer, use: (sum: KindSum) => void): Promise<void> {
    return this.#turns.take(async () => {
      const { sums } = this.#kind(kind);
      pacer.restart();
      sums.clear();
      for (const sample of this.each(kind)) {
        sums.add(sample);
        if (pacer.isDue) await pacer.pause();
      }
      for (const sum of sums.results()) use(sum);
    });
  }

  find(kind: string, labels: readonly string[]): Float64Array | undefined {
    return this.#kinds.get(kind)?.find(labels);
  }

  objects(kind: string): (readonly string[])[] {
    return this.#kinds.get(kind)?.objects() ?? [];
  }

  #kind(name: string): LatestKind {
    const kind = this.#kinds.get(name);
    assert(kind !== undefined, 'a sample is of a kind of the catalogue');
    return kind;
  }
}

function blankSample(kind: ObjectKind): Filled {
  const figures = new Float64Array(seriesOf(kind).length);
  return { kind: kind.name, labels: [], figures, histograms: undefined };
}
