/** What history has to know, kept by the second in maps; and a small world to measure. */
import { FakeClock, type Disk, type Random } from '../../kernel/index.js';
import { History, type Stretch } from '../history/index.js';
import { seriesOf, type ObjectKind } from '../metric.js';

export const modelKind: ObjectKind = {
  name: 'queue',
  labels: ['vhost', 'queue'],
  metrics: [
    { id: 1, name: 'published', help: 'Published.', unit: 'messages', kind: 'counter', combination: 'sum' },
    { id: 2, name: 'ready', help: 'Ready.', unit: 'messages', kind: 'gauge', combination: 'sum' },
    { id: 3, name: 'age', help: 'Age.', unit: 'seconds', kind: 'gauge', combination: 'sum' },
  ],
};
export const modelSeries = seriesOf(modelKind);

/** One known value: a gauge's, or a counter's increment over `weight` seconds. */
interface Fact {
  readonly value: number;
  readonly weight: number;
}

export interface Expected {
  weight: number;
  sum: number;
  last: number;
  min: number;
  max: number;
}

interface ModelObject {
  readonly labels: readonly string[];
  readonly facts: Map<number, Fact>[];
  previous: number[];
  lastSecond: number;
  wasSeen: boolean;
  published: number;
  ready: number;
}

export function openHistory(disk: Disk, budgetBytes = 2 ** 30, objectsMax = 1_000): Promise<History> {
  const pause = (): Promise<void> => Promise.resolve();
  const clock = new FakeClock();
  return History.open({
    disk,
    directory: '/history',
    clock,
    pause,
    kinds: [modelKind],
    budgetBytes,
    objectsMax,
  });
}

export class World {
  readonly #random: Random;
  readonly objects: ModelObject[];
  #previousSecond = -Infinity;

  constructor(random: Random, count: number, prefix = 'queue') {
    this.#random = random;
    this.objects = Array.from({ length: count }, (_, index) => ({
      labels: ['/', `${prefix} ${index}`],
      facts: modelSeries.map(() => new Map<number, Fact>()),
      previous: modelSeries.map(() => NaN),
      lastSecond: NaN,
      wasSeen: false,
      published: 0,
      ready: 0,
    }));
  }

  /** The process that measures begins anew: it knows no earlier counts. */
  restart(): void {
    this.#previousSecond = -Infinity;
    for (const object of this.objects) {
      object.previous = modelSeries.map(() => NaN);
      object.lastSecond = NaN;
    }
  }

  /** Measures every object that is there. */
  async tick(history: History, second: number): Promise<void> {
    if (!(await history.begin(second))) return;
    for (const [index, object] of this.objects.entries()) {
      // Some come later than others, and each stays away now and then.
      if (second % 5_000 < index || this.#random.next() < 0.02) continue;
      this.#measure(history, object, second);
    }
    this.#previousSecond = second;
    await history.end();
  }

  #measure(history: History, object: ModelObject, second: number): void {
    if (this.#random.next() < 0.01) object.published = 0;
    object.published += this.#random.next() < 0.5 ? 0 : this.#random.integer(1_000);
    if (this.#random.next() < 0.3) object.ready = this.#random.integer(5_000);
    const age = this.#random.next() < 0.1 ? NaN : this.#random.integer(3) / 1_000;
    const figures = Float64Array.of(object.published, object.ready, age);
    history.measure({ kind: 'queue', labels: object.labels, figures });
    this.#learn(object, second, figures);
  }

  #learn(object: ModelObject, second: number, figures: Float64Array): void {
    const isNew = Number.isNaN(object.lastSecond);
    const isBorn = !object.wasSeen && this.#previousSecond === second - 1;
    object.wasSeen = true;
    const weight = isNew ? 1 : second - object.lastSecond;
    object.lastSecond = second;
    for (const [column, { kind, scale }] of modelSeries.entries()) {
      const value = Math.round(figures[column]! * scale);
      const before = isBorn ? 0 : object.previous[column]!;
      object.previous[column] = value;
      if (kind === 'gauge' && !Number.isNaN(value)) object.facts[column]!.set(second, { value, weight: 1 });
      if (kind === 'counter' && !Number.isNaN(before))
        object.facts[column]!.set(second, { value: value >= before ? value - before : value, weight });
    }
  }

  /** The point of [from, to) by all that was measured; undefined: unknown. */
  expected(object: ModelObject, column: number, from: number, to: number): Expected | undefined {
    let point: Expected | undefined;
    for (let second = from; second < to; second++) {
      const fact = object.facts[column]!.get(second);
      if (fact === undefined) continue;
      const { value, weight } = fact;
      point ??= { weight: 0, sum: 0, last: value, min: value, max: value };
      point.weight += weight;
      point.sum += value;
      point.last = value;
      point.min = Math.min(point.min, value);
      point.max = Math.max(point.max, value);
    }
    return point;
  }
}

/** One point of what history gave; of a counter only what a counter keeps. */
export function pointOf({ points }: Stretch, at: number): Expected | undefined {
  if (points.weight[at] === 0) return undefined;
  return {
    weight: points.weight[at]!,
    sum: points.sum[at]!,
    last: points.last[at]!,
    min: points.min[at]!,
    max: points.max[at]!,
  };
}
