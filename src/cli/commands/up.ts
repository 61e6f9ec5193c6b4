/**
 * `sluice up`: becomes the server. It ends with 0 after a drained stop, 74 when the disk failed, and with the
 * code of whatever kept it from starting.
 */
import { Option, type Command } from 'commander';
import {
  futureFlags,
  loadSettings,
  settingFlags,
  variableOf,
  type LoadedSettings,
} from '../../config/index.js';
import { messageOf, SluiceError } from '../../kernel/index.js';
import { exitCodes } from '../exit-codes.js';
import { shownPath } from '../server-call.js';
import type { Shell } from '../shell.js';

type ServerModule = typeof import('../../server/index.js');
type RunningServer = Awaited<ReturnType<ServerModule['startServer']>>;
type Log = ReturnType<ServerModule['createLog']>;

/** Options that are global already. */
const globalFlags = new Set(['data']);

/** Camel case, as commander names the values of options. */
function optionName(flag: string): string {
  return flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function flagsOf(command: Command): Record<string, string | undefined> {
  const options = command.optsWithGlobals<Record<string, string | undefined>>();
  for (const { flag, reason } of futureFlags) {
    if (options[flag] !== undefined) throw new SluiceError('bad-input', `--${flag}: ${reason}.`);
  }
  const flags = settingFlags.map(({ flag }) => [flag, options[optionName(flag)]] as const);
  return { ...Object.fromEntries(flags), config: options['config'] };
}

function isReadable(shell: Shell, { settings }: LoadedSettings): boolean {
  const { format } = settings.log;
  return format === 'text' || (format === 'auto' && shell.err.isTerminal);
}

function logOf(shell: Shell, loaded: LoadedSettings, server: ServerModule): Log {
  return server.createLog({
    level: loaded.settings.log.level,
    format: isReadable(shell, loaded) ? 'text' : 'json',
    stream: process.stderr,
    colour: shell.err.hasColour,
  });
}

const protocolNames = {
  amqp: 'AMQP 0-9-1',
  amqps: 'AMQP 0-9-1 (TLS)',
  http: 'HTTP',
  https: 'HTTPS',
} as const;

function addressText(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

const noRemoteUser = 'No user may sign in from another machine yet. Add one with: sluice user add NAME';

/** Whether other machines can connect, and none of them could sign in. */
function isOpenToNobody(running: RunningServer, server: ServerModule): boolean {
  return running.isGuestOnly && running.state.listeners.some(({ host }) => !server.isLoopback(host));
}

/** Where a browser finds the console; and who may sign in, as long as nobody was added. */
function consoleText(running: RunningServer, server: ServerModule): string | undefined {
  const protocols = ['http', 'https'] as const;
  const open = running.state.listeners.filter(({ protocol }) => protocols.some((each) => each === protocol));
  const found = open.find(({ host }) => server.isLoopback(host)) ?? open[0];
  if (found === undefined) return undefined;
  const isNear = server.isLoopback(found.host);
  const host = isNear ? `localhost:${found.port}` : addressText(found.host, found.port);
  return `${found.protocol}://${host}${isNear && running.isGuestOnly ? ' (guest, guest)' : ''}`;
}

function linesOf(shell: Shell, running: RunningServer, server: ServerModule): string[] {
  const { listeners } = running.state;
  const { version, pid, directory } = running.state.status();
  const console = consoleText(running, server);
  const protocols = Object.entries(protocolNames).map(([protocol, name]) => {
    const open = listeners.filter((listener) => listener.protocol === protocol);
    const addresses = open.map(({ host, port }) => addressText(host, port)).join(', ');
    return addresses === '' ? '' : `  ${name.padEnd(18)}${addresses}`;
  });
  return [
    `Sluice ${version} is ready (process ${pid}).`,
    ...protocols.filter((line) => line !== ''),
    ...(console === undefined ? [] : [`  ${'Console'.padEnd(18)}${console}`]),
    `  ${'Data'.padEnd(18)}${shownPath(shell, directory)}`,
    ...(isOpenToNobody(running, server) ? [noRemoteUser] : []),
    `  ${'See it at work'.padEnd(18)}sluice demo, or npm run demo in a clone`,
  ];
}

async function tellReady(shell: Shell, isJson: boolean, running: RunningServer, server: ServerModule) {
  const { pid, ports, version } = running.state.status();
  if (isJson) await shell.sayJson({ ready: true, pid, ports, version });
  else await shell.say(linesOf(shell, running, server).join('\n'));
}

/** The first signal asks, the second insists. */
function onSignals(stop: (reason: string) => void): void {
  let asked = false;
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (asked) process.exit(exitCodes.failure);
      asked = true;
      stop(name);
    });
  }
}

