/**
 * How a receiver's channel is settled. A completion with follow-ups is one transaction of the channel, and a channel
 * that began one stays in transaction mode: from then on bare settlements are committed together, once a turn of the
 * event loop. Invariant: after `close` nothing is left uncommitted.
 */
import type { BrokerChannel, FailureReport } from '../../broker/index.js';
import { assert } from '../../kernel/index.js';

export class SettlementBatch {
  readonly #channel: BrokerChannel;
  #isTransactional = false;
  #commitIsDue = false;
  #isClosed = false;

  constructor(channel: BrokerChannel) {
    this.#channel = channel;
  }

  acknowledge(tag: number): void {
    this.#channel.acknowledge(tag, false);
    if (this.#isTransactional) this.#commitSoon();
  }

  giveBack(tag: number, why: 'failed' | 'unused'): void {
    if (why === 'failed') this.#channel.retry(tag, { afterMs: 0 });
    else this.#channel.giveBack(tag, false);
    if (this.#isTransactional) this.#commitSoon();
  }

  /** Gives the sequence to wait for. */
  retry(tag: number, afterMs: number): number {
    return this.#now(() => this.#channel.retry(tag, { afterMs }));
  }

  /** Gives the sequence to wait for. */
  deadLetter(tag: number, failure: FailureReport): number {
    return this.#now(() => this.#channel.deadLetter(tag, failure));
  }

  #now(settle: () => number): number {
    const sequence = settle();
    if (!this.#isTransactional) return sequence;
    this.#commitIsDue = false;
    return this.#commit();
  }

  /** Acknowledges and publishes as one step; gives the sequence to wait for. What is refused leaves nothing done. */
  complete(tag: number, publish: () => void): number {
    this.#commitNow();
    if (!this.#isTransactional) this.#channel.selectTransaction();
    this.#isTransactional = true;
    try {
      this.#channel.acknowledge(tag, false);
      publish();
      return this.#commit();
    } catch (error) {
      this.#channel.rollbackTransaction();
      throw error;
    }
  }

  #commit(): number {
    const outcome = this.#channel.commitTransaction();
    assert(outcome.kind === 'committed', 'what depends on no record meets no conflict');
    return outcome.sequence;
  }

  close(): void {
    this.#commitNow();
    this.#isClosed = true;
  }

  #commitNow(): void {
    if (this.#commitIsDue) this.#channel.commitTransaction();
    this.#commitIsDue = false;
  }

  #commitSoon(): void {
    if (this.#commitIsDue) return;
    this.#commitIsDue = true;
    setImmediate(() => {
      if (!this.#isClosed) this.#commitNow();
    });
  }
}
