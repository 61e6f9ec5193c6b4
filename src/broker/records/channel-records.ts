/**
 * The records as one channel has them: what it changes in a transaction is put off, and what it watches ends with it.
 * Invariant: changes that are put off are checked as a whole before one of them is done.
 */
import type { VirtualHost } from '../state.js';
import type { BrokerRecords } from './broker-records.js';
import type {
  ChannelRecords,
  DeleteOutcome,
  PutOutcome,
  RecordAnswer,
  RecordConflict,
  RecordDeferred,
  RecordDeletion,
  RecordListener,
  RecordPut,
  RecordScan,
  RecordScanRequest,
} from './face.js';

/** A put or a deletion. */
export type RecordChange = RecordPut | RecordDeletion;

const deferred: RecordDeferred = { kind: 'deferred' };

export class RecordsOfChannel implements ChannelRecords {
  readonly #records: BrokerRecords;
  readonly #vhost: VirtualHost;
  readonly #transaction: () => { readonly changes: RecordChange[] } | undefined;
  readonly #watches = new Set<() => void>();

  /** `transaction`: where changes are put off, if they are. */
  constructor(
    records: BrokerRecords,
    vhost: VirtualHost,
    transaction: () => { readonly changes: RecordChange[] } | undefined,
  ) {
    this.#records = records;
    this.#vhost = vhost;
    this.#transaction = transaction;
  }

  get(key: string, reply: (answer: RecordAnswer) => void): void {
    this.#records.reader.get(this.#vhost, key, reply);
  }

  put(put: RecordPut): PutOutcome | RecordDeferred {
    if (this.#transaction() !== undefined) return this.defer(put);
    return this.#records.keeper.put(this.#vhost, put);
  }

  delete(deletion: RecordDeletion): DeleteOutcome | RecordDeferred {
    if (this.#transaction() !== undefined) return this.defer(deletion);
    return this.#records.keeper.delete(this.#vhost, deletion);
  }

  scan(request: RecordScanRequest): Promise<RecordScan> {
    return this.#records.reader.scan(this.#vhost, request);
  }

  watch(prefix: string, listener: RecordListener): () => void {
    const stop = this.#records.watch(this.#vhost, prefix, listener);
    const end = (): void => {
      if (this.#watches.delete(end)) stop();
    };
    this.#watches.add(end);
    return end;
  }

  /** Puts a change off until the open transaction commits. Throws what the change would throw, but for room. */
  defer(change: RecordChange): RecordDeferred {
    this.#records.keeper.check(this.#vhost, change);
    const { changes } = this.#transaction()!;
    changes.push('value' in change ? { ...change, value: Buffer.from(change.value) } : change);
    return deferred;
  }

  /**
   * The first conflict that changes would meet, one after another. Throws what they would throw, `limit-reached`
   * among it. Undefined: all of them can be done.
   */
  conflictIn(changes: readonly RecordChange[]): RecordConflict | undefined {
    const { keeper } = this.#records;
    /** What the changes so far have made of a key. */
    const made = new Map<string, 'put' | 'deleted'>();
    let added = 0;
    for (const change of changes) {
      keeper.check(this.#vhost, change);
      const { key, expected } = change;
      const before = made.get(key);
      if (before === undefined) {
        const conflict = keeper.conflictOf(this.#vhost, key, expected);
        if (conflict !== undefined) return conflict;
        if ('value' in change && keeper.find(this.#vhost.records, key) === 0) added++;
      } else if (expected !== undefined && !(expected === 'absent' && before === 'deleted')) {
        // Nobody knows the version that an earlier change of the same step will have.
        return { kind: 'conflict', key, version: undefined };
      }
      made.set(key, 'value' in change ? 'put' : 'deleted');
    }
    if (added > 0) keeper.requireRoom(this.#vhost.records, added);
    return undefined;
  }

  /** Does what `conflictIn` found nothing against. */
  apply(changes: readonly RecordChange[]): void {
    const { keeper } = this.#records;
    for (const change of changes) {
      if ('value' in change) keeper.put(this.#vhost, { ...change, expected: undefined });
      else keeper.delete(this.#vhost, { key: change.key });
    }
  }

  /** The channel closes. */
  close(): void {
    for (const end of [...this.#watches]) end();
  }
}
