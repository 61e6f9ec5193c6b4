/** What every module may use: errors, assertions, and the ports of time, randomness and disk. */
export { assert, AssertionError, unreachable } from './assert.js';
export { FakeClock, systemClock, timerDelayMsMax, type CancelTimer, type Clock } from './clock.js';
export type { Disk, DiskFile, OpenMode } from './disk.js';
export {
  errorCodes,
  messageOf,
  SluiceError,
  systemCodeOf,
  type ErrorCode,
  type ErrorOptions,
} from './errors.js';
export {
  changingOperations,
  SimulatedDisk,
  type FailureChoice,
  type OperationChoice,
  type OperationKind,
  type SimulatedDiskOptions,
} from './simulated-disk.js';
export { requireKnownOptions, type OptionNames } from './option-names.js';
export { holdProcess } from './process-hold.js';
export { systemDisk } from './system-disk.js';
export { seededRandom, systemRandom, type Random } from './random.js';
