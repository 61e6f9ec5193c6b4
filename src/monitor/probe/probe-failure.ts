/** What a failed probe says of the engine. Pure. */
import { SluiceError, type ErrorCode } from '../../kernel/index.js';
import type { Verdict } from './availability.js';

/** The engine answered: it is there, but this probe may not, or cannot, tell how it is. */
const answers: ReadonlySet<ErrorCode> = new Set([
  'access-refused',
  'bad-input',
  'exclusive',
  'limit-reached',
  'not-found',
  'not-implemented',
  'precondition-failed',
  'refused',
  'unsupported',
]);

export function verdictOf(error: unknown): Verdict {
  return error instanceof SluiceError && answers.has(error.code) ? 'unknown' : 'down';
}
