/**
 * The engine that the commands for tasks and records work on: a server by its URL, or a data directory, through whoever owns it.
 * Invariant: a directory that is not there is never made.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { parseEngineAddress } from '../engines/index.js';
import { SluiceError } from '../kernel/index.js';
import { open } from '../open.js';
import type { TaskApp } from '../tasks/index.js';
import { exitCodes } from './exit-codes.js';
import { CommandFailure } from './failure.js';
import { dataDirectoryOf, shownPath } from './server-call.js';
import type { Shell } from './shell.js';

interface EngineOption {
  readonly engine?: string;
}

/** Adds `--engine`. */
export function withEngine(command: Command): Command {
  return command.option('--engine <url>', 'a server (amqp://…), instead of the data directory');
}

/** Opens the engine for one piece of work, and closes it. */
export async function withTasks<Result>(
  command: Command,
  shell: Shell,
  use: (app: TaskApp) => Promise<Result>,
): Promise<Result> {
  const given = command.optsWithGlobals<EngineOption>().engine;
  const engine = given ?? shell.environment['SLUICE_ENGINE'];
  const app = await open({
    engine: await addressOf(engine, command, shell),
    name: `sluice ${command.parent?.name() ?? command.name()}`,
  });
  try {
    return await use(app);
  } finally {
    await app.close();
  }
}

async function addressOf(engine: string | undefined, command: Command, shell: Shell): Promise<string> {
  if (engine !== undefined && parseEngineAddress(engine).kind !== 'embedded') return engine;
  const directory =
    engine === undefined
      ? await dataDirectoryOf(command, shell)
      : resolve(shell.workingDirectory, engine.replace(/^embedded:/, ''));
  if (existsSync(join(directory, 'journal'))) return `embedded:${directory}`;
  throw new CommandFailure(`There is no engine in ${shownPath(shell, directory)}.`, exitCodes.noServer);
}

/** The queue of a task, or the queue of that name. Throws `not-found` where there is neither. */
export async function queueNamed(app: TaskApp, name: string): Promise<string> {
  const queue = await app.tasks.queueOf(name);
  if (queue !== undefined) return queue;
  throw new SluiceError(
    'not-found',
    `there is no task '${name}': nobody has declared it here (see: sluice task ls)`,
  );
}
