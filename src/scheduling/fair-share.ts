/**
 * Shares service between tenants by weight: deficit round robin (Shreedhar and Varghese 1995) in the form that
 * charges after service, so costs need not be known before. Who owes waits in a heap for the round that repays it,
 * so no call walks the ring. Invariant: a turn with a number is the current one or stands in the heap once.
 */
import { assert } from '../kernel/index.js';
import { RankHeap } from './rank-heap.js';

/** The weight of a tenant that none was set for. */
export const weightDefault = 1;

/** A debt is at most so many rounds: what is owed beyond is forgiven, so numbers stay exact. */
const roundsOwedMax = 1e6;

/** What a share keeps of one tenant; the owner makes it, and may extend it. */
export class Turn {
  /** Service each round; above zero and finite. */
  weight: number;
  isWaiting = false;
  /** Service it may still take this round; below zero it owes. */
  credit = 0;
  /** Its place in the ring; -1: it is not in it. */
  number = -1;
  /** The last round that it got its weight for. */
  grantedRound = 0;

  constructor(weight = weightDefault) {
    assert(weight > 0 && weight < Infinity, 'a weight is above zero and finite');
    this.weight = weight;
  }
}

export class FairShare<T extends Turn> {
  /** Those that wait, and those that left in debt until it is repaid: leaving and coming back gains nothing. */
  readonly #turns = new Map<number, T>();
  /** By the round of their next turn, then by their place in the ring; without the current one. */
  readonly #upcoming = new RankHeap((number) => this.#turns.has(number));
  #waiting = 0;
  #round = 0;
  #nextNumber = 0;
  /** Whose turn it is. */
  #current: T | undefined;

  /** Tenants that wait. */
  get size(): number {
    return this.#waiting;
  }

  /** Adds a tenant that has begun to wait, at the end of the round. False when it waited already. */
  add(turn: T): boolean {
    if (turn.isWaiting) return false;
    turn.isWaiting = true;
    this.#waiting++;
    if (turn.number < 0) this.#enrol(turn);
    return true;
  }

  /** Takes out a tenant that no longer waits. Credit is lost; debt is remembered. False when it did not wait. */
  remove(turn: T): boolean {
    if (!turn.isWaiting) return false;
    turn.isWaiting = false;
    this.#waiting--;
    if (turn.credit >= 0) this.#unlist(turn);
    return true;
  }

  /** Whether a tenant that does not wait is remembered for what it owes. */
  owes(turn: T): boolean {
    return !turn.isWaiting && turn.number >= 0;
  }

  /** Forgets what a tenant that does not wait owes. */
  forgive(turn: T): void {
    if (this.owes(turn)) this.#unlist(turn);
  }

  /** Whose turn it is, `undefined` when nobody waits. Asked again, without a change, it says the same. */
  choose(): T | undefined {
    if (this.#waiting === 0) return undefined;
    for (;;) {
      const current = this.#current;
      if (current?.isWaiting === true && current.credit > 0) return current;
      if (current !== undefined) this.#endTurn(current);
      this.#current = this.#beginTurn();
    }
  }

  /** Charges a tenant for service it took, before it is removed if it no longer waits. `cost` is above zero. */
  charge(turn: T, cost = 1): void {
    assert(cost > 0 && cost < Infinity, 'a cost is above zero and finite');
    assert(turn.number >= 0, 'only a tenant that waited is served');
    turn.credit = Math.max(turn.credit - cost, -roundsOwedMax * turn.weight);
  }

  #enrol(turn: T): void {
    turn.number = this.#nextNumber++;
    turn.credit = 0;
    turn.grantedRound = this.#round - 1;
    this.#turns.set(turn.number, turn);
    this.#upcoming.push(this.#round, turn.number);
  }

  #unlist(turn: T): void {
    this.#turns.delete(turn.number);
    if (this.#current === turn) this.#current = undefined;
    else this.#upcoming.noteDead();
    turn.number = -1;
    turn.credit = 0;
  }

  /** Its next turn is in the first round whose share leaves it more than it owes. */
  #endTurn(turn: T): void {
    this.#current = turn;
    if (!turn.isWaiting && turn.credit >= 0) {
      this.#unlist(turn);
      return;
    }
    const rounds = Math.floor(Math.max(0, -turn.credit) / turn.weight) + 1;
    this.#current = undefined;
    this.#upcoming.push(this.#round + rounds, turn.number);
  }

  #beginTurn(): T {
    this.#round = this.#upcoming.peekRank()!;
    const turn = this.#turns.get(this.#upcoming.pop())!;
    turn.credit += turn.weight * (this.#round - turn.grantedRound);
    turn.grantedRound = this.#round;
    return turn;
  }
}
