/**
 * Objects of one kind added up by the labels that they share, such as queues by virtual host. Invariant: a counter's
 * sum does not fall while its source runs on, though objects go: what they counted last stays in it. A figure that is
 * unknown of every object is unknown of their sum.
 */
import { LabelTree } from './label-tree.js';
import { LatencyHistogram } from '../kernel/index.js';
import { combineOf, histogramMetrics, seriesOf, type Combination, type ObjectKind } from './metric.js';
import type { Sample } from './sample.js';

interface Group {
  readonly labels: readonly string[];
  /** By measured objects, added up anew each time. */
  readonly figures: Float64Array;
  readonly histograms: LatencyHistogram[];
  /** Of objects that are gone. */
  readonly retired: Float64Array;
  readonly retiredHistograms: LatencyHistogram[];
  /** What the source itself tells of those; what it tells is added in place of ours. */
  told: Float64Array | undefined;
  toldHistograms: Sample['histograms'];
  /** No counter is shown as less than this where the source tells: what goes while it is read is missed once. */
  readonly shown: Float64Array;
  readonly shownHistograms: LatencyHistogram[];
  isToldNow: boolean;
  objects: number;
}

/** A sum; `objects` is how many stand in it. */
export interface KindSum extends Sample {
  readonly objects: number;
}

export class KindSums {
  readonly #kind: ObjectKind;
  readonly #combinations: readonly Combination[];
  readonly #isCounter: readonly boolean[];
  readonly #histograms: number;
  readonly #labelCount: number;
  readonly #groups = new LabelTree<Group>();
  readonly #list: Group[] = [];
  #last: Group | undefined;

  constructor(kind: ObjectKind) {
    this.#kind = kind;
    this.#combinations = combineOf(kind);
    this.#isCounter = seriesOf(kind).map((series) => series.kind === 'counter');
    this.#histograms = histogramMetrics(kind).length;
    this.#labelCount = kind.summedBy ?? kind.labels.length;
  }

  begin(): void {
    for (const group of this.#list) group.isToldNow = false;
  }

  /** What a source tells of objects that are gone, by the labels of their sum. */
  tell({ labels, figures, histograms }: Sample): void {
    const group = this.#group(labels);
    group.told ??= new Float64Array(figures.length);
    group.told.set(figures);
    group.toldHistograms = histograms;
    group.isToldNow = true;
  }

  /** Keeps what an object counted that is gone. */
  retire(labels: readonly string[], figures: Float64Array, histograms: Sample['histograms']): void {
    const group = this.#group(labels);
    for (const [column, isCounter] of this.#isCounter.entries()) {
      const figure = figures[column]!;
      if (isCounter && !Number.isNaN(figure)) group.retired[column]! += figure;
    }
    histograms?.forEach((histogram, index) => {
      if (histogram !== undefined) group.retiredHistograms[index]!.merge(histogram);
    });
  }

  /** Begins to add up. */
  clear(): void {
    for (const group of this.#list) {
      group.objects = 0;
      group.figures.fill(NaN);
      for (const histogram of group.histograms) histogram.clear();
    }
  }

  add({ labels, figures, histograms }: Sample): void {
    const group = this.#group(labels);
    group.objects++;
    combine(group.figures, figures, this.#combinations);
    histograms?.forEach((histogram, index) => {
      if (histogram !== undefined) group.histograms[index]!.merge(histogram);
    });
  }

  /** The sums of what was added; once. */
  *results(): Generator<KindSum, void, undefined> {
    for (const group of this.#list) {
      if (group.objects === 0 && !group.isToldNow) continue;
      this.#addRetired(group);
      yield {
        kind: this.#kind.name,
        labels: group.labels,
        figures: group.figures,
        histograms: group.histograms,
        objects: group.objects,
      };
    }
  }

  #addRetired(group: Group): void {
    const { figures, told, retired, shown } = group;
    if (group.objects === 0) this.#emptySums(figures, told);
    for (const [column, isCounter] of this.#isCounter.entries()) {
      if (!isCounter || Number.isNaN(figures[column]!)) continue;
      const toldFigure = told?.[column] ?? NaN;
      figures[column]! += Number.isNaN(toldFigure) ? retired[column]! : toldFigure;
      if (told !== undefined) figures[column] = shown[column] = Math.max(figures[column]!, shown[column]!);
    }
    for (const [index, histogram] of group.histograms.entries()) this.#addHistogram(group, histogram, index);
  }

  #addHistogram(group: Group, histogram: LatencyHistogram, index: number): void {
    histogram.merge(group.toldHistograms?.[index] ?? group.retiredHistograms[index]!);
    if (group.told === undefined) return;
    const shown = group.shownHistograms[index]!;
    histogram.raiseTo(shown);
    shown.raiseTo(histogram);
  }

  /** Nothing added up is zero, where the source says that there is nothing. */
  #emptySums(figures: Float64Array, told: Float64Array | undefined): void {
    for (const [column, combination] of this.#combinations.entries())
      if (combination === 'sum' && !(this.#isCounter[column] && Number.isNaN(told?.[column])))
        figures[column] = 0;
  }

  #group(labels: readonly string[]): Group {
    // Objects of one group mostly come one after another.
    if (this.#last !== undefined && this.#stands(this.#last.labels, labels)) return this.#last;
    const own = labels.slice(0, this.#labelCount);
    this.#last = this.#groups.find(own) ?? this.#make(own);
    return this.#last;
  }

  #stands(own: readonly string[], labels: readonly string[]): boolean {
    for (let index = 0; index < this.#labelCount; index++) if (own[index] !== labels[index]) return false;
    return true;
  }

  #make(labels: readonly string[]): Group {
    const width = this.#isCounter.length;
    const histograms = (): LatencyHistogram[] =>
      Array.from({ length: this.#histograms }, () => new LatencyHistogram());
    const group: Group = {
      labels: [...labels],
      figures: new Float64Array(width).fill(NaN),
      histograms: histograms(),
      retired: new Float64Array(width),
      retiredHistograms: histograms(),
      told: undefined,
      toldHistograms: undefined,
      shown: new Float64Array(width),
      shownHistograms: histograms(),
      isToldNow: false,
      objects: 0,
    };
    this.#groups.put(group.labels, group);
    this.#list.push(group);
    return group;
  }
}

function combine(into: Float64Array, from: Float64Array, combinations: readonly Combination[]): void {
  for (let column = 0; column < into.length; column++) {
    const figure = from[column]!;
    if (Number.isNaN(figure)) continue;
    const before = into[column]!;
    if (Number.isNaN(before)) into[column] = combinations[column] === 'none' ? NaN : figure;
    else into[column] = combined(before, figure, combinations[column]!);
  }
}

function combined(before: number, figure: number, combination: Combination): number {
  switch (combination) {
    case 'sum':
      return before + figure;
    case 'greatest':
      return Math.max(before, figure);
    case 'least':
      return Math.min(before, figure);
    case 'none':
      return NaN;
  }
}
