/**
 * Collects questions for recorded history. Invariants: whatever is asked for in one turn of the page goes in one request, and
 * each series has its own answer or its own refusal, as if it had been asked for alone.
 */
/** A stretch of history as `/v1/series` tells it. */
export interface Stretch {
  readonly startSecond: number;
  readonly stepSeconds: number;
  readonly isCoarser: boolean;
  readonly values: readonly (number | null)[];
}

/** One series, as `/v1/series` takes it: `series`, labels, and `from`, `seconds`, `to` and `step` in seconds. */
export type SeriesAsked = Readonly<Record<string, string | number>>;

export interface SeriesGiven {
  /** Unix seconds, by the server's clock: where it ends. */
  readonly toSecond: number;
  readonly stretches: readonly Stretch[];
}

type Problem = Readonly<Record<string, unknown>>;

type Item = SeriesGiven | { readonly problem: Problem };

/** Asks for so many at once; rejects with `Refusal` or `Unreachable` for all of them. */
export type SeriesRequest = (series: readonly SeriesAsked[]) => Promise<{ readonly items: readonly Item[] }>;

interface Waiting {
  readonly asked: SeriesAsked;
  readonly resolve: (given: SeriesGiven) => void;
  readonly reject: (reason: unknown) => void;
}

/** As many as the server takes in one request. */
const seriesMax = 100;

export class SeriesDesk {
  readonly #request: SeriesRequest;
  readonly #refusalOf: (problem: Problem) => Error;
  #waiting: Waiting[] = [];

  /** @param refusalOf - the error that a problem becomes, for one series alone. */
  constructor(request: SeriesRequest, refusalOf: (problem: Problem) => Error) {
    this.#request = request;
    this.#refusalOf = refusalOf;
  }

  /** Rejects with `Refusal` or `Unreachable`. */
  ask(asked: SeriesAsked): Promise<SeriesGiven> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0)
        queueMicrotask(() => {
          this.#sendAll();
        });
      this.#waiting.push({ asked, resolve, reject });
    });
  }

  #sendAll(): void {
    const all = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < all.length; at += seriesMax) void this.#send(all.slice(at, at + seriesMax));
  }

  async #send(some: readonly Waiting[]): Promise<void> {
    try {
      const { items } = await this.#request(some.map(({ asked }) => asked));
      for (const [index, { resolve, reject }] of some.entries()) {
        const item = items[index];
        if (item === undefined) reject(this.#refusalOf({ status: 502, title: 'The answer is too short' }));
        else if ('problem' in item) reject(this.#refusalOf(item.problem));
        else resolve(item);
      }
    } catch (error) {
      for (const { reject } of some) reject(error);
    }
  }
}
