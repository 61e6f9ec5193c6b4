/**
 * How many wrong passwords a source may try. A try is paid for before the password is looked at and refunded
 * when it was right, so parallel guesses gain nothing.
 *
 * There are two purses for a user and a source. The small one pays for hashing. The larger one pays for the
 * comparison with a password already found right: it lets a well-configured program in while its neighbour
 * behind the same address keeps trying an old password, and still bounds guessing to a few a second.
 */
import type { Clock } from '../kernel/index.js';
import { Allowance } from './allowance.js';
import type { AccessSettings } from './settings.js';

const comparisonsPerFailure = 20;

/** Who tries, as far as throttling tells sources apart. */
export interface Try {
  readonly source: string;
  readonly user: string;
}

export class SignInThrottle {
  readonly #clock: Clock;
  readonly #comparisons: Allowance;
  readonly #ofUser: Allowance;
  readonly #ofSource: Allowance;

  constructor(clock: Clock, settings: AccessSettings['signIn']) {
    const { failuresPerUserMax, failuresPerAddressMax, refillMs, remembered } = settings;
    this.#clock = clock;
    this.#comparisons = new Allowance(failuresPerUserMax * comparisonsPerFailure, refillMs, remembered);
    this.#ofUser = new Allowance(failuresPerUserMax, refillMs, remembered);
    this.#ofSource = new Allowance(failuresPerAddressMax, refillMs, remembered);
  }

  payForComparison(each: Try): boolean {
    return this.#comparisons.take(pair(each), this.#clock.now());
  }

  refundComparison(each: Try): void {
    this.#comparisons.giveBack(pair(each), this.#clock.now());
  }

  payForHashing(each: Try): boolean {
    const now = this.#clock.now();
    if (!this.#ofSource.take(each.source, now)) return false;
    if (this.#ofUser.take(pair(each), now)) return true;
    this.#ofSource.giveBack(each.source, now);
    return false;
  }

  refundHashing(each: Try): void {
    const now = this.#clock.now();
    this.#ofSource.giveBack(each.source, now);
    this.#ofUser.giveBack(pair(each), now);
  }
}

function pair(each: Try): string {
  return `${each.source}\0${each.user}`;
}
