/**
 * Follows one message through the journal's records: its publish, its places, and what became of it in each. Reads every
 * segment in slices and holds only what it found. Nothing of it touches the broker's own paths.
 */
import { join } from 'node:path';
import type { Disk } from '../../kernel/index.js';
import { walkJournal, type WalkedRecord } from '../../journal/index.js';
import { LifeBook } from './life-book.js';
import { QueueNames } from './queue-names.js';
import type { MessageTrace, TraceSearch } from './trace.js';

export interface TraceOptions {
  /** The data directory. */
  readonly directory: string;
  readonly disk: Disk;
  readonly pause: () => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** Rejects with the system's error where the journal cannot be read. */
export async function traceMessage(
  { directory, disk, pause, signal }: TraceOptions,
  search: TraceSearch,
): Promise<MessageTrace> {
  const journal = join(directory, 'journal');
  const names = new QueueNames();
  await names.read(journal, disk, pause);
  const book = new LifeBook(names, search);
  const visit = (record: WalkedRecord): void => {
    book.read(record);
  };
  const { records, bytes, completeFromSequence } = await walkJournal({
    directory: journal,
    ...{ disk, visit, pause, signal },
  });
  const { lives, isCut } = book.finish();
  const completeFromMs = book.completeFromMs(completeFromSequence);
  return {
    ...{ lives, isCut, records, bytes, isWhole: completeFromSequence <= 1 },
    ...(completeFromMs === undefined ? {} : { completeFromMs }),
  };
}
