/**
 * `npm run bench -- console`: the console in a real Chromium on a real server under load: what its first page costs,
 * what its live pages ask for, a list of many queues, and ten minutes of live plots. `--only first,live,many,soak`.
 */
import { startSluice } from '../../tests/support/start-sluice.mjs';
import { listOf, parseFlags } from '../support/flags.mjs';
import { machineLine, writeResult } from '../support/results.mjs';
import { figure, table } from '../support/statistics.mjs';
import { measureFirstPage } from './first-page.mjs';
import { measureLivePages } from './live-pages.mjs';
import { startLoad } from './load.mjs';
import { declareQueues, measureManyQueues } from './many-queues.mjs';
import { fillMinutes, soak } from './soak.mjs';
import { browserUnavailable, startBrowser } from './visitor.mjs';

const flags = parseFlags(process.argv.slice(2), {
  ...{ only: 'first,live,many,soak', minutes: 10, fill: fillMinutes },
  ...{ queues: 10_000, rounds: 5, seconds: 30, rate: 200 },
});
const parts = listOf(flags.only);
const busy = ['load-a', 'load-b'];
const pages = [
  ['overview', ''],
  ['queue', `queues/%2F/${busy[0]}`],
];
const ranges = ['5m', '1h', '1d', '30d'];
const results = {};

function print(title, rows) {
  process.stdout.write(`\n${title}\n${table(rows)}\n`);
}

async function first(browser, url) {
  const cost = (results.first = await measureFirstPage(browser, url, flags.rounds));
  print('First page', [
    ['', 'KB', 'requests', 'ms to the first figure'],
    ['overview', figure(cost.bytes / 1_000, 1), figure(cost.requests), figure(cost.ms)],
  ]);
}

async function live(browser, url) {
  results.live = await measureLivePages(browser, url, { pages, ranges, seconds: flags.seconds });
  print('Live pages', [
    ['', 'range', 'requests/s', 'KB/s'],
    ...results.live.map(({ name, range, requestsPerSecond, bytesPerSecond }) => [
      ...[name, range, figure(requestsPerSecond, 2), figure(bytesPerSecond / 1_000, 2)],
    ]),
  ]);
}

async function many(browser, url, server) {
  await declareQueues(url, server.url, flags.queues);
  results.many = await measureManyQueues(browser, url, flags.rounds);
  print(`${figure(flags.queues)} queues`, [
    ['', 'ms to painted rows', 'of that the server', 'longest task ms'],
    ...results.many.map(({ name, ms, serverMs, longestTaskMs }) => [
      ...[name, figure(ms), figure(serverMs), figure(longestTaskMs)],
    ]),
  ]);
}

function tellWeight(name, minute, { bytes, nodes, listeners }) {
  process.stdout.write(
    `${name}, minute ${minute}: ${figure(bytes / 1_000)} KB, ${figure(nodes)} nodes, ${figure(listeners)} listeners\n`,
  );
}

async function stay(browser, url) {
  const { minutes, fill } = flags;
  process.stdout.write(`\nLive for ${minutes} min, after ${fill} min to fill the plots\n`);
  results.soak = await soak(browser, url, { pages, minutes, fill, told: tellWeight });
  print('Growth an hour', [
    ['', 'KB', 'nodes', 'listeners', ''],
    ...results.soak.map(({ name, growthPerHour: { bytes, nodes, listeners }, verdict }) => [
      ...[name, figure(bytes === undefined ? undefined : bytes / 1_000), figure(nodes, 1)],
      ...[figure(listeners, 1), verdict],
    ]),
  ]);
}

async function measure() {
  const server = await startSluice();
  const browser = await startBrowser();
  const load = await startLoad({ url: server.url, queues: busy, rate: flags.rate });
  const url = `http://localhost:${server.ports.http}`;
  try {
    process.stdout.write(
      `${flags.rate} messages/s beside; ${machineLine()}, Chromium ${browser.version()}\n`,
    );
    for (const [name, part] of Object.entries({ first, live, many, soak: stay }))
      if (parts.includes(name)) await part(browser, url, server);
    process.stdout.write(`${await writeResult('console', flags, results)}\n`);
  } finally {
    await load.stop();
    await browser.close();
    await server.stop();
  }
}

const missing = browserUnavailable();
if (missing === undefined) await measure();
else {
  console.error(`This measures the console in a browser, and there is none: ${missing}`);
  process.exitCode = 1;
}
