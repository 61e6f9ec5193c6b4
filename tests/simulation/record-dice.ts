/** Decides what clients do to records. */
import type { ExpectedRecord, RecordPut } from '../../src/broker/index.js';
import type { Random } from '../../src/kernel/index.js';
import type { ModelClient } from './model-client.js';
import type { World } from './world.js';

/** Few keys, so that changes meet. */
export const keysMax = 30;

/** The keys that clients use, by number. */
export function recordKey(number: number): string {
  return `${number % 2 === 0 ? 'a' : 'b'}/${number}`;
}

const prefixes = ['', 'a/', 'b/', 'a/1'] as const;

const watchesMax = 2;

export class RecordDice {
  readonly #random: Random;
  readonly #world: World;

  constructor(world: World) {
    this.#random = world.random;
    this.#world = world;
  }

  key(): string {
    return recordKey(this.#random.integer(keysMax));
  }

  /** Does one thing. */
  throwOne(client: ModelClient): void {
    const { records } = client;
    const dice = this.#random.next();
    if (dice < 0.65) this.change(client);
    else if (dice < 0.92) records.get(this.key());
    else if (dice < 0.96 && records.watchCount < watchesMax) records.watch(this.#prefix());
    else records.endWatch();
  }

  /** Puts or deletes a record. */
  change(client: ModelClient): void {
    const { records } = client;
    const key = this.key();
    if (this.#random.next() < 0.75) records.put(this.put(client));
    else records.delete({ key, expected: this.expected(key) });
  }

  put({ records }: ModelClient): RecordPut {
    const key = this.key();
    return records.newPut(key, this.#bytes(), this.expected(key), this.#ttlMs());
  }

  #prefix(): string {
    return prefixes[this.#random.integer(prefixes.length)]!;
  }

  #bytes(): number {
    const dice = this.#random.next();
    if (dice < 0.01) return 40_000 + this.#random.integer(50_000);
    return this.#random.integer(dice < 0.1 ? 8_000 : 300);
  }

  #ttlMs(): number | undefined {
    return this.#random.next() < 0.4 ? 1 + this.#random.integer(3_000) : undefined;
  }

  /** Mostly what is there, if anything. */
  expected(key: string): ExpectedRecord {
    const dice = this.#random.next();
    if (dice < 0.4) return undefined;
    const live = this.#world.ledger.records.live(key, this.#world.clock.now());
    if (dice < 0.5) return 'absent';
    if (live === undefined) return dice < 0.9 ? 'absent' : 1;
    return dice < 0.9 ? (live.version ?? undefined) : Math.max(0, (live.version ?? 1) - 1);
  }
}
