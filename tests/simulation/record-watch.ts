/**
 * What one watch of records is told, held against what was changed: each change once, in order, and not before it is
 * durable. Invariant: what is expected is what was changed since the watch began and has not been told.
 */
import type { RecordEvent } from '../../src/broker/index.js';
import type { Ledger } from './ledger.js';
import type { ChangeListener, RecordChange, RecordModel } from './record-model.js';

export class RecordWatch implements ChangeListener {
  readonly #ledger: Ledger;
  readonly #model: RecordModel;
  readonly prefix: string;
  readonly #expected: RecordChange[] = [];
  readonly #expired = new Set<RecordChange>();
  #version = 0;

  constructor(ledger: Ledger, prefix: string) {
    this.#ledger = ledger;
    this.#model = ledger.records;
    this.prefix = prefix;
  }

  noted(change: RecordChange): void {
    if (change.key.startsWith(this.prefix)) this.#expected.push(change);
  }

  /** The broker tells of a change. */
  told(event: RecordEvent, durableSequence: number, nowMs: number): void {
    const { key, version } = event.kind === 'put' ? event.entry : event;
    if (version > durableSequence) this.#report('told before it is durable', event);
    if (version < this.#version) this.#report('told out of order', event);
    this.#version = version;
    this.#model.told(version);
    if (!key.startsWith(this.prefix)) this.#report('told to whom it does not concern', event);
    else if (event.kind === 'expired') this.#tellExpired(event, key, version, nowMs);
    else if (event.kind === 'evicted') this.#report('evicted with room', event);
    else this.#tellMade(event, key, version);
  }

  #tellExpired(event: RecordEvent, key: string, version: number, nowMs: number): void {
    const change = this.#model.lastBefore(key, version);
    if (change?.kind !== 'put' || change.expiresMs > nowMs || this.#expired.has(change))
      this.#report('told without a reason', event);
    else this.#expired.add(change);
  }

  #tellMade(event: RecordEvent, key: string, version: number): void {
    while (this.#expected[0]?.isDoubtful === true && this.#expected[0].key !== key) this.#expected.shift();
    let change = this.#expected.shift();
    if (change?.isDoubtful === true && event.kind === 'put') change = this.#expected.shift();
    const isMeant =
      event.kind === 'put'
        ? change !== undefined && this.#model.matches(change, event.entry)
        : change?.kind === 'deleted' && version > change.after && version <= change.until;
    if (change?.key !== key || !isMeant) this.#report(`told in place of ${JSON.stringify(change)}`, event);
  }

  /** Nothing more happens by itself: everything durable must have been told. */
  atRest(durableSequence: number): void {
    const left = this.#expected.find(({ isDoubtful, until }) => !isDoubtful && until <= durableSequence);
    if (left !== undefined)
      this.#ledger.report(`a watch of '${this.prefix}' was not told of ${JSON.stringify(left)}`);
  }

  #report(what: string, event: RecordEvent): void {
    const { kind } = event;
    const { key, version } = kind === 'put' ? event.entry : event;
    this.#ledger.report(`a watch of '${this.prefix}' was ${what}: ${JSON.stringify({ kind, key, version })}`);
  }
}
