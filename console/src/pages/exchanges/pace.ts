/** How fast exchanges pass messages on, from two looks at their counts. Invariant: what was not seen twice is unknown. */
export interface ExchangeRow {
  readonly vhost: string;
  readonly name: string;
  readonly type: string;
  /** What is left out, another engine does not tell. */
  readonly durable?: boolean;
  readonly autoDelete?: boolean;
  readonly internal?: boolean;
  readonly arguments?: Readonly<Record<string, unknown>>;
  readonly publishedIn?: number;
  readonly publishedOut?: number;
  readonly policy?: string;
  readonly operatorPolicy?: string;
}

export interface Pace {
  readonly in: number;
  readonly out: number;
}

interface Counts extends Pace {
  readonly atMs: number;
}

export class Paces {
  readonly #counts = new Map<string, Counts>();
  readonly #paces = new Map<string, Pace>();

  /** Takes in what was seen at a moment. */
  look(rows: readonly ExchangeRow[], atMs: number): void {
    for (const { vhost, name, publishedIn, publishedOut } of rows) {
      if (publishedIn === undefined || publishedOut === undefined) continue;
      const key = `${vhost}\n${name}`;
      const before = this.#counts.get(key);
      if (before !== undefined && atMs - before.atMs < 500) continue;
      const seconds = (atMs - (before?.atMs ?? atMs)) / 1_000;
      this.#counts.set(key, { atMs, in: publishedIn, out: publishedOut });
      // One that was made anew counts from nothing.
      if (before === undefined || seconds <= 0 || publishedIn < before.in) this.#paces.delete(key);
      else
        this.#paces.set(key, {
          in: (publishedIn - before.in) / seconds,
          out: (publishedOut - before.out) / seconds,
        });
    }
  }

  of({ vhost, name }: Pick<ExchangeRow, 'vhost' | 'name'>): Pace | undefined {
    return this.#paces.get(`${vhost}\n${name}`);
  }
}
