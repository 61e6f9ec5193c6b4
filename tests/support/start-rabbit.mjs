/**
 * Starts a RabbitMQ of its own as a child: own node name, data, ports and port mapper, on loopback only, so
 * that several run side by side and nothing outlives the run. `SLUICE_RABBITMQ_ROOT` names a folder holding
 * another Debian suite's system (made by debootstrap), run by chroot, to test against another release.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from './child.mjs';
import { definitionsOf } from './definitions.mjs';
import { accepting, freePort } from './ports.mjs';

const serverPath = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const startTimeoutMs = 60_000;
const stopTimeoutMs = 20_000;

/** Why RabbitMQ cannot be started here, or undefined when it can. */
export function rabbitUnavailable(root = process.env.SLUICE_RABBITMQ_ROOT ?? '') {
  return existsSync(root + serverPath) ? undefined : `no rabbitmq-server at ${root + serverPath}`;
}

async function versionOf(root) {
  const names = await readdir(`${root}/usr/lib/rabbitmq/lib`);
  return names.find((name) => name.startsWith('rabbitmq_server-')).slice('rabbitmq_server-'.length);
}

/** The folder of one node, as seen from here (`outside`) and from within the chroot (`inside`). */
async function makeFolder(root) {
  const base = root === '' ? tmpdir() : join(root, 'tmp');
  await mkdir(base, { recursive: true });
  const outside = await mkdtemp(join(base, 'sluice-rabbitmq-'));
  return { outside, inside: outside.slice(root.length) };
}

const managementPlugin = 'rabbitmq_management';

async function writeConfiguration(folder, ports, options) {
  const definitions = options.users !== undefined || options.virtualHosts !== undefined;
  const lines = [
    `listeners.tcp.1 = 127.0.0.1:${ports.amqp}`,
    ...(ports.http === undefined
      ? []
      : ['management.tcp.ip = 127.0.0.1', `management.tcp.port = ${ports.http}`]),
    'loopback_users.guest = true',
    'log.console = true',
    'log.console.level = info',
    'log.file = false',
    ...(definitions ? [`load_definitions = ${folder.inside}/definitions.json`] : []),
    ...(options.configuration ?? ['disk_free_limit.absolute = 50MB']),
  ];
  await writeFile(join(folder.outside, 'rabbitmq.conf'), lines.join('\n') + '\n');
  await writeFile(
    join(folder.outside, 'enabled_plugins'),
    `[${(options.plugins ?? ['rabbitmq_consistent_hash_exchange']).join(',')}].\n`,
  );
  await writeFile(join(folder.outside, 'advanced.config'), options.advanced ?? '[].\n');
  await writeFile(join(folder.outside, 'definitions.json'), JSON.stringify(definitionsOf(options)));
}

function environmentOf(inside, ports) {
  return {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    HOME: inside,
    RABBITMQ_NODENAME: `sluice${ports.amqp}@localhost`,
    RABBITMQ_MNESIA_BASE: `${inside}/mnesia`,
    RABBITMQ_LOG_BASE: `${inside}/log`,
    RABBITMQ_CONFIG_FILE: `${inside}/rabbitmq.conf`,
    RABBITMQ_ADVANCED_CONFIG_FILE: `${inside}/advanced.config`,
    RABBITMQ_ENABLED_PLUGINS_FILE: `${inside}/enabled_plugins`,
    RABBITMQ_DIST_PORT: String(ports.distribution),
    ERL_EPMD_PORT: String(ports.mapper),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    // Makes the script replace itself by the Erlang machine, so that the child's pid is the server's.
    RUNNING_UNDER_SYSTEMD: 'true',
  };
}

/** Starts RabbitMQ; resolves once it accepts connections. */
export async function startRabbit(options = {}) {
  const root = options.root ?? process.env.SLUICE_RABBITMQ_ROOT ?? '';
  const reason = rabbitUnavailable(root);
  if (reason !== undefined) throw new Error(reason);
  const version = await versionOf(root);
  const folder = await makeFolder(root);
  const ports = { amqp: await freePort(), distribution: await freePort(), mapper: await freePort() };
  if (options.plugins?.includes(managementPlugin)) ports.http = await freePort();
  await writeConfiguration(folder, ports, options);
  const env = environmentOf(folder.inside, ports);
  const within = (command, parameters) =>
    root === ''
      ? startChild(command, parameters, { env })
      : startChild('chroot', [root, command, ...parameters], { env });

  const mapper = within('/usr/bin/epmd', ['-port', String(ports.mapper), '-address', '127.0.0.1']);
  let server;
  async function start() {
    // Else Erlang would start a port mapper of its own, as a daemon that nobody ends.
    await accepting(ports.mapper, startTimeoutMs);
    server = within(serverPath, []);
    await server.line(
      (line) => (line.includes('Server startup complete') ? true : undefined),
      startTimeoutMs,
    );
  }
  async function stop() {
    await server?.end('SIGTERM', stopTimeoutMs);
    await mapper.end('SIGTERM', stopTimeoutMs);
    await rm(folder.outside, { recursive: true, force: true });
  }
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    kind: 'rabbitmq',
    version,
    host: '127.0.0.1',
    get pid() {
      return server.pid;
    },
    ports: { amqp: ports.amqp, ...(ports.http === undefined ? {} : { http: ports.http }) },
    directory: folder.outside,
    url: `amqp://guest:guest@127.0.0.1:${ports.amqp}`,
    async kill() {
      await server.end('SIGKILL', stopTimeoutMs);
    },
    restart: start,
    async terminate() {
      await server.end('SIGTERM', stopTimeoutMs);
    },
    stop,
    log: () => server.tail(),
  };
}
