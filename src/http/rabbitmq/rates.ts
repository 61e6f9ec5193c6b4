/**
 * How fast counters grow, a second: from two readings of everything, five seconds apart, taken while somebody asks and
 * for two minutes after. Of virtual hosts older readings are kept, for samples. Invariant: a rate that was not measured
 * is undefined, never zero; and nothing is read when nobody asks.
 */
import type { CancelTimer, Clock } from '../../kernel/index.js';
import {
  churned,
  keyOf,
  rated,
  readAll,
  type Churned,
  type Rated,
  type Readable,
  type Reading,
} from './readings.js';
import { samplesOf, type Sample, type SampleRange } from './samples.js';

const periodMs = 5_000;
const wantedForMs = 120_000;
/** Ten minutes of them, as long as RabbitMQ keeps them when nothing else is said. */
const pastMax = 121;

/** Changes a second, by name. */
export type RateSet<Name extends string = Rated> = Readonly<Record<Name, number>>;

/** Of an older reading, what samples are made of. */
type Past = Pick<Reading, 'churn' | 'nowMs' | 'vhosts'>;

/** The kinds of objects in a reading. */
type Kind = 'connections' | 'exchanges' | 'queues' | 'vhosts';

export class Rates {
  readonly #clock: Clock;
  #readable: Readable | undefined;
  #older: Reading | undefined;
  #newer: Reading | undefined;
  readonly #past: Past[] = [];
  #wantedUntilMs = 0;
  #cancel: CancelTimer | undefined;
  #isReading = false;
  #isStopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Somebody asks: readings go on, or begin. */
  want(readable: Readable): void {
    this.#wantedUntilMs = this.#clock.monotonic() + wantedForMs;
    this.#readable = readable;
    if (this.#cancel === undefined && !this.#isReading && !this.#isStopped) this.#later(0);
  }

  ofQueue(vhost: string, name: string): RateSet | undefined {
    return this.#of('queues', keyOf(vhost, name), rated);
  }

  /** Of all queues in a virtual host, those that are gone included. */
  ofVhost(vhost: string): RateSet | undefined {
    return this.#of('vhosts', vhost, rated);
  }

  ofExchange(vhost: string, name: string): RateSet<'publish_in' | 'publish_out'> | undefined {
    return this.#of('exchanges', keyOf(vhost, name), ['publish_in', 'publish_out']);
  }

  /** Of a connection, by its name: bytes. */
  ofConnection(name: string): RateSet<'recv_oct' | 'send_oct'> | undefined {
    return this.#of('connections', name, ['recv_oct', 'send_oct']);
  }

  /** Of what came and went. */
  ofChurn(): RateSet<Churned> | undefined {
    return this.#between(this.#older?.churn, this.#newer?.churn, churned);
  }

  /** What these virtual hosts had together, by name; none: nothing of that time is known of one of them. */
  samplesOfVhosts(vhosts: readonly string[], range: SampleRange): Readonly<Record<Rated, readonly Sample[]>> {
    const columns = rated.map((name, column) => {
      const valueOf = ({ vhosts: rows }: Past): number | undefined => sumOf(rows, vhosts, column);
      return [name, this.#samples(range, valueOf)];
    });
    return Object.fromEntries(columns) as Record<Rated, Sample[]>;
  }

  /** Reads everything once, in slices. */
  async read(readable: Readable): Promise<void> {
    const clock = { atMs: () => this.#clock.monotonic(), nowMs: () => this.#clock.now() };
    const reading = await readAll(readable, clock);
    this.#older = this.#newer;
    this.#newer = reading;
    const { churn, nowMs, vhosts } = reading;
    this.#past.push({ churn, nowMs, vhosts });
    if (this.#past.length > pastMax) this.#past.shift();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  #of<Name extends string>(kind: Kind, key: string, names: readonly Name[]): RateSet<Name> | undefined {
    return this.#between(this.#older?.[kind].get(key), this.#newer?.[kind].get(key), names);
  }

  #between<Name extends string>(
    older: Float64Array | undefined,
    newer: Float64Array | undefined,
    names: readonly Name[],
  ): RateSet<Name> | undefined {
    const passedMs = (this.#newer?.atMs ?? 0) - (this.#older?.atMs ?? 0);
    if (older === undefined || newer === undefined || passedMs <= 0) return undefined;
    const rates: Partial<Record<Name, number>> = {};
    for (const [column, name] of names.entries()) {
      const grown = (newer[column] ?? 0) - (older[column] ?? 0);
      rates[name] = Math.round((grown * 1e6) / passedMs) / 1e3;
    }
    return rates as RateSet<Name>;
  }

  #samples(range: SampleRange, valueOf: (past: Past) => number | undefined): Sample[] {
    const points = this.#past.map((past) => ({ atMs: past.nowMs, value: valueOf(past) }));
    return samplesOf(points, range, this.#clock.now(), periodMs);
  }

  #later(delayMs: number): void {
    this.#cancel = this.#clock.after(delayMs, () => {
      this.#cancel = undefined;
      void this.#tick();
    });
  }

  async #tick(): Promise<void> {
    const readable = this.#readable;
    if (readable === undefined || this.#clock.monotonic() > this.#wantedUntilMs) {
      this.#older = this.#newer = this.#readable = undefined;
      this.#past.length = 0;
      return;
    }
    this.#isReading = true;
    // A broker that closes meanwhile ends the readings, and nobody is asking any more.
    await this.read(readable).catch(() => undefined);
    this.#isReading = false;
    if (!this.#isStopped) this.#later(periodMs);
  }
}

function sumOf(
  rows: ReadonlyMap<string, Float64Array>,
  vhosts: readonly string[],
  column: number,
): number | undefined {
  let sum = 0;
  for (const vhost of vhosts) {
    const value = rows.get(vhost)?.[column];
    if (value === undefined) return undefined;
    sum += value;
  }
  return sum;
}
