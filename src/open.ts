/**
 * Opens an engine by its address. Invariant: only the adapter that the address asks for is loaded, so a program on a
 * directory never loads an AMQP client, nor one on a server the broker.
 */
import { App, parseEngineAddress, type Engine } from './engines/index.js';
import { systemClock, type Clock, type SluiceError } from './kernel/index.js';

export interface OpenOptions {
  /** A directory (`./data`, `embedded:./data`), or a server's URL (`amqp://…`, `amqps://…`, `rabbitmq://…`). */
  readonly engine: string;
  /**
   * For an engine on a directory: called when the disk has failed, after every waiting call was rejected with
   * `durability-lost`. Without it the process says why and ends with code 74 within a second, as what it holds in
   * memory is no longer what will be on disk.
   */
  readonly onFailure?: (error: SluiceError) => void;
  /** For a server: the name of the connection there. */
  readonly name?: string;
}

/** Time for the rejected calls to be seen before the process ends. */
const failureGraceMs = 1_000;
/** The exit code of a process whose disk failed (`EX_IOERR`). */
const diskFailedExitCode = 74;

/**
 * Opens the engine at an address. Rejects with `directory-owned` (details: `owner`) when another process has the
 * directory, `connection-failed` or `access-refused` for a server, `unsupported` for an unknown kind of engine.
 */
export async function open(options: OpenOptions | string): Promise<App> {
  const settings = typeof options === 'string' ? { engine: options } : options;
  const clock = systemClock();
  return new App(await openEngine(settings, clock), clock);
}

async function openEngine(options: OpenOptions, clock: Clock): Promise<Engine> {
  const address = parseEngineAddress(options.engine);
  if (address.kind === 'embedded') {
    const { openEmbedded } = await import('./engines/embedded/index.js');
    return openEmbedded(address.directory, { clock, onFailure: options.onFailure ?? endProcess });
  }
  const { openRabbitmq } = await import('./engines/rabbitmq/index.js');
  return openRabbitmq(address.url, { clock, ...(options.name === undefined ? {} : { name: options.name }) });
}

function endProcess(error: SluiceError): void {
  process.stderr.write(`sluice: ${error.message}; this process ends, restart it to recover\n`);
  setTimeout(() => process.exit(diskFailedExitCode), failureGraceMs);
}
