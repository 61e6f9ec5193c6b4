/** Why an engine refused to settle a task's message. Pure. */
import { SluiceError } from '../kernel/index.js';

const refusalsOfSends: ReadonlySet<string> = new Set([
  'not-found',
  'access-refused',
  'bad-input',
  'limit-reached',
]);

/** The record of that key was not as expected: the task has its outcome already. */
export function isConflict(error: unknown, key: string): boolean {
  return error instanceof SluiceError && error.code === 'precondition-failed' && error.details['key'] === key;
}

/** What the handler sends was refused, for example because its queue is not there. */
export function isRefusedSend(error: unknown): boolean {
  return error instanceof SluiceError && refusalsOfSends.has(error.code);
}
