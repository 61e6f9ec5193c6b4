/**
 * Opens an engine by its address. Invariant: only the adapter that the address asks for is loaded, so a program on a
 * directory never loads an AMQP client, nor one on a server the broker.
 */
import { parseEngineAddress } from './engines/index.js';
import { systemClock, systemRandom, type Clock, type SluiceError } from './kernel/index.js';
import { openDirectory } from './open-directory.js';
import { TaskApp } from './tasks/index.js';

export interface OpenOptions {
  /** A directory (`./data`, `embedded:./data`), or a server's URL (`amqp://…`, `amqps://…`, `rabbitmq://…`). */
  readonly engine: string;
  /**
   * For an engine on a directory: called when the disk has failed, after every waiting call was rejected with
   * `durability-lost`. Without it the process says why and ends with code 74 within a second, as what it holds in
   * memory is no longer what will be on disk.
   */
  readonly onFailure?: (error: SluiceError) => void;
  /** For a server, or a directory's owner: the name of the connection there. */
  readonly name?: string;
  /**
   * For an engine on a directory that another process owns: works through the owner, and takes over when it goes; true
   * unless said otherwise. False refuses with `directory-owned`.
   */
  readonly attach?: boolean;
  /**
   * For an engine on a directory: the port of the HTTP side on this machine's loopback addresses, while this process
   * owns the directory. 0: any free one, see `app.ports`.
   */
  readonly http?: number;
  /** As `http`: the port on which AMQP clients are let in, who sign in as with a server. */
  readonly amqp?: number;
}

/** Time for the rejected calls to be seen before the process ends. */
const failureGraceMs = 1_000;
/** The exit code of a process whose disk failed (`EX_IOERR`). */
const diskFailedExitCode = 74;

/**
 * Opens the engine at an address. A directory that another process has is shared with it, unless `attach` is false:
 * then, `directory-owned` (details: `owner`). Rejects with `timeout` when that process does not answer, `port-taken`,
 * `connection-failed` or `access-refused` for a server, `unsupported` for an unknown kind of engine.
 */
export async function open(options: OpenOptions | string): Promise<TaskApp> {
  const settings = typeof options === 'string' ? { engine: options } : options;
  const clock = systemClock();
  const address = parseEngineAddress(settings.engine);
  if (address.kind === 'embedded') return openShared(address.directory, settings, clock);
  const { openRabbitmq } = await import('./engines/rabbitmq/index.js');
  const { name } = settings;
  const engine = await openRabbitmq(address.url, { clock, ...(name === undefined ? {} : { name }) });
  return new TaskApp(engine, clock, systemRandom());
}

async function openShared(directory: string, options: OpenOptions, clock: Clock): Promise<TaskApp> {
  const { attach = true, onFailure = endProcess, name, amqp, http } = options;
  const { engine, sharing } = await openDirectory(directory, {
    clock,
    onFailure,
    name,
    attach,
    ports: { amqp, http },
  });
  return new TaskApp(engine, clock, systemRandom(), sharing);
}

function endProcess(error: SluiceError): void {
  process.stderr.write(`sluice: ${error.message}; this process ends, restart it to recover\n`);
  setTimeout(() => process.exit(diskFailedExitCode), failureGraceMs);
}
