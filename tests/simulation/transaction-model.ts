/** What a client has put into its open transaction, and what its commit promises: all of it or nothing. */
import type { Copy, Ledger } from './ledger.js';
import type { Wire } from './wire.js';

export type How = 'acknowledge' | 'reject' | 'requeue' | 'retry' | 'bury';

interface Settlement {
  readonly tag: number;
  readonly copy: Copy;
  readonly how: How;
}

export class TransactionModel {
  readonly #ledger: Ledger;
  readonly #wire: Wire;
  #published: Copy[] = [];
  #settled = new Map<number, Settlement>();
  /** Names the open transaction. */
  current: object = {};

  constructor(ledger: Ledger, wire: Wire) {
    this.#ledger = ledger;
    this.#wire = wire;
  }

  published(copies: readonly Copy[]): void {
    this.#published.push(...copies);
  }

  settled(tag: number, copy: Copy, how: How): void {
    this.#settled.set(tag, { tag, copy, how });
  }

  /** Whether a delivery is part of the open transaction. */
  holds(tag: number): boolean {
    return this.#settled.has(tag);
  }

  publishes(): readonly Copy[] {
    return this.#published;
  }

  settlements(): readonly Settlement[] {
    return [...this.#settled.values()];
  }

  /** The broker has made it one group that ends with `sequence`. `rejected`: some queue that may refuse has done so. */
  commit(sequence: number, rejected: boolean): void {
    const published = this.#published.filter(({ queue }) => !rejected || !queue.startsWith('refusing'));
    const settled = this.settlements();
    this.rollback();
    this.#ledger.steps.add({ until: sequence, published, settled });
    this.#wire.when(sequence, () => {
      for (const copy of published) {
        copy.isConfirmed = true;
        this.#ledger.note(copy, 'committed');
      }
      for (const { copy, how } of settled) if (how === 'acknowledge') copy.settlement = 'durable';
    });
  }

  rollback(): void {
    this.#published = [];
    this.#settled.clear();
    this.current = {};
  }
}
