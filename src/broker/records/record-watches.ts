/**
 * Tells watchers of changes, in their order, once they are durable. Nothing of a change is kept but where its bytes
 * stand; they are read back when it is told. Invariant: the bytes of what is still to be told stay alive.
 */
import type { RecordView } from '../../journal/index.js';
import type { LivenessAccount } from '../backlog.js';
import type { RecordEvent, RecordListener } from './face.js';
import { RemovalReason } from './record-codec.js';
import type { RecordFollower } from './record-keeper.js';
import type { RecordKey } from './record-key.js';
import { Word } from './record-pages.js';
import type { RecordStore } from './record-store.js';
import type { StoredPuts } from './stored-puts.js';
import { StoreWatches } from './store-watches.js';

/** Changes told in one turn of the event loop. */
const tellsPerTurn = 256;

/** A change that is still to be told. */
interface Pending {
  readonly watches: StoreWatches;
  readonly kind: RecordEvent['kind'];
  readonly sequence: number;
  readonly segment: number;
  readonly offset: number;
  readonly bytes: number;
}

const removalKinds = {
  [RemovalReason.deleted]: 'deleted',
  [RemovalReason.expired]: 'expired',
  [RemovalReason.evicted]: 'evicted',
} as const;

export interface WatchParts {
  readonly puts: StoredPuts;
  readonly account: LivenessAccount;
  readonly later: (run: () => void) => void;
}

export class RecordWatches implements RecordFollower {
  readonly #parts: WatchParts;
  readonly #stores = new Map<RecordStore, StoreWatches>();
  #pending: Pending[] = [];
  /** How many of `#pending` have been told. */
  #told = 0;
  /** `#tell` will go on by itself. */
  #isBusy = false;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    parts.puts.journal.onDurable(() => {
      if (this.#pending.length > 0 && !this.#isBusy) this.#tell();
    });
  }

  /** Calls `listener` for each change, from now on, of the keys that begin with `prefix`. Returns how to stop. */
  watch(store: RecordStore, prefix: string, listener: RecordListener): () => void {
    let watches = this.#stores.get(store);
    if (watches === undefined) this.#stores.set(store, (watches = new StoreWatches()));
    // A change from before may still be on its way to others.
    const { lastSequence } = this.#parts.puts.journal;
    const own: RecordListener = (event) => {
      const { version } = event.kind === 'put' ? event.entry : event;
      if (version > lastSequence) listener(event);
    };
    watches.add(prefix, own);
    return () => {
      watches.remove(prefix, own);
      if (watches.count === 0 && this.#stores.get(store) === watches) this.#stores.delete(store);
    };
  }

  count(store: RecordStore): number {
    return this.#stores.get(store)?.count ?? 0;
  }

  /** The virtual host is gone. */
  forget(store: RecordStore): void {
    this.#stores.delete(store);
  }

  changed(store: RecordStore, key: RecordKey, sequence: number): void {
    const watches = this.#stores.get(store);
    if (watches === undefined || !watches.matches(key.buffer, 0, key.length)) return;
    const { segment, offset } = this.#parts.puts.journal;
    this.#add({ watches, kind: 'put', sequence, segment, offset, bytes: key.length });
  }

  removed(store: RecordStore, records: readonly number[], reason: RemovalReason, sequence: number): void {
    const watches = this.#stores.get(store);
    if (watches === undefined) return;
    for (const record of records) {
      this.#add({
        watches,
        kind: removalKinds[reason],
        sequence,
        segment: store.pages.word(record, Word.segment),
        offset: store.pages.word(record, Word.offset),
        bytes: store.pages.word(record, Word.bytes),
      });
    }
  }

  #add(pending: Pending): void {
    this.#parts.account.retain(pending.segment, pending.bytes);
    this.#pending.push(pending);
  }

  /** Adds the offsets in `segment` of what is still to be told. */
  collectOffsets(segment: number, into: number[]): void {
    for (const pending of this.#pending.slice(this.#told))
      if (pending.segment === segment) into.push(pending.offset);
  }

  /** Changes still to be told. */
  get pending(): number {
    return this.#pending.length - this.#told;
  }

  #tell(): void {
    const { puts, later } = this.#parts;
    this.#isBusy = false;
    for (let left = tellsPerTurn; this.#told < this.#pending.length; left--) {
      const pending = this.#pending[this.#told]!;
      if (pending.sequence > puts.journal.durableSequence) break;
      if (left === 0) {
        this.#isBusy = true;
        later(() => {
          this.#tell();
        });
        break;
      }
      const record = puts.find(pending.segment, pending.offset);
      if (record === undefined) {
        this.#load(pending);
        break;
      }
      this.#next();
      this.#report(pending, record);
    }
    this.#forgetTold();
  }

  #load(pending: Pending): void {
    this.#isBusy = true;
    this.#parts.puts.journal.load(pending.segment, pending.offset, (error) => {
      // What cannot be read cannot be named either: its watchers find out when they look for it.
      if (error !== undefined) this.#next();
      this.#tell();
    });
  }

  #next(): void {
    const { segment, bytes } = this.#pending[this.#told]!;
    this.#parts.account.release(segment, bytes);
    this.#told++;
  }

  #report({ watches, kind, sequence }: Pending, record: RecordView): void {
    const { puts } = this.#parts;
    const { keyStart, valueStart } = puts.viewOf(record);
    const listeners = watches.listenersOf(record.buffer, keyStart, valueStart);
    if (listeners.length === 0) return;
    const entry = puts.entryOf(record);
    const event: RecordEvent = kind === 'put' ? { kind, entry } : { kind, key: entry.key, version: sequence };
    for (const listener of listeners) listener(event);
  }

  #forgetTold(): void {
    if (this.#told < this.#pending.length && this.#told < 1_024) return;
    this.#pending.splice(0, this.#told);
    this.#told = 0;
  }
}
