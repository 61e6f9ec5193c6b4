/**
 * Starts a Prometheus of its own as a child: own port and directory, on loopback only, with the rules, scrapes and
 * Alertmanager that it is given.
 */
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from './child.mjs';
import { freePort } from './ports.mjs';

const serverPath = '/usr/bin/prometheus';
const startTimeoutMs = 30_000;
const stopTimeoutMs = 20_000;

/** Why Prometheus cannot be started here, or undefined when it can. */
export function prometheusUnavailable() {
  try {
    accessSync(serverPath, constants.X_OK);
    return undefined;
  } catch {
    return `no ${serverPath}: apt-get install prometheus`;
  }
}

function configurationOf({ scrape, rulesPath, alertmanager }) {
  const managers =
    alertmanager === undefined
      ? {}
      : {
          alerting: {
            alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager).host] }] }],
          },
        };
  // YAML takes JSON.
  return JSON.stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    ...(rulesPath === undefined ? {} : { rule_files: [rulesPath] }),
    ...managers,
    scrape_configs: scrape,
  });
}

/** Resolves once it answers. It scrapes and judges every second. */
export async function startPrometheus(options) {
  const reason = prometheusUnavailable();
  if (reason !== undefined) throw new Error(reason);
  const directory = await mkdtemp(join(tmpdir(), 'sluice-prometheus-'));
  const port = await freePort();
  const path = join(directory, 'prometheus.yml');
  await writeFile(path, configurationOf(options), { mode: 0o600 });
  const server = startChild(serverPath, [
    `--config.file=${path}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  const url = `http://127.0.0.1:${port}`;
  async function stop() {
    await server.end('SIGTERM', stopTimeoutMs);
    await rm(directory, { recursive: true, force: true });
  }
  /** Calls the API; rejects with what it says when it refuses. */
  async function api(call, parameters) {
    const response = await fetch(`${url}/api/v1/${call}?${new URLSearchParams(parameters)}`);
    const answer = await response.json();
    if (answer.status !== 'success') throw new Error(`${call}: ${answer.error}`);
    return answer.data;
  }
  try {
    await server.captured([/msg="?(Server is ready)/], startTimeoutMs);
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: server.pid, url, api, stop, log: () => server.tail() };
}
