/**
 * Decides what becomes of records, writes it down and applies it. Invariant: what is refused or in conflict has
 * changed nothing; whatever exceeds the bound goes in the same atomic group as what took its place.
 */
import type { Journal } from '../../journal/index.js';
import { SluiceError, type Clock } from '../../kernel/index.js';
import { copyBytes } from '../copy-bytes.js';
import { RecordType } from '../record-types.js';
import type { Held, Recorder } from '../recorder.js';
import type { BrokerState, VirtualHost } from '../state.js';
import {
  recordValueBytesMax,
  type DeleteOutcome,
  type ExpectedRecord,
  type PutOutcome,
  type RecordConflict,
  type RecordDeletion,
  type RecordPut,
} from './face.js';
import {
  putHeadBytes,
  RemovalReason,
  removalBytes,
  writePutHead,
  writeRemovalHead,
  type PutHead,
} from './record-codec.js';
import { RecordKey } from './record-key.js';
import { newRecordFacts } from './record-pages.js';
import type { RecordStore } from './record-store.js';

/** Records that one removal names at most. */
export const removalMax = 512;
/** A hundred years. */
const ttlMsMax = 100 * 365 * 24 * 60 * 60 * 1_000;

/** A delivery that goes together with a put. */
export interface SettledDelivery {
  readonly queue: number;
  readonly position: number;
  readonly held: Held;
}

/** What watchers are told by. */
export interface RecordFollower {
  /** The record under `key` was put as `store.put` did last. */
  changed(store: RecordStore, key: RecordKey, sequence: number): void;
  /** These records went; their bytes are alive until this returns. */
  removed(store: RecordStore, records: readonly number[], reason: RemovalReason, sequence: number): void;
}

export interface RecordParts {
  readonly state: BrokerState;
  readonly journal: Journal;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** Records of one virtual host. */
  readonly countMax: number;
  readonly follower: RecordFollower;
  /** Somebody waited for a record that was put. */
  readonly awaited: (store: RecordStore) => void;
  /** Records that expire were put: somebody must look after them. */
  readonly expiring: (store: RecordStore, expiryMs: number) => void;
}

