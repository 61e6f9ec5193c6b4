/**
 * Starts Debian's Zabbix server with a database and the web frontend's JSON-RPC API of its own, on loopback only, each on
 * a free port. Nothing of `/etc` is read or written: the frontend is a copy that looks for its settings beside itself.
 */
import { createReadStream, existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { spawn } from 'node:child_process';
import { startChild } from './child.mjs';
import { accepting, freeLowPort, freePort } from './ports.mjs';
import { postgresUnavailable, startPostgres } from './start-postgres.mjs';

const paths = {
  server: '/usr/sbin/zabbix_server',
  frontend: '/usr/share/zabbix/api_jsonrpc.php',
  php: '/usr/bin/php',
  psql: '/usr/bin/psql',
  schema: '/usr/share/zabbix-server-pgsql/schema.sql.gz',
};
const packages = 'zabbix-server-pgsql zabbix-frontend-php php-cli php-pgsql';
const schemaParts = ['schema', 'images', 'data'];
const startTimeoutMs = 60_000;
const stopTimeoutMs = 20_000;

/** Why Zabbix cannot be started here, or undefined when it can. */
export function zabbixUnavailable() {
  const missing = Object.values(paths).find((path) => !existsSync(path));
  return missing === undefined ? postgresUnavailable() : `no ${missing}: apt-get install ${packages}`;
}

/** Resolves when `psql` has read all of the schema and the data that Zabbix comes with. */
async function fillDatabase(postgres) {
  const client = spawn(
    paths.psql,
    [postgres.url, '--quiet', '--no-psqlrc', '--set', 'ON_ERROR_STOP=1', '--single-transaction'],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  let problem = '';
  client.stderr.setEncoding('utf8').on('data', (text) => (problem += text));
  const ended = new Promise((resolve) => client.once('close', resolve));
  try {
    for (const part of schemaParts) {
      const source = createReadStream(`/usr/share/zabbix-server-pgsql/${part}.sql.gz`);
      await pipeline(source, createGunzip(), client.stdin, { end: false });
    }
  } catch (error) {
    problem += String(error);
  }
  client.stdin.end();
  const code = await ended;
  if (code !== 0 || problem.includes('ERROR')) throw new Error(`psql failed (${code}): ${problem}`);
}

function serverSettings(directory, postgres, port) {
  return [
    'DBHost=127.0.0.1',
    `DBPort=${postgres.port}`,
    'DBName=postgres',
    'DBUser=postgres',
    `DBPassword=${postgres.password}`,
    'ListenIP=127.0.0.1',
    `ListenPort=${port}`,
    'LogType=console',
    `PidFile=${directory}/zabbix.pid`,
    `SocketDir=${directory}`,
    'CacheUpdateFrequency=1',
    'HousekeepingFrequency=0',
    'StartPingers=0',
    'StartDiscoverers=0',
    'StartHTTPPollers=0',
    'StartPollers=2',
    'StartTrappers=2',
    'StartPreprocessors=1',
    'AllowRoot=1',
  ].join('\n');
}

/** A copy whose constant of where its settings lie is changed, and nothing else. */
async function makeFrontend(directory, postgres, zabbixPort) {
  const root = join(directory, 'frontend');
  const original = '/usr/share/zabbix';
  await cp(`${original}/include`, `${root}/include`, { recursive: true });
  await cp(paths.frontend, `${root}/api_jsonrpc.php`);
  for (const name of ['app', 'conf', 'local', 'locale', 'modules', 'vendor'])
    await symlink(`${original}/${name}`, `${root}/${name}`);
  const constantPath = `${root}/include/classes/core/CConfigFile.php`;
  const settingsPath = join(directory, 'zabbix.conf.php');
  const source = await readFile(constantPath, 'utf8');
  await writeFile(constantPath, source.replace('/etc/zabbix/zabbix.conf.php', settingsPath));
  const settings = `<?php
$DB = ['TYPE' => 'POSTGRESQL', 'SERVER' => '127.0.0.1', 'PORT' => '${postgres.port}', 'DATABASE' => 'postgres',
  'USER' => 'postgres', 'PASSWORD' => '${postgres.password}', 'SCHEMA' => '', 'ENCRYPTION' => false,
  'KEY_FILE' => '', 'CERT_FILE' => '', 'CA_FILE' => '', 'VERIFY_HOST' => false, 'CIPHER_LIST' => '',
  'VAULT_URL' => '', 'VAULT_DB_PATH' => '', 'VAULT_TOKEN' => '', 'DOUBLE_IEEE754' => true];
$ZBX_SERVER = '127.0.0.1';
$ZBX_SERVER_PORT = '${zabbixPort}';
$ZBX_SERVER_NAME = 'test';
$IMAGE_FORMAT_DEFAULT = IMAGE_FORMAT_PNG;
`;
  await writeFile(settingsPath, settings, { mode: 0o600 });
  return root;
}

/** Calls the JSON-RPC API; rejects with what it answers when it refuses. */
function apiOf(port) {
  let session;
  let calls = 0;
  return async function call(method, params = {}) {
    const answer = await fetch(`http://127.0.0.1:${port}/api_jsonrpc.php`, {
      method: 'POST',
      headers: { 'content-type': 'application/json-rpc' },
      body: JSON.stringify({ jsonrpc: '2.0', method, params, id: ++calls, auth: session ?? null }),
      signal: AbortSignal.timeout(startTimeoutMs),
    });
    const text = await answer.text();
    let parsed;
    try {
      parsed = JSON.parse(text);
    } catch {
      throw new Error(`${method}: ${answer.status} ${text}`);
    }
    if (parsed.error !== undefined) throw new Error(`${method}: ${JSON.stringify(parsed.error)}`);
    if (method === 'user.login') session = parsed.result;
    return parsed.result;
  };
}

/** Resolves once the server takes values and the API has let its administrator in. */
export async function startZabbix() {
  const reason = zabbixUnavailable();
  if (reason !== undefined) throw new Error(reason);
  const directory = await mkdtemp(join(tmpdir(), 'sluice-zabbix-'));
  const children = [];
  let postgres;
  async function stop() {
    for (const child of children.splice(0).reverse()) await child.end('SIGTERM', stopTimeoutMs);
    await postgres?.stop();
    await rm(directory, { recursive: true, force: true });
  }
  try {
    postgres = await startPostgres({
      settings: ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_wal_size=1GB'],
    });
    await fillDatabase(postgres);
    const port = await freeLowPort();
    const apiPort = await freePort();
    const settingsPath = join(directory, 'zabbix_server.conf');
    await writeFile(settingsPath, serverSettings(directory, postgres, port), { mode: 0o600 });
    const server = startChild(paths.server, ['--foreground', '--config', settingsPath]);
    children.push(server);
    const root = await makeFrontend(directory, postgres, port);
    const frontend = startChild(paths.php, [
      ...['-d', 'memory_limit=512M', '-d', 'post_max_size=32M', '-d', 'max_execution_time=300'],
      ...['-S', `127.0.0.1:${apiPort}`, '-t', root],
    ]);
    children.push(frontend);
    await accepting(apiPort, startTimeoutMs);
    await accepting(port, startTimeoutMs);
    const api = apiOf(apiPort);
    const version = await api('apiinfo.version');
    await api('user.login', { user: 'Admin', password: 'zabbix' });
    return {
      version,
      pid: server.pid,
      port,
      apiPort,
      api,
      stop,
      log: () => `${server.tail()}\n${frontend.tail()}`,
    };
  } catch (error) {
    const output = children.map((child) => child.tail()).join('\n');
    await stop();
    throw new Error(`Zabbix did not start: ${String(error)}\n${output}`, { cause: error });
  }
}
