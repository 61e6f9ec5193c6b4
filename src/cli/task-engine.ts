/**
 * The engine that the commands for tasks and records work on: a server by its URL, or a data directory, through whoever owns it.
 * Invariant: a directory that is not there is never made.
 */
import type { Command } from 'commander';
import { SluiceError } from '../kernel/index.js';
import { parseEngineAddress } from '../engines/index.js';
import { open } from '../open.js';
import type { TaskApp } from '../tasks/index.js';
import { engineAddressOf, missingDirectory } from './engine-address.js';
import { exitCodes } from './exit-codes.js';
import { CommandFailure } from './failure.js';
import { shownPath, withServerOn, type ServerCalls } from './server-call.js';
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
  use: (app: TaskApp, address: string) => Promise<Result>,
): Promise<Result> {
  const given = command.optsWithGlobals<EngineOption>().engine;
  const engine = given ?? shell.environment['SLUICE_ENGINE'];
  const address = await engineAddressOf(engine, command, shell);
  const missing = missingDirectory(address);
  if (missing !== undefined)
    throw new CommandFailure(`There is no engine in ${shownPath(shell, missing)}.`, exitCodes.noServer);
  const app = await open({
    engine: address,
    name: `sluice ${command.parent?.name() ?? command.name()}`,
  });
  try {
    return await use(app, address);
  } finally {
    await app.close();
  }
}

/** An act of an operator, by either way. */
export interface TaskAct<Result> {
  /** On another engine, which knows nothing of operators. */
  readonly over: (app: TaskApp) => Promise<Result>;
  /** On a directory: by whoever owns it, into whose audit log it goes. */
  readonly by: (server: ServerCalls) => Promise<Result>;
}

/** Opens the engine for one act, and closes it. */
export function actOnTasks<Result>(
  command: Command,
  shell: Shell,
  { over, by }: TaskAct<Result>,
): Promise<Result> {
  return withTasks(command, shell, (app, address) => {
    const parsed = parseEngineAddress(address);
    return parsed.kind === 'embedded' ? withServerOn(parsed.directory, shell, by) : over(app);
  });
}

/** The queue of a task, or the queue of that name. Throws `not-found` where there is neither. */
export async function queueNamed(app: TaskApp, name: string): Promise<string> {
  const queue = await app.tasks.queueOf(name);
  if (queue !== undefined) return queue;
  throw new SluiceError(
    'not-found',
    `there is no task '${name}': nobody has declared it here (see: sluice task list)`,
  );
}
