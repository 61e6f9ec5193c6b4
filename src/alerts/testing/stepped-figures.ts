/**
 * Figures that a simulation writes step by step into one row an object: cheap enough for weeks. Invariant: a series that
 * is followed stays known as history, a point a minute; others have none.
 */
import { assert } from '../../kernel/index.js';
import {
  catalogue,
  Points,
  seriesOf,
  type Figures,
  type ObjectKind,
  type Sample,
  type Selection,
  type Stretch,
} from '../../monitor/index.js';

const pointSeconds = 60;

/** One object: set its figures by the names of their series. */
export class SteppedObject implements Sample {
  readonly kind: string;
  readonly labels: readonly string[];
  readonly figures: Float64Array;
  readonly columns: ReadonlyMap<string, number>;
  readonly followed = new Map<number, Float64Array>();
  isMeasured = true;

  constructor(kind: ObjectKind, labels: readonly string[], followed: readonly string[], points: number) {
    const series = seriesOf(kind);
    this.kind = kind.name;
    this.labels = labels;
    this.figures = new Float64Array(series.length).fill(NaN);
    this.columns = new Map(series.map(({ name }, column) => [name, column]));
    for (const name of followed) this.followed.set(this.column(name), new Float64Array(points).fill(NaN));
  }

  column(name: string): number {
    const column = this.columns.get(`sluice_${name}`);
    assert(column !== undefined, `there is no series sluice_${name} of ${this.kind}`);
    return column;
  }

  set(name: string, value: number): this {
    this.figures[this.column(name)] = value;
    return this;
  }

  get(name: string): number {
    return this.figures[this.column(name)]!;
  }

  add(name: string, more: number): this {
    return this.set(name, (Number.isNaN(this.get(name)) ? 0 : this.get(name)) + more);
  }
}

export class SteppedFigures implements Figures {
  readonly startSecond: number;
  second: number | undefined;
  readonly #points: number;
  readonly #objects = new Map<string, SteppedObject[]>();

  constructor(startSecond: number, seconds: number) {
    this.startSecond = startSecond;
    this.#points = Math.ceil(seconds / pointSeconds) + 1;
  }

  /** `followed`: series that history knows. */
  object(kind: string, labels: readonly string[], followed: readonly string[] = []): SteppedObject {
    const made = new SteppedObject(
      catalogue.find(({ name }) => name === kind)!,
      labels,
      followed,
      this.#points,
    );
    this.#objects.set(kind, [...(this.#objects.get(kind) ?? []), made]);
    return made;
  }

  /** Everything that was set is of this second. */
  measured(second: number): void {
    this.second = second;
    const point = Math.floor((second - this.startSecond) / pointSeconds);
    for (const objects of this.#objects.values())
      for (const { followed, figures } of objects)
        for (const [column, points] of followed) points[point] = figures[column]!;
  }

  *latest(kind: string): Generator<Sample, void, undefined> {
    for (const each of this.#objects.get(kind) ?? []) if (each.isMeasured) yield each;
  }

  find(kind: string, labels: readonly string[]): Float64Array | undefined {
    return this.#find(kind, labels)?.figures;
  }

  *objects(kind: string): Generator<readonly string[], void, undefined> {
    for (const { labels } of this.latest(kind)) yield labels;
  }

  select({
    kind,
    labels,
    series,
    fromSecond,
    toSecond,
    stepSeconds,
  }: Selection): Promise<readonly Stretch[]> {
    const all = seriesOf(catalogue.find(({ name }) => name === kind)!);
    const column = all.findIndex(({ id }) => id === series);
    const known = this.#find(kind, labels)?.followed.get(column);
    const points = new Points(Math.floor((toSecond - fromSecond) / stepSeconds));
    for (let at = 0; at < points.capacity; at++) {
      const value = known?.[Math.floor((fromSecond + at * stepSeconds - this.startSecond) / pointSeconds)];
      if (value !== undefined && !Number.isNaN(value))
        points.measure(at, Math.round(value * all[column]!.scale), 1);
    }
    return Promise.resolve([{ startSecond: fromSecond, stepSeconds, points }]);
  }

  onMeasured(): () => void {
    return () => undefined;
  }

  #find(kind: string, labels: readonly string[]): SteppedObject | undefined {
    const key = labels.join();
    return this.#objects.get(kind)?.find((each) => each.labels.join() === key);
  }
}
