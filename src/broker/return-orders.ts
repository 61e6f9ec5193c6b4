/**
 * What an operator wants done with messages that a consumer has, once they come back. Invariant: an order is carried
 * out once; it is not recorded, so a restart forgets it, and the message is then as any other.
 */
import type { Party } from './custody/party.js';
import type { FailureLetter } from './mover.js';

/** `move`: to where its letter says; `hold`: back at its own place, with its key closed, until a moment (Unix ms). */
export type ReturnOrder = (
  | { readonly kind: 'move'; readonly letter: FailureLetter }
  | { readonly kind: 'hold'; readonly untilMs: number }
) & {
  /** Who gave it. */
  readonly by?: Party | undefined;
};

/** Orders of one queue by position. */
export class ReturnOrders {
  readonly #orders = new Map<number, ReturnOrder>();

  /** Takes an order in the place of an earlier one. `isActive` tells of earlier ones whether they still make sense. */
  give(position: number, order: ReturnOrder, isActive: (position: number) => boolean): void {
    for (const other of [...this.#orders.keys()]) if (!isActive(other)) this.#orders.delete(other);
    this.#orders.set(position, order);
  }

  /** The order for a message that has come back, which is then done with. */
  take(position: number): ReturnOrder | undefined {
    const order = this.#orders.get(position);
    if (order !== undefined) this.#orders.delete(position);
    return order;
  }

  has(position: number): boolean {
    return this.#orders.has(position);
  }
}
