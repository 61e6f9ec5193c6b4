/**
 * The settlements of one worker that are on their way to the disk. Invariant: each is told of once, when it is durable,
 * and `drained` resolves only when none is left.
 */
import type { SettleOutcome } from '../engines/index.js';
import type { Attempt } from './attempt.js';
import type { AttemptResult, Settling } from './attempt-result.js';

/** Settlements that may wait for the disk before slots wait with them. */
const settlingMax = 4_000;

export interface SettlementListener {
  told(attempt: Attempt, result: AttemptResult): void;
  /** The engine has failed. */
  failed(error: unknown): void;
}

/** Completions that became durable with one sync: the engine gave them one promise. */
interface Group {
  readonly settled: Promise<SettleOutcome>;
  readonly attempts: Attempt[];
}

const completed: AttemptResult = { kind: 'completed' };
const lost: AttemptResult = { kind: 'lost' };

export class Settlements {
  readonly #listener: SettlementListener;
  readonly #pending = new Set<Promise<void>>();
  #group: Group | undefined;
  #count = 0;

  constructor(listener: SettlementListener) {
    this.#listener = listener;
  }

  add(attempt: Attempt, settling: Settling): void {
    this.#count++;
    if (settling.kind === 'ending') {
      this.#wait(settling.result, (result) => {
        this.#tell(attempt, result);
      });
    } else if (settling.settled === this.#group?.settled) {
      this.#group.attempts.push(attempt);
    } else {
      const group: Group = { settled: settling.settled, attempts: [attempt] };
      this.#group = group;
      this.#waitTogether(group);
    }
  }

  #waitTogether(group: Group): void {
    const { settled, attempts } = group;
    const told = (outcome: SettleOutcome): void => {
      if (this.#group === group) this.#group = undefined;
      const result = outcome === 'lost' ? lost : completed;
      for (const each of attempts) this.#tell(each, result);
    };
    // One that is refused by itself has a promise of its own.
    const [first] = attempts;
    this.#wait(settled, told, (error) => {
      if (attempts.length > 1 || first === undefined) this.#listener.failed(error);
      else
        this.#wait(first.endedBefore(error), (result) => {
          this.#tell(first, result);
        });
    });
  }

  /** What a slot waits for before it takes another task; undefined: there is room. */
  get room(): Promise<void> | undefined {
    if (this.#count < settlingMax) return undefined;
    const [oldest] = this.#pending;
    return oldest;
  }

  async drained(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  #wait<Known>(
    promise: Promise<Known>,
    then: (known: Known) => void,
    failed: (error: unknown) => void = this.#failed,
  ): void {
    const pending = promise.then(
      (known) => {
        this.#pending.delete(pending);
        then(known);
      },
      (error: unknown) => {
        this.#pending.delete(pending);
        failed(error);
      },
    );
    this.#pending.add(pending);
  }

  readonly #failed = (error: unknown): void => {
    this.#listener.failed(error);
  };

  #tell(attempt: Attempt, result: AttemptResult): void {
    this.#count--;
    this.#listener.told(attempt, result);
  }
}