export class RecordKeeper {
  readonly #parts: RecordParts;
  readonly #facts = newRecordFacts();
  readonly #head: PutHead = {
    vhost: Buffer.alloc(0),
    keyBytes: 0,
    valueBytes: 0,
    expiryMs: 0,
    low: 0,
    high: 0,
    check: 0,
    queue: 0,
    position: 0,
  };
  #key: RecordKey | undefined = undefined;
  #nameOf = '';
  #name: Buffer = Buffer.alloc(0);

  constructor(parts: RecordParts) {
    this.#parts = parts;
  }

  /** The key that was looked up last. */
  get key(): RecordKey {
    return (this.#key ??= new RecordKey(this.#parts.state.secret ?? { low: 0, high: 0 }));
  }

  /**
   * Puts a record; with `delivery`, in one record of the journal with the end of that delivery, which the caller
   * applies.
   *
   * @throws SluiceError `bad-input` for a key, value or time to live out of bounds, `limit-reached` without room.
   */
  put(vhost: VirtualHost, put: RecordPut, delivery?: SettledDelivery): PutOutcome {
    checkPut(put);
    this.#requireStanding(vhost);
    const { records: store } = vhost;
    const nowMs = this.#parts.clock.now();
    const found = this.find(store, put.key);
    const conflict = this.#conflict(store, found, put.key, put.expected, nowMs);
    if (conflict !== undefined) return conflict;
    if (found !== 0 || store.count < this.#parts.countMax)
      return { kind: 'written', version: this.#write(store, put, found, nowMs, delivery) };
    this.requireRoom(store, 1);
    return this.#parts.recorder.atomically(() => {
      this.#evict(store);
      this.key.read(put.key);
      return { kind: 'written', version: this.#write(store, put, 0, nowMs, delivery) };
    });
  }

  /** Takes a record away. Throws `bad-input` for what is no key. */
  delete(vhost: VirtualHost, deletion: RecordDeletion): DeleteOutcome {
    this.#requireStanding(vhost);
    const { records: store } = vhost;
    const found = this.find(store, deletion.key);
    const nowMs = this.#parts.clock.now();
    const conflict = this.#conflict(store, found, deletion.key, deletion.expected, nowMs);
    if (conflict !== undefined) return conflict;
    if (found === 0) return { kind: 'absent', sequence: store.removedSequence };
    store.counters.deleted++;
    return { kind: 'written', version: this.remove(store, [found], RemovalReason.deleted) };
  }

  /** A connection may outlive its virtual host, and even see another of the same name. */
  #requireStanding(vhost: VirtualHost): void {
    if (this.#parts.state.virtualHosts.get(vhost.name) === vhost) return;
    throw new SluiceError('not-found', `no virtual host '${vhost.name}'`);
  }

  /** Throws what a put or a deletion would throw, but for the lack of room. */
  check(vhost: VirtualHost, change: RecordPut | RecordDeletion): void {
    this.#requireStanding(vhost);
    if ('value' in change) checkPut(change);
    this.key.read(change.key);
  }

  /** Why a change of a record would not be done; undefined: nothing stands against it. */
  conflictOf(vhost: VirtualHost, key: string, expected: ExpectedRecord): RecordConflict | undefined {
    if (expected === undefined) return undefined;
    const found = this.find(vhost.records, key);
    return this.#conflict(vhost.records, found, key, expected, this.#parts.clock.now());
  }

  /** Throws `limit-reached` unless `count` more records have room, or others can make it. */
  requireRoom(store: RecordStore, count: number): void {
    const over = store.count + count - this.#parts.countMax;
    if (over <= (store.wheel?.size ?? 0)) return;
    throw new SluiceError(
      'limit-reached',
      `vhost '${store.vhost}' holds ${store.count} records that never expire`,
      {
        details: { vhost: store.vhost, countMax: this.#parts.countMax },
      },
    );
  }

  /** The record of a key, expired or not; 0: none. The key stands in `key`. */
  find(store: RecordStore, key: string): number {
    this.key.read(key);
    return store.find(this.key.low, this.key.high, this.key.check);
  }

  /** Whether a record is to be seen. */
  isLive(store: RecordStore, record: number, nowMs: number): boolean {
    if (record === 0) return false;
    const expiryMs = store.pages.expiryMs(record);
    return expiryMs === 0 || expiryMs > nowMs;
  }

  /** Takes records away, at most `removalMax`; the sequence of what says so. */
  remove(store: RecordStore, records: readonly number[], reason: RemovalReason): number {
    const { journal, recorder, follower } = this.#parts;
    const facts = this.#facts;
    const name = this.#nameBytes(store.vhost);
    const at = journal.reserve(RecordType.recordRemoval, removalBytes(name.length, records.length));
    const { view } = recorder;
    let next = writeRemovalHead(journal.buffer, view, at, reason, name, records.length);
    for (const record of records) {
      store.pages.read(record, facts);
      view.setUint32(next, facts.low, true);
      view.setUint32(next + 4, facts.high, true);
      view.setUint32(next + 8, facts.check, true);
      next += 12;
    }
    const sequence = journal.commit();
    follower.removed(store, records, reason, sequence);
    for (const record of records) {
      store.pages.read(record, facts);
      store.remove(facts.low, facts.high, facts.check, sequence);
    }
    return sequence;
  }

  #conflict(
    store: RecordStore,
    found: number,
    key: string,
    expected: ExpectedRecord,
    nowMs: number,
  ): RecordConflict | undefined {
    if (expected === undefined) return undefined;
    const version = this.isLive(store, found, nowMs) ? store.pages.version(found) : undefined;
    if (version === (expected === 'absent' ? undefined : expected)) return undefined;
    store.counters.conflicts++;
    return { kind: 'conflict', key, version };
  }

  /** Writes and applies a put of the key that stands in `key`, whose record is `found`. */
  #write(
    store: RecordStore,
    put: RecordPut,
    found: number,
    nowMs: number,
    delivery: SettledDelivery | undefined,
  ): number {
    const { journal, recorder, follower, expiring, awaited } = this.#parts;
    const { key } = this;
    const facts = this.#facts;
    const head = this.#head;
    head.vhost = this.#nameBytes(store.vhost);
    head.keyBytes = key.length;
    head.valueBytes = put.value.length;
    head.expiryMs = put.ttlMs === undefined ? 0 : Math.ceil(nowMs + put.ttlMs);
    head.low = key.low;
    head.high = key.high;
    head.check = key.check;
    head.queue = delivery?.queue ?? 0;
    head.position = delivery?.position ?? 0;
    const bytes = putHeadBytes(head.vhost.length, head.queue !== 0) + key.length + put.value.length;
    const by = delivery === undefined ? undefined : recorder.custodyOf(delivery.held);
    const isTold = by !== undefined && recorder.parties.prepare(by.parties, bytes + by.bytes);
    const wholeBytes = isTold ? bytes + by.bytes : bytes;
    const at = journal.reserve(RecordType.recordPut, wholeBytes);
    const { buffer } = journal;
    const keyAt = writePutHead(buffer, recorder.view, at, head);
    copyBytes(key.buffer, 0, key.length, buffer, keyAt);
    copyBytes(put.value, 0, put.value.length, buffer, keyAt + key.length);
    if (isTold) by.write(recorder.view, at + bytes);
    facts.version = journal.commit();
    facts.segment = journal.segment;
    facts.offset = journal.offset;
    facts.bytes = wholeBytes;
    facts.low = key.low;
    facts.high = key.high;
    facts.check = key.check;
    facts.expiryMs = head.expiryMs;
    if (head.expiryMs !== 0 && store.wheel === undefined) store.begin(nowMs);
    store.put(facts, found);
    store.counters.put++;
    follower.changed(store, key, facts.version);
    if (head.expiryMs !== 0) expiring(store, head.expiryMs);
    if (store.waits.hasWork) awaited(store);
    return facts.version;
  }

  /** Makes room: whoever expires first goes, a few more at once where there are many. */
  #evict(store: RecordStore): void {
    const count = Math.max(1, Math.min(removalMax, this.#parts.countMax >>> 12, store.wheel?.size ?? 0));
    for (let index = 0; index < count; index++) {
      const first = store.wheel?.first() ?? 0;
      if (first === 0) return;
      store.counters.evicted++;
      this.remove(store, [first], RemovalReason.evicted);
    }
  }

  #nameBytes(vhost: string): Buffer {
    if (this.#nameOf !== vhost) {
      this.#nameOf = vhost;
      this.#name = Buffer.from(vhost);
    }
    return this.#name;
  }
}

function checkPut({ value, ttlMs }: RecordPut): void {
  if (value.length > recordValueBytesMax) {
    throw new SluiceError('bad-input', `the value of a record has at most ${recordValueBytesMax} bytes`, {
      details: { bytes: value.length, bytesMax: recordValueBytesMax },
    });
  }
  if (ttlMs === undefined || (ttlMs > 0 && ttlMs <= ttlMsMax)) return;
  throw new SluiceError('bad-input', `a record lives from 1 to ${ttlMsMax} ms, not ${ttlMs}`);
}
