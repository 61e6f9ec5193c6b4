/**
 * Starts a PostgreSQL of its own as a child: own cluster, port and password, on loopback only, with the settings that it
 * comes with (`synchronous_commit` on). PostgreSQL refuses to run as root: then it runs as Debian's user `postgres`.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runProgram, startChild } from './child.mjs';
import { freePort } from './ports.mjs';

const versionsPath = '/usr/lib/postgresql';
const startTimeoutMs = 60_000;
const stopTimeoutMs = 30_000;

/** Debian keeps the programs of each release in a folder; the newest, or undefined. */
function programsPath() {
  if (!existsSync(versionsPath)) return undefined;
  const newest = readdirSync(versionsPath).sort((a, b) => Number(b) - Number(a))[0];
  const path = `${versionsPath}/${newest}/bin`;
  return existsSync(`${path}/initdb`) ? path : undefined;
}

/** Why PostgreSQL cannot be started here, or undefined when it can. */
export function postgresUnavailable() {
  return programsPath() === undefined
    ? `no programs in ${versionsPath}: apt-get install postgresql`
    : undefined;
}

/** Whom it runs as: nobody else, unless this is root. */
async function identity() {
  if (process.getuid() !== 0) return {};
  const idOf = async (flag) => Number((await promisify(execFile)('id', [flag, 'postgres'])).stdout);
  return { uid: await idOf('-u'), gid: await idOf('-g') };
}

async function makeCluster(programs, directory, password, options) {
  const passwordPath = join(directory, 'password');
  await writeFile(passwordPath, `${password}\n`, { mode: 0o600 });
  if (options.uid !== undefined) {
    await chown(directory, options.uid, options.gid);
    await chown(passwordPath, options.uid, options.gid);
  }
  const parameters = ['-D', join(directory, 'data'), '--username=postgres', '--encoding=UTF8', '--no-locale'];
  const made = await runProgram(
    `${programs}/initdb`,
    [...parameters, '--auth=scram-sha-256', `--pwfile=${passwordPath}`],
    { ...options, timeoutMs: startTimeoutMs },
  );
  if (made.code !== 0) throw new Error(`initdb failed: ${made.stderr}${made.stdout}`);
}

/**
 * Resolves once it accepts connections. `settings` are lines of its configuration, such as `fsync=off`: for what is only
 * a part of a test, and never for a measurement.
 */
export async function startPostgres({ settings = [] } = {}) {
  const reason = postgresUnavailable();
  if (reason !== undefined) throw new Error(reason);
  const programs = programsPath();
  const directory = await mkdtemp(join(tmpdir(), 'sluice-postgres-'));
  const password = randomBytes(16).toString('hex');
  const port = await freePort();
  let server;
  async function stop() {
    // SIGINT is its fast shutdown: clients are disconnected.
    await server?.end('SIGINT', stopTimeoutMs);
    await rm(directory, { recursive: true, force: true });
  }
  let version;
  try {
    const options = { cwd: directory, ...(await identity()) };
    await makeCluster(programs, directory, password, options);
    const parameters = ['-D', join(directory, 'data'), '-p', String(port), '-k', directory];
    for (const setting of ['listen_addresses=127.0.0.1', ...settings]) parameters.push('-c', setting);
    server = startChild(`${programs}/postgres`, parameters, options);
    [version] = await server.captured(
      [/starting PostgreSQL (\S+)/, /ready to accept (connections)/],
      startTimeoutMs,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    kind: 'postgresql',
    version,
    pid: server.pid,
    port,
    password,
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop,
    log: () => server.tail(),
  };
}
