/**
 * One message in flight: how long a confirm takes, against the sum of a write with fdatasync and a loopback
 * echo of the same size measured between the confirms.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from '../../tests/support/child.mjs';
import { runWorker } from '../support/run-worker.mjs';
import { figure, medians, table } from '../support/statistics.mjs';

const clientUrl = new URL('./one-in-flight-client.mjs', import.meta.url);
const echoPath = fileURLToPath(new URL('./tcp-echo.mjs', import.meta.url));
const header = [
  '',
  'confirm p50 µs',
  'confirm p99 µs',
  'sync p50 µs',
  'sync (growing) p50 µs',
  'echo p50 µs',
  'confirm / (sync + echo)',
];

function row(kind, middle) {
  const floor = middle.preallocatedSyncP50Microseconds + middle.echoP50Microseconds;
  return [
    kind,
    figure(middle.confirmP50Microseconds),
    figure(middle.confirmP99Microseconds),
    figure(middle.preallocatedSyncP50Microseconds),
    figure(middle.growingSyncP50Microseconds),
    figure(middle.echoP50Microseconds),
    figure(middle.confirmP50Microseconds / floor, 2),
  ];
}

/** Prints one table a case; gives every run and the medians. */
export async function oneInFlight(servers, settings) {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const echo = startChild(process.execPath, [echoPath]);
  const echoPort = await echo.line((line) => Number(line), 10_000);
  const cases = [];
  try {
    for (const queueType of settings.queueTypes) {
      for (const sizeBytes of settings.sizes) {
        const runs = servers.map(() => []);
        for (let pair = 0; pair < settings.pairs; pair++) {
          for (const [index, server] of servers.entries()) {
            const run = { ...settings, queueType, sizeBytes, echoPort, directory, url: server.url };
            runs[index].push(await runWorker(clientUrl, run));
          }
        }
        const rows = servers.map((server, index) => row(server.kind, medians(runs[index])));
        process.stdout.write(`${queueType}, ${sizeBytes} bytes\n${table([header, ...rows])}\n\n`);
        cases.push({
          queueType,
          sizeBytes,
          servers: servers.map(({ kind, version }, index) => ({
            kind,
            version,
            median: medians(runs[index]),
            runs: runs[index],
          })),
        });
      }
    }
  } finally {
    await echo.end('SIGTERM', 5000);
    await rm(directory, { recursive: true, force: true });
  }
  return cases;
}
