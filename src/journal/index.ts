/** The journal: one append-only store of typed records, durable in groups. It knows no queues. */
export {
  payloadBytesMax,
  recordTypeMax,
  type CompactionReport,
  type Distribution,
  type Journal,
  type JournalLog,
  type JournalOptions,
  type JournalSnapshot,
  type JournalStats,
  type RecordView,
  type RecoveryReport,
  type SequenceGap,
  type SnapshotWriter,
  type SpaceState,
  type StopListening,
  type TornTail,
} from './contract.js';
export { openJournal } from './open-journal.js';
export {
  inspectJournal,
  type DamagedRange,
  type JournalInspection,
  type SegmentInspection,
} from './inspect-journal.js';
export {
  walkJournal,
  walkSnapshots,
  type JournalWalk,
  type WalkedRecord,
  type WalkReport,
} from './walk-journal.js';
export { repairJournal, type Repair, type RepairReport } from './repair-journal.js';
