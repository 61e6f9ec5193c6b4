/**
 * What a live plot knows of its series, and what it asks next. Invariants: after the whole it asks only for what it does
 * not know for certain, from the last point on, which may not have been complete; what was missed is never left out; and
 * time is the server's alone.
 */
import type { SeriesGiven } from '../server/series-desk.ts';
import { aligned, joined, type PlotData, type Span } from './plot-data.ts';

/** How far back a plot reaches, and how long its points are. */
interface Reach {
  readonly seconds: number;
  readonly stepSeconds: number;
}

/** From when on to ask: so many seconds before the newest, or a Unix second. */
export type From = { readonly seconds: number } | { readonly from: number };

export class SeriesTrack {
  readonly #reach: Reach;
  #data: PlotData;
  /** Unix seconds: where what is known ends; undefined: nothing is known. */
  #toSecond: number | undefined;
  /** When that was told, by the page's clock, which serves for the time that has passed since. */
  #toldMs = -Infinity;

  constructor(reach: Reach, lines: number) {
    this.#reach = reach;
    this.#data = { seconds: [], lines: Array.from({ length: lines }, () => []) };
  }

  get data(): PlotData {
    return this.#data;
  }

  /** The time that is asked about, as of the last answer; undefined: there was none. */
  get span(): Span | undefined {
    const toSecond = this.#toSecond;
    const { seconds, stepSeconds } = this.#reach;
    return toSecond === undefined ? undefined : { fromSecond: toSecond - seconds, toSecond, stepSeconds };
  }

  /** What to ask for; the whole where nothing of what is known would be left. */
  next(nowMs: number, isWhole: boolean): From {
    const { seconds, stepSeconds } = this.#reach;
    const isPast = nowMs - this.#toldMs >= seconds * 1_000 || nowMs < this.#toldMs;
    if (isWhole || isPast || this.#toSecond === undefined) return { seconds };
    const last = this.#toSecond - 1;
    return { from: last - (last % stepSeconds) };
  }

  /** Takes the answer for each line; undefined: it was refused, and is unknown for that time. */
  take(from: From, nowMs: number, answers: readonly (SeriesGiven | undefined)[]): void {
    const given = answers.filter((answer) => answer !== undefined);
    if (given.length === 0) return;
    const news = aligned(answers.map((answer) => answer?.stretches ?? []));
    const toSecond = Math.max(...given.map((answer) => answer.toSecond));
    this.#data = 'seconds' in from ? news : joined(this.#data, news, toSecond - this.#reach.seconds);
    this.#toSecond = toSecond;
    this.#toldMs = nowMs;
  }

  /** Nothing is known for certain any more: the next question is for the whole. */
  forget(): void {
    this.#toSecond = undefined;
  }
}
