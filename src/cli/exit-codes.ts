/**
 * The exit codes of the `sluice` program, after sysexits.h where it has one. Scripts and service managers match on
 * them: they never change their meaning.
 */
import type { ErrorCode } from '../kernel/index.js';

/** Every exit code, with what it tells. */
export const exitCodes = {
  ok: 0,
  /** The command could not do what was asked. */
  failure: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** No server runs on the data directory. */
  noServer: 69,
  /** A bug in Sluice. */
  internal: 70,
  /** The data directory, or a port, belongs to another process. */
  owned: 73,
  /** The disk failed: what was not yet confirmed may be lost, and nothing else. */
  disk: 74,
  /** Not now: the same command may succeed later. */
  retry: 75,
  /** The data is damaged, or was written by a newer release: nothing was changed. */
  data: 65,
  /** Not allowed. */
  refused: 77,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The exit code for each error code; the compiler checks that none is forgotten. */
const codeOf: Readonly<Record<ErrorCode, ExitCode>> = {
  'access-refused': exitCodes.refused,
  'already-exists': exitCodes.failure,
  'bad-input': exitCodes.usage,
  closed: exitCodes.retry,
  'config-invalid': exitCodes.usage,
  'connection-failed': exitCodes.noServer,
  'deadline-missed': exitCodes.failure,
  'directory-owned': exitCodes.owned,
  'disk-failed': exitCodes.disk,
  'disk-full': exitCodes.disk,
  'durability-lost': exitCodes.disk,
  exclusive: exitCodes.failure,
  'format-newer': exitCodes.data,
  'in-use': exitCodes.failure,
  internal: exitCodes.internal,
  'journal-damaged': exitCodes.data,
  'limit-reached': exitCodes.retry,
  'not-empty': exitCodes.failure,
  'not-found': exitCodes.failure,
  'not-implemented': exitCodes.failure,
  'port-taken': exitCodes.owned,
  'precondition-failed': exitCodes.failure,
  protocol: exitCodes.failure,
  refused: exitCodes.failure,
  'task-cancelled': exitCodes.failure,
  'task-failed': exitCodes.failure,
  timeout: exitCodes.retry,
  unsupported: exitCodes.failure,
};

/** The exit code for an error. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  return codeOf[code];
}
