/** Turns the system's errors into the journal's: a full disk can be waited for, any other failure cannot. */
import { messageOf, SluiceError, systemCodeOf } from '../kernel/index.js';

/** True for the errors of a disk, or a quota, without room. */
export function isDiskFull(error: unknown): boolean {
  const code = systemCodeOf(error);
  return code === 'disk-full' || code === 'ENOSPC' || code === 'EDQUOT';
}

/** What failed, as `disk-full` (retryable) or `disk-failed`; errors that say more are kept. */
export function diskError(what: string, error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  const full = isDiskFull(error);
  return new SluiceError(full ? 'disk-full' : 'disk-failed', `${what}: ${messageOf(error)}`, {
    cause: error,
    retryable: full,
  });
}

/** As `diskError`, for work that also runs code of the caller: only the system's errors are translated. */
export function systemErrorAsDiskError(what: string, error: Error): Error {
  return systemCodeOf(error) === undefined ? error : diskError(what, error);
}
