/** The shapes of records that protocols and the engine port see. Times are Unix milliseconds. */

import type { PublishOutcome } from '../face.js';

/** The longest value, bytes: with its key it is one record of the journal. */
export const recordValueBytesMax = 1024 * 1024 - 1024;

/** What a change asks of the record as it is: the version that it must have; `absent`: that there is none. */
export type ExpectedRecord = number | 'absent' | undefined;

export interface RecordPut {
  /** 1 to 512 bytes of UTF-8. */
  readonly key: string;
  readonly value: Buffer;
  readonly expected?: ExpectedRecord;
  /** The record goes after so long, milliseconds from now; undefined: it stays. */
  readonly ttlMs?: number | undefined;
}

export interface RecordDeletion {
  readonly key: string;
  readonly expected?: ExpectedRecord;
}

/** A record as it was at one moment; the buffer is the reader's own. */
export interface RecordEntry {
  readonly key: string;
  readonly value: Buffer;
  /** Grows with each change of the key. It is the journal's sequence: durable when that is. */
  readonly version: number;
  readonly expiresMs: number | undefined;
}

/** The record was not as expected, and nothing was done. `version`: the one it has; undefined: there is none. */
export interface RecordConflict {
  readonly kind: 'conflict';
  readonly key: string;
  readonly version: number | undefined;
}

/** `version` is also the sequence to wait for before anybody is told. */
export interface RecordWritten {
  readonly kind: 'written';
  readonly version: number;
}

/** Part of an open transaction: its commit tells. */
export interface RecordDeferred {
  readonly kind: 'deferred';
}

export type PutOutcome = RecordWritten | RecordConflict;

/** `absent`: there was none to delete, as of `sequence`. */
export type DeleteOutcome = PutOutcome | { readonly kind: 'absent'; readonly sequence: number };

/** `lost`: the delivery is no longer the channel's, or its queue is gone; nothing was done. */
export type CompletionOutcome = PutOutcome | { readonly kind: 'lost' };

/** What became of a publish that depends on a put. The put was done where the message is `routed`, else not. */
export type ConditionalPublish =
  | { readonly kind: 'published'; readonly outcome: PublishOutcome; readonly version: number | undefined }
  | RecordConflict;

/** The answer to a `get`; `sequence` is to be waited for before anybody is told. */
export type RecordAnswer =
  | { readonly kind: 'found'; readonly entry: RecordEntry; readonly sequence: number }
  | { readonly kind: 'absent'; readonly sequence: number }
  | { readonly kind: 'failed'; readonly message: string };

export interface RecordScanRequest {
  /** Empty: every key. */
  readonly prefix: string;
  /** `RecordScan.after` of the scan before. */
  readonly after?: string | undefined;
  /** 1 to 1,000 entries; fewer come where their values are large. */
  readonly limit: number;
}

/** In no order. What was there throughout all scans of a row is in exactly one of them. */
export interface RecordScan {
  readonly entries: readonly RecordEntry[];
  /** Where to go on; undefined: that was all. It means nothing after a restart. */
  readonly after: string | undefined;
  readonly sequence: number;
}

/** A durable change of a key. `evicted`: it went before its time, because there were too many. */
export type RecordEvent =
  | { readonly kind: 'put'; readonly entry: RecordEntry }
  | { readonly kind: 'deleted' | 'expired' | 'evicted'; readonly key: string; readonly version: number };

export type RecordListener = (event: RecordEvent) => void;

/** The records of a channel's virtual host. What changes in a transaction is `deferred`. */
export interface ChannelRecords {
  /** Calls back once, now or after a read from disk. Throws `bad-input`. */
  get(key: string, reply: (answer: RecordAnswer) => void): void;
  /** Throws `bad-input`, or `limit-reached` where nothing could make room. Copies what it keeps. */
  put(put: RecordPut): PutOutcome | RecordDeferred;
  delete(deletion: RecordDeletion): DeleteOutcome | RecordDeferred;
  /** Rejects with `bad-input`, and with `precondition-failed` for a cursor from before a restart. */
  scan(request: RecordScanRequest): Promise<RecordScan>;
  /**
   * Calls `listener` for each change, from now on, of the keys that begin with `prefix`, once it is durable. It ends
   * with the channel, or with the function that this returns.
   */
  watch(prefix: string, listener: RecordListener): () => void;
}

/** The records of a virtual host, in figures. */
export interface RecordReport {
  readonly vhost: string;
  readonly count: number;
  /** Records with a time to live. */
  readonly expiring: number;
  /** Bytes in the journal. */
  readonly bytes: number;
  /** Bytes of memory. */
  readonly memoryBytes: number;
  readonly watches: number;
  /** Since the start, as are those below. */
  readonly put: number;
  readonly deleted: number;
  readonly expired: number;
  readonly evicted: number;
  readonly conflicts: number;
}
