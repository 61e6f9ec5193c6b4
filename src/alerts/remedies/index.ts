/** Remedies: what they are, applying and undoing them, and the port to what they act on. */
export type * from './actions.js';
export { remedies, remedyNamed } from './catalogue.js';
export { quarantineQueue } from './definitions/quarantine.js';
export { Remedies, type RemediesOptions, type RemedyPreview, type Wish } from './remedies.js';
export type { Doer, RemedyStep } from './remedy-steps.js';
export type { AnyRemedy, Parameters as RemedyParameters } from './remedy.js';
export { RemedySource } from './remedy-counts.js';
export { remedySettings, type RemedySettings } from './remedy-setting.js';
export type { SwitchState } from './automatic-switch.js';
export type { RemedyRun, RunEvent, RunState } from './remedy-run.js';
