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
export { Pacer } from './pacer.js';
export { pattern, type Pattern, type VariableValues } from './pattern.js';
export { isBuckets, latencyErrorMax, LatencyHistogram, type LatencySummary } from './latency-histogram.js';
export { latencyIntervalMsMin, LatencyTrack, type LatencyFigures } from './latency-track.js';
export { LatencyTrio } from './latency-trio.js';
export { requireKnownOptions, type OptionNames } from './option-names.js';
export { holdProcess } from './process-hold.js';
export { systemProcess, type ProcessFigures } from './process-figures.js';
export { Rounds, type RoundsOptions } from './rounds.js';
export { systemDisk } from './system-disk.js';
export { seededRandom, systemRandom, type Random } from './random.js';
export { Turns } from './turns.js';
export { readWhole, writeWhole } from './whole-file.js';
