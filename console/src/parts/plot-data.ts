/** Numbers of a plot. Invariant: moments ascend, and each line has a value for each of them; null: unknown. */
import type { Stretch } from '../server/series-desk.ts';

export type { Stretch };

export interface PlotData {
  /** Unix seconds. */
  readonly seconds: readonly number[];
  readonly lines: readonly (readonly (number | null)[])[];
}

/** Brings several series to common moments. What is coarser than was asked for holds until it ends. */
export function aligned(series: readonly (readonly Stretch[])[]): PlotData {
  const byMoment = new Map<number, (number | null)[]>();
  for (const [line, stretches] of series.entries())
    for (const { startSecond, stepSeconds, isCoarser, values } of stretches) {
      const tell = (second: number, value: number | null): void => {
        let row = byMoment.get(second);
        if (row === undefined) byMoment.set(second, (row = series.map(() => null)));
        row[line] = value;
      };
      for (const [index, value] of values.entries()) tell(startSecond + index * stepSeconds, value);
      const last = values.at(-1);
      if (isCoarser && typeof last === 'number') tell(startSecond + values.length * stepSeconds - 1, last);
    }
  const seconds = [...byMoment.keys()].sort((one, other) => one - other);
  return { seconds, lines: series.map((_, line) => seconds.map((second) => byMoment.get(second)![line]!)) };
}

/** What is known already, and then what is new; nothing older than a second. */
export function joined(before: PlotData, after: PlotData, oldestSecond: number): PlotData {
  const first = after.seconds[0] ?? Infinity;
  const from = before.seconds.findIndex((second) => second >= oldestSecond);
  const until = before.seconds.findIndex((second) => second >= first);
  const kept = <Value>(values: readonly Value[]): readonly Value[] =>
    from < 0 ? [] : values.slice(from, until < 0 ? undefined : until);
  return {
    seconds: [...kept(before.seconds), ...after.seconds],
    lines: after.lines.map((line, index) => [...kept(before.lines[index] ?? []), ...line]),
  };
}

/** A time that is drawn, in Unix seconds; each moment of the data stands for a step. */
export interface Span {
  readonly fromSecond: number;
  readonly toSecond: number;
  readonly stepSeconds: number;
}

/** The same with its edges, so that the whole of a time is drawn; what is not told of it is unknown. */
export function spanning(
  { seconds, lines }: PlotData,
  { fromSecond, toSecond, stepSeconds }: Span,
): PlotData {
  const before = (seconds[0] ?? Infinity) > fromSecond + stepSeconds ? [fromSecond] : [];
  const after = (seconds.at(-1) ?? -Infinity) < toSecond - stepSeconds ? [toSecond] : [];
  return {
    seconds: [...before, ...seconds, ...after],
    lines: lines.map((line) => [...before.map(() => null), ...line, ...after.map(() => null)]),
  };
}

/** The last of so many seconds that a plot goes on with, in place of arrays that only grow. */
export class Recent {
  readonly #capacity: number;
  readonly #seconds: number[] = [];
  readonly #lines: (number | null)[][];

  constructor(capacity: number, lines: number) {
    this.#capacity = capacity;
    this.#lines = Array.from({ length: lines }, () => []);
  }

  add(second: number, values: readonly (number | null)[]): void {
    const last = this.#seconds.at(-1);
    if (last !== undefined && second <= last) return;
    this.#seconds.push(second);
    for (const [index, line] of this.#lines.entries()) line.push(values[index] ?? null);
    if (this.#seconds.length <= this.#capacity) return;
    this.#seconds.shift();
    for (const line of this.#lines) line.shift();
  }

  data(): PlotData {
    return { seconds: [...this.#seconds], lines: this.#lines.map((line) => [...line]) };
  }
}
