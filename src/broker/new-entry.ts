/** A message as it enters a queue: what is decided of it before its entry is written into a page. */
import { EntryState } from './page.js';
import type { RecordHashes } from './records/record-hashes.js';

/** Everything the fold knows of a new entry. One object is reused. */
export interface NewEntry {
  position: number;
  segment: number;
  offset: number;
  /** Body bytes. */
  size: number;
  state: EntryState;
  priority: number;
  transient: boolean;
  deliveryCount: number;
  redelivered: boolean;
  /** Unix ms; 0: never. */
  expiryMs: number;
  /** Smaller is delivered first; used by ordered queues only. */
  rank: number;
  isRanked: boolean;
  /** Unix ms; 0: not delayed. */
  dueMs: number;
  isKeyed: boolean;
  keyLow: number;
  keyHigh: number;
  /** It names a tenant or a cost in a queue that tenants share. */
  isShared: boolean;
  tenantLow: number;
  tenantHigh: number;
  /** 0: not given. */
  costThousandths: number;
  /** The hash of its `message-id` in a queue that is searched by it; 0: none. */
  idHash: number;
  /** Unix ms; 0: it said none, or its rank says it. Kept in memory alone. */
  deadlineMs: number;
  /** The records that it is `held` for; undefined: it is not. */
  awaited: RecordHashes | undefined;
}

export function newEntry(): NewEntry {
  return {
    position: 0,
    segment: 0,
    offset: 0,
    size: 0,
    state: EntryState.ready,
    priority: 0,
    transient: false,
    deliveryCount: 0,
    redelivered: false,
    expiryMs: 0,
    rank: 0,
    isRanked: false,
    dueMs: 0,
    isKeyed: false,
    keyLow: 0,
    keyHigh: 0,
    isShared: false,
    tenantLow: 0,
    tenantHigh: 0,
    costThousandths: 0,
    idHash: 0,
    deadlineMs: 0,
    awaited: undefined,
  };
}
