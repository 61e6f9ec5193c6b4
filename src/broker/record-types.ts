/** The broker's records in the journal. Types below 16 belong to the journal itself. docs/formats/records.md tells the layouts. */
export const RecordType = {
  publish: 16,
  chunk: 17,
  settle: 18,
  requeue: 19,
  delivered: 20,
  topology: 21,
  stateHash: 22,
  recordPut: 23,
  recordRemoval: 24,
  party: 25,
  holdBack: 32,
} as const;

/** Why messages left a queue. The numbers stand in `settle` records. */
export const SettleReason = {
  acknowledged: 1,
  rejected: 2,
  expired: 3,
  dropped: 4,
  purged: 5,
  deadLettered: 6,
  cancelled: 7,
  rerouted: 8,
} as const;
export type SettleReason = (typeof SettleReason)[keyof typeof SettleReason];

/** How deliveries came back. The numbers stand in `requeue` records. */
export const RequeueKind = {
  /** Perhaps delivered before an unclean stop. */
  marked: 0,
  /** Rejected, or whoever had it is gone: counts towards the delivery limit. */
  failed: 1,
  /** Given back unused, or taken back: does not count. */
  returned: 2,
} as const;
export type RequeueKind = (typeof RequeueKind)[keyof typeof RequeueKind];
