/** Jobs of other systems, brought once. */
export { parseBullmqAddress, type BullmqAddress } from './bullmq/address.js';
export { openBullmqSource } from './bullmq/bullmq-source.js';
export { migrate, type MigrationOptions } from './migration.js';
export { parseTaskMap, type Naming } from './naming.js';
export type { Report, ReportReason, ReportRow, ReportState, ReportTask } from './report.js';
export type { JobRetry, JobSource } from './source.js';
