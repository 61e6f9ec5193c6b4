/**
 * Starts a Sluice server as a child on free ports and a data directory of its own, and waits for its ready
 * line. The build must be fresh: this runs what `bin/sluice.js` runs.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram, startChild } from './child.mjs';
import { definitionsOf } from './definitions.mjs';

const launcherPath = fileURLToPath(new URL('../../bin/sluice.js', import.meta.url));
const builtPath = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const startTimeoutMs = 30_000;
const stopTimeoutMs = 20_000;

/** Why Sluice cannot be started here, or undefined when it can. */
export function sluiceUnavailable() {
  if (!existsSync(launcherPath)) return 'bin/sluice.js does not exist';
  if (!existsSync(builtPath)) return 'dist/ is not built: npm run build';
  return undefined;
}

/** Runs one command of the `sluice` program. */
export async function runSluice(parameters, options = {}) {
  return runProgram(process.execPath, [launcherPath, ...parameters], options);
}

function readyLine(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    const parsed = JSON.parse(line);
    return parsed.ready === true ? parsed : undefined;
  } catch {
    return undefined;
  }
}

async function importDefinitions(directory, options) {
  if (options.users === undefined && options.virtualHosts === undefined) return;
  const path = join(directory, 'definitions-for-test.json');
  await writeFile(path, JSON.stringify(definitionsOf(options)));
  const result = await runSluice(['definitions', 'import', path, '--data', directory]);
  if (result.code !== 0) throw new Error(`definitions import failed: ${result.stderr}${result.stdout}`);
}

/** Starts Sluice; resolves once every listener accepts. */
export async function startSluice(options = {}) {
  const reason = sluiceUnavailable();
  if (reason !== undefined) throw new Error(reason);
  const ownDirectory = options.directory === undefined;
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'sluice-test-')));
  const nodeFlags = options.nodeFlags ?? [];
  const parameters = ['up', '--data', directory, '--http', '0', '--json', ...(options.flags ?? [])];
  let child;
  let ready;

  // A restart keeps the first port, so that clients which reconnect find the server again.
  async function start() {
    const amqpPort = String(ready?.ports.amqp ?? 0);
    child = startChild(process.execPath, [...nodeFlags, launcherPath, ...parameters, '--amqp', amqpPort], {
      env: { ...process.env, ...options.environment },
    });
    ready = await child.line(readyLine, startTimeoutMs);
  }
  async function stop() {
    await child.end('SIGTERM', stopTimeoutMs);
    if (ownDirectory) await rm(directory, { recursive: true, force: true });
  }
  try {
    await start();
    await importDefinitions(directory, options);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    kind: 'sluice',
    version: ready.version ?? '',
    host: '127.0.0.1',
    get pid() {
      return ready.pid;
    },
    get ports() {
      return ready.ports;
    },
    directory,
    get url() {
      return `amqp://guest:guest@127.0.0.1:${ready.ports.amqp}`;
    },
    async kill() {
      // The launcher may have started the server as its own child: the ready line's pid is the server.
      if (ready.pid !== child.pid) process.kill(ready.pid, 'SIGKILL');
      await child.end('SIGKILL', stopTimeoutMs);
    },
    restart: start,
    async terminate() {
      await child.end('SIGTERM', stopTimeoutMs);
    },
    stop,
    log: () => child.tail(),
  };
}
