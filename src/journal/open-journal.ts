/** Opens a journal directory: finds the newest valid snapshot and the segments after it. */
import { SluiceError } from '../kernel/index.js';
import type { Journal, JournalOptions } from './contract.js';

/** Opens the journal in `options.directory`, making it when absent. */
export function openJournal(options: JournalOptions): Promise<Journal> {
  return Promise.reject(new SluiceError('not-implemented', `cannot open ${options.directory} yet`));
}