/** A bug leaves the state in doubt: the process ends, and the next start reads the journal, which is whole. */
function endOnBugs(log: Log): void {
  const end = (error: unknown): void => {
    log.error({ event: 'server.bug', err: error }, 'A bug in Sluice: the server ends');
    process.exit(exitCodes.internal);
  };
  process.on('uncaughtException', end).on('unhandledRejection', end);
}

/** Nothing more can be made durable; nothing more may be answered. */
function endOnDiskFailure(log: Log, error: SluiceError): never {
  log.error(
    { event: 'server.disk-failed', err: error },
    `The disk failed: ${error.message}. The server ends`,
  );
  process.exit(exitCodes.disk);
}

function onHangup(log: Log, running: RunningServer): void {
  process.on('SIGHUP', () => {
    running.hangUp().catch((error: unknown) => {
      const reason = messageOf(error);
      log.error({ event: 'server.reload-failed', reason }, 'The configuration was refused; nothing changed');
    });
  });
}

async function serve(command: Command, shell: Shell): Promise<void> {
  const { environment, workingDirectory } = shell;
  const sources = { flags: flagsOf(command), environment, workingDirectory };
  // The modules load while the settings are read.
  const [loaded, server] = await Promise.all([loadSettings(sources), import('../../server/index.js')]);
  const log = logOf(shell, loaded, server);
  for (const warning of loaded.warnings) log.warn({ event: 'config.warning' }, warning);
  let stop: (reason: string) => void = () => undefined;
  const stopRequested = new Promise<string>((resolve) => (stop = resolve));
  onSignals(stop);
  endOnBugs(log);
  const starting = server.startServer({
    settings: loaded.settings,
    sources,
    configFile: loaded.file,
    log,
    onFailure: (error) => endOnDiskFailure(log, error),
    onStopRequest: stop,
  });
  const running = await Promise.race([starting, stopRequested]);
  // Nothing was accepted yet, and what is being read is not changed by ending here.
  if (typeof running === 'string') process.exit(exitCodes.ok);
  onHangup(log, running);
  await tellReady(shell, shell.isJson(command), running, server);
  // People were told on standard output a moment ago.
  const readable = isReadable(shell, loaded);
  const level = readable ? 'debug' : 'info';
  if (isOpenToNobody(running, server)) {
    log[readable ? 'debug' : 'warn']({ event: 'server.no-remote-user' }, noRemoteUser);
  }
  log[level]({ event: 'server.ready', ports: running.state.ports }, 'The server is ready');
  const reason = await stopRequested;
  log.info({ event: 'server.stopping', reason }, `Stopping: ${reason}`);
  await running.stop();
  log.info({ event: 'server.stopped' }, 'The server has stopped');
  process.exit(exitCodes.ok);
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  for (const { flag, value, summary } of settingFlags) {
    if (globalFlags.has(flag)) continue;
    command.option(`--${flag} <${value.toLowerCase()}>`, `${summary} [${variableOf(flag)}]`);
  }
  for (const { flag } of futureFlags) command.addOption(new Option(`--${flag} <port>`).hideHelp());
  command.action(() => serve(command, shell));
}
