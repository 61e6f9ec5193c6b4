/** Finds the handler of a task in the file that was named for it. */
import { messageOf, SluiceError } from '../../kernel/index.js';
import type { TaskHandler } from '../task-options.js';

export type ThreadHandler = TaskHandler<unknown, unknown>;

/** Loads a file by its URL. Throws `bad-input` where it cannot be loaded, or has no handler. */
export async function loadHandler(file: string): Promise<ThreadHandler> {
  let loaded: unknown;
  try {
    loaded = await import(file);
  } catch (error) {
    throw new SluiceError('bad-input', `${file} cannot be loaded: ${messageOf(error)}`, { cause: error });
  }
  const handler = handlerIn(loaded);
  if (handler !== undefined) return handler;
  throw new SluiceError(
    'bad-input',
    `${file} exports no handler: make it the default export, or name it run`,
  );
}

/** The default export or `run`, also of a CommonJS file, whose `module.exports` is the default export. */
function handlerIn(loaded: unknown): ThreadHandler | undefined {
  const found = exportsOf(loaded);
  const inner = exportsOf(found.default);
  return [found.default, found.run, inner.default, inner.run].find(isHandler);
}

function exportsOf(loaded: unknown): { readonly default?: unknown; readonly run?: unknown } {
  return typeof loaded === 'object' && loaded !== null ? loaded : {};
}

function isHandler(found: unknown): found is ThreadHandler {
  return typeof found === 'function';
}
