/**
 * Starts a Redis of its own as a child: own port, password and directory, on loopback only, so that several run side by
 * side and nothing outlives the run. It writes an append-only file.
 */
import { randomBytes } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from './child.mjs';
import { freePort } from './ports.mjs';

const serverPath = '/usr/bin/redis-server';
const startTimeoutMs = 20_000;
const stopTimeoutMs = 20_000;

/** Why Redis cannot be started here, or undefined when it can. */
export function redisUnavailable() {
  try {
    accessSync(serverPath, constants.X_OK);
    return undefined;
  } catch {
    return `no ${serverPath}: apt-get install redis-server`;
  }
}

function configurationOf({ port, password, directory, sync }) {
  return [
    `port ${port}`,
    'bind 127.0.0.1',
    `requirepass ${password}`,
    `dir ${directory}`,
    'daemonize no',
    'save ""',
    'appendonly yes',
    `appendfsync ${sync}`,
    'maxmemory-policy noeviction',
  ].join('\n');
}

/** `sync` is Redis's `appendfsync`: `everysec` (what it comes with) or `always`. Resolves once it accepts connections. */
export async function startRedis({ sync = 'everysec' } = {}) {
  const reason = redisUnavailable();
  if (reason !== undefined) throw new Error(reason);
  const directory = await mkdtemp(join(tmpdir(), 'sluice-redis-'));
  const port = await freePort();
  const password = randomBytes(16).toString('hex');
  const path = join(directory, 'redis.conf');
  await writeFile(path, configurationOf({ port, password, directory, sync }), { mode: 0o600 });
  const server = startChild(serverPath, [path]);
  async function stop() {
    await server.end('SIGTERM', stopTimeoutMs);
    await rm(directory, { recursive: true, force: true });
  }
  let version;
  try {
    [version] = await server.captured(
      [/Redis version=([^,]+)/, /Ready to accept (connections)/],
      startTimeoutMs,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    kind: 'redis',
    version,
    pid: server.pid,
    port,
    password,
    url: `redis://:${password}@127.0.0.1:${port}`,
    stop,
    log: () => server.tail(),
  };
}
