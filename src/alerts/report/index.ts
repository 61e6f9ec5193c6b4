/** The report for whoever is on call next: what happened, what may, and who used how much. */
export type * from './types.js';
export type { ActRecord, ActsRead } from './acts.js';
export { availabilityOfEngines } from './availability.js';
export { reportCsv } from './csv.js';
export { makeReport, type ReportOptions, type ReportSources } from './make-report.js';
export { momentText } from './moment-text.js';
export type { QueueLimit } from './owner-usage.js';
export { OwnerBook, ownerSettings, type OwnerRule } from './owners.js';
export { subjectText } from './subject-text.js';
