/**
 * `npm run bench -- scrape`: what a scrape of many queues costs, and whether messages notice it. Deliveries of one
 * message at a time are timed with and without scrapes, in alternating blocks.
 */
import { startSluice } from '../../tests/support/start-sluice.mjs';
import { parseFlags } from '../support/flags.mjs';
import { machineLine, writeResult } from '../support/results.mjs';
import { runWorker } from '../support/run-worker.mjs';
import { figure, table } from '../support/statistics.mjs';

const flags = parseFlags(process.argv.slice(2), { queues: 10_000, blocks: 4, seconds: 8 });
const paths = [
  ...['', '/metrics', '/metrics?per=queue', '/metrics?per=queue&buckets=yes'],
  ...['/api/queues?sort=messages', '/api/queues?sort=messages&page=1&page_size=100'],
];

const server = await startSluice();
try {
  const base = `http://127.0.0.1:${server.ports.http}`;
  const settings = { ...flags, base, url: server.url, paths, pid: server.pid };
  const results = await runWorker(new URL('./client.mjs', import.meta.url), settings);
  const rows = results.map((result) => [
    result.path === '' ? 'no scrape' : result.path,
    figure(result.scrapeP50Ms),
    figure(result.scrapeMaxMs),
    figure(result.kilobytes),
    figure(result.processorMs),
    figure(result.deliveryP50Ms, 2),
    figure(result.deliveryP99Ms, 2),
    figure(result.deliveryMaxMs, 1),
  ]);
  const header = ['', 'scrape p50 ms', 'max ms', 'KB', 'processor ms', 'delivery p50 ms', 'p99 ms', 'max ms'];
  process.stdout.write(`${flags.queues} queues; ${machineLine()}\n${table([header, ...rows])}\n`);
  process.stdout.write(`${await writeResult('scrape', flags, results)}\n`);
} finally {
  await server.stop();
}
