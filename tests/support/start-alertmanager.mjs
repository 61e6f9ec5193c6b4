/**
 * Starts an Alertmanager of its own as a child: own port and directory, on loopback only, without a cluster, so that
 * several run side by side and nothing outlives the run.
 */
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from './child.mjs';
import { freePort } from './ports.mjs';

const serverPath = '/usr/bin/prometheus-alertmanager';
const startTimeoutMs = 20_000;
const stopTimeoutMs = 20_000;

/** Why Alertmanager cannot be started here, or undefined when it can. */
export function alertmanagerUnavailable() {
  try {
    accessSync(serverPath, constants.X_OK);
    return undefined;
  } catch {
    return `no ${serverPath}: apt-get install prometheus-alertmanager`;
  }
}

function configurationOf(receiverUrl) {
  const webhook =
    receiverUrl === undefined ? {} : { webhook_configs: [{ url: receiverUrl, send_resolved: true }] };
  // YAML takes JSON.
  return JSON.stringify({
    route: {
      receiver: 'all',
      group_by: ['alertname'],
      group_wait: '0s',
      group_interval: '1s',
      repeat_interval: '1h',
    },
    receivers: [{ name: 'all', ...webhook }],
  });
}

/** `receiverUrl`: where it sends what fires, as its webhook. Resolves once it is ready. */
export async function startAlertmanager({ receiverUrl } = {}) {
  const reason = alertmanagerUnavailable();
  if (reason !== undefined) throw new Error(reason);
  const directory = await mkdtemp(join(tmpdir(), 'sluice-alertmanager-'));
  const port = await freePort();
  const path = join(directory, 'alertmanager.yml');
  await writeFile(path, configurationOf(receiverUrl), { mode: 0o600 });
  const server = startChild(serverPath, [
    `--config.file=${path}`,
    `--storage.path=${join(directory, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ]);
  async function stop() {
    await server.end('SIGTERM', stopTimeoutMs);
    await rm(directory, { recursive: true, force: true });
  }
  try {
    await server.captured([/msg="?(Listening)/], startTimeoutMs);
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: server.pid, url: `http://127.0.0.1:${port}`, stop, log: () => server.tail() };
}
