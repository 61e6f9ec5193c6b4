/**
 * What rules need of the long past, read from history a few at a time and kept until it is old. Invariant: a moment's
 * evaluation never waits for the disk; what has not been read yet, or too long ago, is unknown.
 */
import { messageOf } from '../../kernel/index.js';
import { seriesOf, type Figures, type ObjectKind, type Stretch, type Trend } from '../../monitor/index.js';
import { baselineOf, meanAround, rateWithin, trendWithin } from './past-figures.js';
import type { Baseline } from './terms.js';

const readsAtOnceMax = 4;
const waitingMax = 2_000;
const keptMax = 100_000;
const pointsOfTrend = 60;

type Answer = number | Trend | Baseline | undefined;

interface Kept {
  answer: Answer;
  /** Of the figures that it was made from; -Infinity: it was never read. */
  second: number;
  /** When it was last asked for. */
  askedSecond: number;
  isWaiting: boolean;
}

interface Question {
  readonly kept: Kept;
  readonly ask: (second: number) => Promise<Answer>;
}

export class PastReader {
  readonly #figures: Figures;
  readonly #onProblem: (problem: string) => void;
  readonly #kept = new Map<string, Kept>();
  readonly #waiting: Question[] = [];
  #running = 0;
  #second = 0;
  #whenIdle: (() => void)[] = [];

  constructor(figures: Figures, onProblem: (problem: string) => void) {
    this.#figures = figures;
    this.#onProblem = onProblem;
  }

  /** The moment that is looked at. */
  get second(): number {
    return this.#second;
  }

  /** Begins a moment; forgets what nobody asked for in an hour. */
  begin(second: number): void {
    this.#second = second;
    if (this.#kept.size < keptMax && second % 600 >= 5) return;
    for (const [key, kept] of this.#kept)
      if (second - kept.askedSecond > 3_600 || this.#kept.size > keptMax) this.#kept.delete(key);
  }

  rate(kind: ObjectKind, labels: readonly string[], column: number, seconds: number): number {
    const step = stepFor(seconds);
    const { scale } = seriesOf(kind)[column]!;
    const answer = this.#answer(keyOf('rate', kind, labels, column, seconds), seconds, async (second) =>
      rateWithin(await this.#select(kind, labels, column, second - seconds, second, step), scale, seconds),
    );
    return typeof answer === 'number' ? answer : NaN;
  }

  past(kind: ObjectKind, labels: readonly string[], column: number, seconds: number): number {
    const { scale } = seriesOf(kind)[column]!;
    const answer = this.#answer(keyOf('past', kind, labels, column, seconds), seconds, async (second) => {
      const at = second - seconds;
      return meanAround(await this.#select(kind, labels, column, at - 30, at + 30, 10), scale);
    });
    return typeof answer === 'number' ? answer : NaN;
  }

  trend(kind: ObjectKind, labels: readonly string[], column: number, seconds: number): Trend | undefined {
    const { scale } = seriesOf(kind)[column]!;
    const step = Math.max(1, Math.ceil(seconds / pointsOfTrend));
    const key = keyOf('trend', kind, labels, column, seconds);
    const answer = this.#answer(key, seconds, async (second) =>
      trendWithin(await this.#select(kind, labels, column, second - seconds, second, step), scale, seconds),
    );
    return typeof answer === 'object' && 'slopePerSecond' in answer ? answer : undefined;
  }

  baseline(kind: ObjectKind, labels: readonly string[], column: number, days: number): Baseline | undefined {
    const series = seriesOf(kind)[column]!;
    const key = keyOf('baseline', kind, labels, column, days);
    const answer = this.#answer(key, 3_600, async (second) => {
      const stretches: Stretch[][] = [];
      for (let day = 1; day <= days; day++) {
        const at = second - day * 86_400;
        stretches.push([...(await this.#select(kind, labels, column, at - 1_800, at + 1_800, 60))]);
      }
      return baselineOf(stretches, series);
    });
    return typeof answer === 'object' && 'median' in answer ? answer : undefined;
  }

  /** Resolves when everything that was asked for has been read. */
  idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  #answer(key: string, seconds: number, ask: (second: number) => Promise<Answer>): Answer {
    let kept = this.#kept.get(key);
    if (kept === undefined) {
      kept = { answer: undefined, second: -Infinity, askedSecond: this.#second, isWaiting: false };
      this.#kept.set(key, kept);
    }
    kept.askedSecond = this.#second;
    const freshSeconds = Math.max(15, seconds / 60);
    const age = this.#second - kept.second;
    if (age >= freshSeconds && !kept.isWaiting && this.#waiting.length < waitingMax) {
      kept.isWaiting = true;
      this.#waiting.push({ kept, ask });
      this.#run();
    }
    return age <= freshSeconds * 3 + 30 ? kept.answer : undefined;
  }

  #run(): void {
    while (this.#running < readsAtOnceMax) {
      const question = this.#waiting.shift();
      if (question === undefined) break;
      this.#running++;
      void this.#read(question);
    }
    if (this.#running > 0) return;
    for (const resolve of this.#whenIdle) resolve();
    this.#whenIdle = [];
  }

  async #read({ kept, ask }: Question): Promise<void> {
    const second = this.#second;
    try {
      kept.answer = await ask(second);
      kept.second = second;
    } catch (problem) {
      this.#onProblem(messageOf(problem));
    }
    kept.isWaiting = false;
    this.#running--;
    this.#run();
  }

  #select(
    kind: ObjectKind,
    labels: readonly string[],
    column: number,
    fromSecond: number,
    toSecond: number,
    stepSeconds: number,
  ): Promise<readonly Stretch[]> {
    const series = seriesOf(kind)[column]!.id;
    return this.#figures.select({ kind: kind.name, labels, series, fromSecond, toSecond, stepSeconds });
  }
}

function keyOf(
  what: string,
  kind: ObjectKind,
  labels: readonly string[],
  column: number,
  seconds: number,
): string {
  return [what, kind.name, column, seconds, ...labels].join('\u0000');
}

/** Coarse enough to be read quickly, fine enough for the window. */
export function stepFor(seconds: number): number {
  if (seconds <= 3_600) return 10;
  return seconds <= 86_400 ? 60 : 600;
}
