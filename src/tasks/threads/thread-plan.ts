/** Where the handler of a task in a thread is, and how long it may take to stop. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { millisecondsOf, type Duration } from '../../engines/index.js';
import { SluiceError } from '../../kernel/index.js';

/** The part of a task's declaration that puts its handler into a thread. */
export interface ThreadOptions {
  /**
   * A file whose default export, or export `run`, is the handler: it runs in a worker thread, so that it may compute
   * without end and be killed. `new URL('./file.js', import.meta.url)`, or a path, which is relative to the working
   * directory.
   */
  readonly thread?: string | URL;
  /** How long a handler in a thread may go on after its signal has aborted, before it is killed; 1 s unless said otherwise. */
  readonly killAfter?: Duration;
}

/** The checked form. */
export interface ThreadPlan {
  /** A `file:` URL. */
  readonly file: string;
  readonly killAfterMs: number;
}

/** Throws `bad-input` for what is no file, `not-found` for one that is not there. */
export function threadPlanOf(
  name: string,
  { thread, killAfter, run }: ThreadOptions & { readonly run?: unknown },
): ThreadPlan | undefined {
  if (thread === undefined) {
    if (killAfter === undefined) return undefined;
    throw refusal(`task '${name}': killAfter is for tasks in threads`);
  }
  if (run !== undefined)
    throw refusal(`task '${name}': its handler is given by run or by thread, not by both`);
  const file = fileUrlOf(name, thread);
  if (!existsSync(fileURLToPath(file))) {
    const from = typeof thread === 'string' ? ' (a path is relative to the working directory)' : '';
    throw new SluiceError('not-found', `task '${name}': there is no file ${fileURLToPath(file)}${from}`);
  }
  return {
    file: file.href,
    killAfterMs: millisecondsOf(killAfter ?? '1s', `killAfter of task '${name}'`),
  };
}

function fileUrlOf(name: string, thread: string | URL): URL {
  const text = String(thread);
  const isUrl = thread instanceof URL || text.startsWith('file:');
  if (!isUrl && typeof thread === 'string' && text !== '') return pathToFileURL(resolve(text));
  if (isUrl && URL.canParse(text) && new URL(text).protocol === 'file:') return new URL(text);
  throw refusal(`task '${name}': thread is a path or a file: URL, not '${text}'`);
}

function refusal(message: string): SluiceError {
  return new SluiceError('bad-input', message);
}
