/** Durable key-value records, as the engine port has them: for results, dedupe, cancellation and reasons. */

/** The largest value that every engine with records keeps; bytes. */
export const recordValueBytesMax = 1024 * 1024 - 1024;

export interface RecordEntry {
  readonly key: string;
  readonly value: Buffer;
  /** Grows with each change of the key. */
  readonly version: number;
  /** Unix milliseconds; undefined: never. */
  readonly expiresMs: number | undefined;
}

/** A change is refused, without an error, when the record is not as the caller thought. */
export type RecordOutcome =
  | { readonly kind: 'written'; readonly version: number }
  | { readonly kind: 'conflict'; readonly current: RecordEntry | undefined };

export interface RecordCondition {
  /** The version that the record must have; `absent`: there must be none. */
  readonly expected?: number | 'absent';
}

export interface RecordOptions extends RecordCondition {
  /** The record goes after so long; milliseconds. */
  readonly ttlMs?: number;
}

/** A record to be written together with other things. */
export interface RecordPut extends RecordOptions {
  readonly key: string;
  readonly value: Buffer;
}

/** What a watcher is told, once it is durable. */
export interface RecordChange {
  readonly key: string;
  /** Undefined: it was deleted, or its time was over. */
  readonly entry: RecordEntry | undefined;
}

/** Changes resolve when they are durable. */
export interface Records {
  get(key: string): Promise<RecordEntry | undefined>;
  put(key: string, value: Buffer, options?: RecordOptions): Promise<RecordOutcome>;
  delete(key: string, condition?: RecordCondition): Promise<RecordOutcome>;
  /** The records whose keys begin with `prefix`, in no order. */
  scan(prefix: string): Promise<readonly RecordEntry[]>;
  /**
   * Tells each change of the keys that begin with `prefix`, from when the promise resolves until `signal` is aborted.
   * Changes in quick succession may be told as their last. After a lost connection it begins anew by itself, telling
   * what there is as changed.
   */
  watch(prefix: string, listener: (change: RecordChange) => void, signal: AbortSignal): Promise<void>;
}

/** Records of an engine that has none. */
export function refusedRecords(refusal: () => Error): Records {
  return {
    get: () => Promise.reject(refusal()),
    put: () => Promise.reject(refusal()),
    delete: () => Promise.reject(refusal()),
    scan: () => Promise.reject(refusal()),
    watch: () => Promise.reject(refusal()),
  };
}
