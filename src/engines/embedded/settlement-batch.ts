/**
 * How a receiver's channel is settled. Invariant: what goes with an acknowledgement is one atomic step with it, and what
 * is refused leaves the delivery held.
 */
import type { BrokerChannel, CommitOutcome, FailureReport, RecordDeferred } from '../../broker/index.js';
import { assert, SluiceError } from '../../kernel/index.js';
import type { RecordPut } from '../index.js';

/** What a completion waits for; `lost`: the delivery was taken back, and nothing was done. */
export type CompletedStep = { readonly kind: 'done'; readonly sequence: number } | { readonly kind: 'lost' };

export class SettlementBatch {
  readonly #channel: BrokerChannel;

  constructor(channel: BrokerChannel) {
    this.#channel = channel;
  }

  acknowledge(tag: number): void {
    this.#channel.acknowledge(tag, false);
  }

  giveBack(tag: number, why: 'failed' | 'unused'): void {
    if (why === 'failed') this.#channel.retry(tag, { afterMs: 0 });
    else this.#channel.giveBack(tag, false);
  }

  /** Gives the sequence to wait for. */
  retry(tag: number, afterMs: number): number {
    return this.#channel.retry(tag, { afterMs });
  }

  /** Gives the sequence to wait for. */
  deadLetter(tag: number, failure: FailureReport): number {
    return this.#channel.deadLetter(tag, failure);
  }

  /**
   * Acknowledges, puts records and publishes as one step. Throws what is refused, `precondition-failed` for a record
   * that is not as expected.
   */
  complete(tag: number, records: readonly RecordPut[], publish?: () => void): CompletedStep {
    const [first, ...others] = records;
    if (publish === undefined && first !== undefined && others.length === 0) {
      const outcome = this.#channel.complete(tag, first);
      assert(outcome.kind !== 'deferred', 'a receiver uses no transaction mode');
      if (outcome.kind === 'lost') return outcome;
      if (outcome.kind === 'conflict') throw conflictError(outcome.key);
      return { kind: 'done', sequence: outcome.version };
    }
    const delivery = { isLost: false };
    const outcome = this.#channel.atomically(() => {
      if (first === undefined) this.#channel.acknowledge(tag, false);
      else if (this.#channel.complete(tag, first).kind === 'lost') {
        delivery.isLost = true;
        return;
      }
      for (const put of others) this.#channel.records.put(put);
      publish?.();
    });
    return delivery.isLost ? { kind: 'lost' } : { kind: 'done', sequence: sequenceOf(outcome) };
  }
}

function sequenceOf(outcome: CommitOutcome | RecordDeferred): number {
  assert(outcome.kind !== 'deferred', 'a receiver uses no transaction mode');
  if (outcome.kind === 'conflict') throw conflictError(outcome.key);
  return outcome.sequence;
}

function conflictError(key: string): SluiceError {
  return new SluiceError('precondition-failed', `the record '${key}' is not as expected`, {
    details: { key },
  });
}
