/** `sluice record watch`: prints each change of records until it is stopped, or has printed as many as asked for. */
import type { Command } from 'commander';
import type { RecordChange } from '../../engines/index.js';
import { bodyText } from '../message-text.js';
import { duration, wholeNumber } from '../option-values.js';
import { recordJson } from '../record-text.js';
import type { Shell } from '../shell.js';
import { withTasks } from '../task-engine.js';
import { singleLine } from '../text.js';
import { exitCodes } from '../exit-codes.js';

interface WatchOptions {
  readonly count?: number;
  readonly timeout?: number;
}

/** One line; a value of several is told by its JSON. */
function changeText({ key, entry }: RecordChange): string {
  return entry === undefined
    ? `${singleLine(key)}  gone`
    : `${singleLine(key)}  ${entry.version}  ${singleLine(bodyText(entry.value))}`;
}

function changeJson({ key, entry }: RecordChange): unknown {
  return entry === undefined ? { key, gone: true } : recordJson(entry);
}

/** Resolves when `signal` aborts. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

/** Ends on Ctrl-C, after the timeout and after `count` changes; gives how many were printed. */
async function watch(command: Command, shell: Shell, prefix: string, options: WatchOptions): Promise<number> {
  const { count = Number.POSITIVE_INFINITY, timeout } = options;
  const end = new AbortController();
  const stop = (): void => {
    end.abort();
  };
  const isJson = shell.isJson(command);
  let seen = 0;
  let printed = Promise.resolve();
  const tell = (change: RecordChange): void => {
    if (seen >= count) return;
    seen += 1;
    printed = printed.then(() =>
      isJson ? shell.sayJson(changeJson(change)) : shell.say(changeText(change)),
    );
    if (seen >= count) stop();
  };
  const timer = timeout === undefined ? undefined : setTimeout(stop, timeout);
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    await withTasks(command, shell, async ({ engine }) => {
      await engine.records.watch(prefix, tell, end.signal);
      await shell.err.write('Watching; Ctrl-C ends it.\n');
      await aborted(end.signal);
    });
    await printed;
    return seen;
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** Defines the command. */
export function defineWatch(command: Command, shell: Shell): void {
  command
    .argument('[prefix]', 'only keys that begin with it', '')
    .option('-n, --count <n>', 'stop after this many changes', wholeNumber(1))
    .option('--timeout <time>', 'stop after this time, with exit code 75 when changes are missing', duration)
    .action(async (prefix: string, options: WatchOptions) => {
      const seen = await watch(command, shell, prefix, options);
      if (options.count !== undefined && seen < options.count) shell.exitCode = exitCodes.retry;
    });
}
