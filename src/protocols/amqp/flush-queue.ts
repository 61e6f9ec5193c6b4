/**
 * Gathers the connections that have something to send: each is flushed once a turn of the event loop, and
 * those that wait for the disk are visited after each sync, so a sync costs nothing for idle connections.
 */

/** What the queue flushes. */
export interface Flushable {
  /** Sends what `durableSequence` allows; gives whether something still waits for a later sync. */
  flush(durableSequence: number): boolean;
  /** Owned by the queue: whether it stands in the turn's list, and in the list that waits for a sync. */
  inTurn: boolean;
  inWait: boolean;
}

export class FlushQueue {
  readonly #durableSequence: () => number;
  #turn: Flushable[] = [];
  #turnSpare: Flushable[] = [];
  readonly #waiting: Flushable[] = [];
  #scheduled = false;

  constructor(durableSequence: () => number) {
    this.#durableSequence = durableSequence;
  }

  /** Flushes `connection` at the end of this turn. */
  add(connection: Flushable): void {
    if (connection.inTurn) return;
    connection.inTurn = true;
    this.#turn.push(connection);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.runOnce();
    });
  }

  /** Flushes all that were added. What they add meanwhile is flushed in the next turn. */
  runOnce(): void {
    this.#scheduled = false;
    const turn = this.#turn;
    this.#turn = this.#turnSpare;
    const durableSequence = this.#durableSequence();
    for (const connection of turn) {
      connection.inTurn = false;
      if (connection.flush(durableSequence)) this.#wait(connection);
    }
    turn.length = 0;
    this.#turnSpare = turn;
  }

  /** Flushes those that waited for a sync; call it after each. */
  advance(durableSequence: number): void {
    const waiting = this.#waiting;
    const count = waiting.length;
    let kept = 0;
    for (let index = 0; index < count; index++) {
      const connection = waiting[index]!;
      if (connection.flush(durableSequence)) waiting[kept++] = connection;
      else connection.inWait = false;
    }
    // A flush may have made others wait: they stand behind `count`.
    for (let index = count; index < waiting.length; index++) waiting[kept++] = waiting[index]!;
    waiting.length = kept;
  }

  #wait(connection: Flushable): void {
    if (connection.inWait) return;
    connection.inWait = true;
    this.#waiting.push(connection);
  }
}
