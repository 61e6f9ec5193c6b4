/** What every module may use: errors, assertions, and the ports of time, randomness and disk. */
export { assert, AssertionError, unreachable } from './assert.js';
export { FakeClock, systemClock, timerDelayMsMax, type CancelTimer, type Clock } from './clock.js';
export type { Disk, DiskFile, OpenMode } from './disk.js';
export { errorCodes, messageOf, SluiceError, systemCodeOf, type ErrorCode, type ErrorOptions } from './errors.js';
export { seededRandom, systemRandom, type Random } from './random.js';
