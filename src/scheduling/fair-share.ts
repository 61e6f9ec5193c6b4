/**
 * Shares service between tenants by weight: deficit round robin (Shreedhar and Varghese 1995) in the form
 * that charges after service, so costs need not be known before. Invariant: the ring holds the tenants that
 * wait, and those that left in debt until it is repaid, so leaving and coming back gains nothing.
 */
import { assert } from '../kernel/index.js';

/** The weight of a tenant that none was set for. */
export const weightDefault = 1;

interface Turn {
  readonly tenant: string;
  isWaiting: boolean;
  /** Service the tenant may still take this round; below zero it owes. */
  credit: number;
  previous: Turn;
  next: Turn;
}

export class FairShare {
  readonly #weights = new Map<string, number>();
  readonly #turns = new Map<string, Turn>();
  #waiting = 0;
  /** Whose turn it is; undefined when the ring is empty. */
  #current: Turn | undefined;

  constructor(weights: Iterable<readonly [tenant: string, weight: number]> = []) {
    for (const [tenant, weight] of weights) this.setWeight(tenant, weight);
  }

  /** Tenants that wait. */
  get size(): number {
    return this.#waiting;
  }

  /** Sets a tenant's weight: a number above zero, from its next round on. */
  setWeight(tenant: string, weight: number): void {
    assert(weight > 0 && weight < Infinity, 'a weight is above zero and finite');
    this.#weights.set(tenant, weight);
  }

  /** Adds a tenant that has begun to wait, at the end of the round. False when it waited already. */
  add(tenant: string): boolean {
    const known = this.#turns.get(tenant);
    if (known?.isWaiting === true) return false;
    this.#waiting++;
    if (known === undefined) this.#insert(tenant);
    else known.isWaiting = true;
    return true;
  }

  /** Takes out a tenant that no longer waits. Credit is lost; debt is remembered. False when it did not wait. */
  remove(tenant: string): boolean {
    const turn = this.#turns.get(tenant);
    if (turn?.isWaiting !== true) return false;
    this.#waiting--;
    turn.isWaiting = false;
    if (turn.credit >= 0) this.#unlink(turn);
    return true;
  }

  /** Whose turn it is, `undefined` when nobody waits. Asked again, without a change, it says the same. */
  choose(): string | undefined {
    if (this.#waiting === 0) return undefined;
    for (let passed = 0; ; passed++) {
      const turn = this.#current!;
      if (turn.isWaiting && turn.credit > 0) return turn.tenant;
      if (passed === this.#turns.size) this.#skipRounds();
      this.#advance();
    }
  }

  /** Charges a tenant for service it took, before it is removed if it no longer waits. `cost` is above zero. */
  charge(tenant: string, cost = 1): void {
    assert(cost > 0 && cost < Infinity, 'a cost is above zero and finite');
    const turn = this.#turns.get(tenant);
    assert(turn !== undefined, 'only a tenant that waited is served');
    turn.credit -= cost;
  }

  #weightOf(tenant: string): number {
    return this.#weights.get(tenant) ?? weightDefault;
  }

  #insert(tenant: string): void {
    const turn = { tenant, isWaiting: true, credit: 0 } as Turn;
    this.#turns.set(tenant, turn);
    const first = this.#current;
    if (first === undefined) {
      turn.previous = turn.next = turn;
      turn.credit = this.#weightOf(tenant);
      this.#current = turn;
      return;
    }
    turn.next = first;
    turn.previous = first.previous;
    first.previous.next = turn;
    first.previous = turn;
  }

  #unlink(turn: Turn): void {
    this.#turns.delete(turn.tenant);
    turn.previous.next = turn.next;
    turn.next.previous = turn.previous;
    if (this.#current !== turn) return;
    this.#current = turn.next === turn ? undefined : turn.next;
    if (this.#current !== undefined) this.#grant(this.#current);
  }

  /** Ends the current turn and begins the next one. */
  #advance(): void {
    const ended = this.#current!;
    if (!ended.isWaiting && ended.credit >= 0) this.#unlink(ended);
    else this.#grant((this.#current = ended.next));
  }

  /** Gives a tenant its share as its turn begins: by then its credit is used up, or it owes. */
  #grant(turn: Turn): void {
    turn.credit += this.#weightOf(turn.tenant);
  }

  /** When all owe more than a round, gives everyone at once the rounds in which nobody could be served. */
  #skipRounds(): void {
    let rounds = Infinity;
    for (const turn of this.#turns.values()) {
      if (turn.isWaiting) rounds = Math.min(rounds, Math.floor(-turn.credit / this.#weightOf(turn.tenant)));
    }
    if (rounds <= 0) return;
    for (const turn of this.#turns.values()) {
      turn.credit = Math.min(0, turn.credit + rounds * this.#weightOf(turn.tenant));
    }
  }
}
