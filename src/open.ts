/**
 * Opens an engine by its address. Invariant: only the adapter that the address asks for is loaded, so a program on a
 * directory never loads an AMQP client, nor one on a server the broker.
 */
import { millisecondsOf, parseEngineAddress, type Duration } from './engines/index.js';
import {
  requireKnownOptions,
  SluiceError,
  systemClock,
  systemRandom,
  type Clock,
  type OptionNames,
} from './kernel/index.js';
import { openDirectory } from './open-directory.js';
import { governanceNames, openGovernance, type GovernanceOptions } from './open-governance.js';
import { httpPortOf, openHttp, type HttpOptions } from './open-http.js';
import { openTelemetry, type OpenedTelemetry, type TelemetryOptions } from './open-telemetry.js';
import { TaskApp } from './tasks/index.js';

/**
 * What governs an engine (`monitor`, `zabbix`, `engines`, `owners`, `alerts`) is for one on a directory, while this process
 * owns it; it is named, and checked, as in `sluice.yaml`.
 */
export interface OpenOptions extends GovernanceOptions {
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
   * For a Sluice server, or a directory's owner: how long it waits when this process is gone or stopped, before others
   * get what it holds; at least 2 s, and 2 minutes unless said otherwise. A handler that keeps the event loop busy
   * does not count as that. On RabbitMQ it does, and only the heartbeat of the connection is set.
   */
  readonly lease?: Duration;
  /**
   * For an engine on a directory that another process owns: works through the owner, and takes over when it goes; true
   * unless said otherwise. False refuses with `directory-owned`.
   */
  readonly attach?: boolean;
  /**
   * For an engine on a directory: the port of the HTTP side on this machine's loopback addresses, while this process
   * owns the directory, or more about that side. 0: any free one, see `app.ports`.
   */
  readonly http?: number | HttpOptions;
  /** As `http`: the port on which AMQP clients are let in, who sign in as with a server. */
  readonly amqp?: number;
  /**
   * Where OpenTelemetry's signals go. Spans of tasks go by themselves to the SDK that the program has registered before;
   * with `otlp` they go to a collector, and for an engine on a directory what is measured does, too.
   */
  readonly telemetry?: TelemetryOptions;
}

const optionNames: OptionNames<OpenOptions> = {
  engine: true,
  onFailure: true,
  name: true,
  lease: true,
  attach: true,
  http: true,
  amqp: true,
  monitor: true,
  zabbix: true,
  engines: true,
  owners: true,
  alerts: true,
  telemetry: true,
};

/** Heartbeats have whole seconds, and a lease is two of them. */
const leaseMsMin = 2_000;

/** Time for the rejected calls to be seen before the process ends. */
const failureGraceMs = 1_000;
/** The exit code of a process whose disk failed (`EX_IOERR`). */
const diskFailedExitCode = 74;

/**
 * Opens the engine at an address. A directory that another process has is shared with it, unless `attach` is false:
 * then, `directory-owned` (details: `owner`). Rejects with `timeout` when that process does not answer, `port-taken`,
 * `connection-failed` or `access-refused` for a server, `unsupported` for an unknown kind of engine, `bad-input` for an
 * option that does not exist, `config-invalid` for settings of governance that make no sense.
 */
export async function open(options: OpenOptions | string): Promise<TaskApp> {
  const settings = typeof options === 'string' ? { engine: options } : options;
  checkSettings(settings);
  const clock = systemClock();
  const address = parseEngineAddress(settings.engine);
  const telemetry = await openTelemetry(settings.telemetry);
  if (address.kind === 'embedded') return openShared(address.directory, settings, clock, telemetry);
  refuseGovernance(settings);
  const { openRabbitmq } = await import('./engines/rabbitmq/index.js');
  const { name, lease } = settings;
  const engine = await openRabbitmq(address.url, {
    clock,
    leaseMs: leaseMsOf(lease),
    ...(name === undefined ? {} : { name }),
  });
  return new TaskApp(engine, clock, systemRandom(), { tracing: telemetry.tracing });
}

function checkSettings(settings: OpenOptions): void {
  requireKnownOptions(settings, optionNames, 'open');
  if (typeof settings.engine !== 'string' || settings.engine === '')
    throw new SluiceError('bad-input', "open needs an engine, such as open({ engine: './data' })");
  for (const name of ['http', 'amqp'] as const) {
    const port = name === 'http' ? httpPortOf(settings.http) : settings.amqp;
    if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535))
      throw new SluiceError('bad-input', `${name} is a port from 0 to 65535, not '${port}'`);
  }
}

/** A server is governed by its own settings: none of these may seem to be in force. */
function refuseGovernance(settings: OpenOptions): void {
  const given = governanceNames.filter((name) => typeof settings[name] === 'object');
  if (given.length === 0) return;
  const text = `${given.join(', ')} of open is for an engine on a directory; a server has its own in sluice.yaml`;
  throw new SluiceError('unsupported', text);
}

async function openShared(
  directory: string,
  options: OpenOptions,
  clock: Clock,
  { tracing, otlp }: OpenedTelemetry,
): Promise<TaskApp> {
  const { attach = true, onFailure = endProcess, name, lease, amqp, http } = options;
  const governance = await openGovernance(options);
  const wanted = await openHttp(http);
  const { engine, sharing } = await openDirectory(directory, {
    clock,
    onFailure,
    name,
    leaseMs: leaseMsOf(lease),
    attach,
    ports: { amqp, ...wanted, governance, otlp },
  });
  return new TaskApp(engine, clock, systemRandom(), { sharing, tracing });
}

function leaseMsOf(lease: Duration | undefined): number | undefined {
  if (lease === undefined) return undefined;
  const leaseMs = millisecondsOf(lease, 'the lease');
  if (leaseMs >= leaseMsMin) return leaseMs;
  throw new SluiceError('bad-input', `the lease is at least ${leaseMsMin} ms, not ${leaseMs}`);
}

function endProcess(error: SluiceError): void {
  process.stderr.write(`sluice: ${error.message}; this process ends, restart it to recover\n`);
  setTimeout(() => process.exit(diskFailedExitCode), failureGraceMs);
}
