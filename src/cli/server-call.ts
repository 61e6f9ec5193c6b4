/** Calls operations of the server that owns the data directory, with their types. */
import { relative } from 'node:path';
import type { Command } from 'commander';
import { findDataDirectory } from '../config/index.js';
import type { ControlCall, ControlClient } from '../control/index.js';
import type {
  OperationEvent,
  OperationInput,
  OperationMessage,
  OperationName,
  OperationResult,
} from '../operations/index.js';
import { exitCodes } from './exit-codes.js';
import { CommandFailure } from './failure.js';
import type { GlobalOptions, Shell } from './shell.js';

/** The data directory that the options name, as an absolute path. */
export function dataDirectoryOf(command: Command, shell: Shell): Promise<string> {
  const { data, config } = command.optsWithGlobals<GlobalOptions>();
  const { environment, workingDirectory } = shell;
  return findDataDirectory({ data, config, environment, workingDirectory });
}

/** A path as the user would type it. */
export function shownPath(shell: Shell, path: string): string {
  const near = relative(shell.workingDirectory, path);
  return near !== '' && !near.startsWith('..') ? `./${near}` : path;
}

/** A connection to the server. */
export class ServerCalls {
  readonly #client: ControlClient;

  constructor(client: ControlClient) {
    this.#client = client;
  }

  get hello(): ControlClient['hello'] {
    return this.#client.hello;
  }

  /** Resolves when the server has ended the connection. */
  get closed(): Promise<void> {
    return this.#client.closed;
  }

  /** Calls an operation and waits for its result. */
  async call<Name extends OperationName>(
    name: Name,
    input: OperationInput<Name>,
    onEvent?: (event: OperationEvent<Name>) => void,
  ): Promise<OperationResult<Name>> {
    return this.open(name, input, onEvent).result;
  }

  /** Calls an operation that takes or gives a stream. */
  open<Name extends OperationName>(
    name: Name,
    input: OperationInput<Name>,
    onEvent?: (event: OperationEvent<Name>) => void,
  ): ControlCall<OperationResult<Name>, OperationMessage<Name>> {
    return this.#client.call(name, input, onEvent);
  }
}

/** Runs `use` with the server of the data directory. Rejects when there is none. */
export async function withServer<Result>(
  command: Command,
  shell: Shell,
  use: (server: ServerCalls) => Promise<Result>,
): Promise<Result> {
  return withServerOn(await dataDirectoryOf(command, shell), shell, use);
}

/** Runs `use` with whoever owns a data directory. Rejects when nobody does. */
export async function withServerOn<Result>(
  directory: string,
  shell: Shell,
  use: (server: ServerCalls) => Promise<Result>,
): Promise<Result> {
  const { connectControl } = await import('../control/index.js');
  const client = await connectControl(directory);
  if (client === undefined) {
    const path = shownPath(shell, directory);
    throw new CommandFailure(
      `No Sluice server runs on ${path}. Start one with: sluice up --data ${path}`,
      exitCodes.noServer,
    );
  }
  try {
    return await use(new ServerCalls(client));
  } finally {
    client.close();
  }
}
