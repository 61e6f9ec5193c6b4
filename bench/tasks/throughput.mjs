/** Tasks a second: rounds of every system in turn, each in a client process of its own; medians, and ratios to the peers. */
import { familyProcessorMicroseconds } from '../support/process-usage.mjs';
import { runWorker } from '../support/run-worker.mjs';
import { figure, medians, table } from '../support/statistics.mjs';

const clientUrl = new URL('./throughput-client.mjs', import.meta.url);

/** The rows, as the client names them, and as people read them. */
const rates = [
  ['enqueue, batches', 'enqueued in batches'],
  ['enqueue, singly', 'enqueued singly'],
  ['process', 'processed'],
  ['enqueue and process', 'enqueued and processed meanwhile'],
];
const latencies = ['one in flight, p50 µs', 'one in flight, p99 µs'];
const floors = [
  'one in flight / sync into a growing file',
  'one in flight / sync into a file written before',
];

/** One round of one system: the client's figures, with the server's processor time for each task. */
async function measure({ server, system }, settings) {
  const before = new Map();
  const spent = [];
  const figures = await runWorker(
    clientUrl,
    {
      ...settings,
      ...{
        client: system.client,
        tuning: system.tuning,
        url: server.url,
        tasks: settings.tasks * system.scale,
      },
    },
    ({ event, name, count }) => {
      if (server.pid === undefined || event === undefined) return;
      const reading = familyProcessorMicroseconds(server.pid);
      if (event === 'started') before.set(name, reading);
      else spent.push([name, reading, count]);
    },
  );
  for (const [name, reading, count] of spent)
    figures[`${name}, server µs`] = ((await reading) - (await before.get(name))) / count;
  return figures;
}

function rateRows(columns) {
  return [
    ['tasks a second', ...columns.map(({ system }) => system.label)],
    ...rates.map(([key, title]) => [
      title,
      ...columns.map(({ median }) => figure(median[`${key}, a second`])),
    ]),
  ];
}

/** Each of ours to the best of the peers, row by row: of all, and of those whose answer means the disk. Empty without any. */
function ratioRows(columns) {
  const ours = columns.filter(({ system }) => !system.isPeer);
  const fields = [
    ['best', columns.filter(({ system }) => system.isPeer)],
    ['best that syncs', columns.filter(({ system }) => system.isPeer && system.isSynced)],
  ].filter(([, peers]) => peers.length > 0);
  const pairs = fields.flatMap(([title, peers]) => ours.map((own) => ({ title, peers, own })));
  if (pairs.length === 0) return [];
  const ratio = ({ peers, own }, name) =>
    figure(own.median[name] / Math.max(...peers.map(({ median }) => median[name])), 2);
  return [
    ['ratio', ...pairs.map(({ title, own }) => `${own.system.label} / ${title}`)],
    ...rates.map(([key, title]) => [title, ...pairs.map((pair) => ratio(pair, `${key}, a second`))]),
  ];
}

function costRows(columns) {
  const title = 'processor µs a task: client + server';
  const cell = (median, name) => {
    const server = median[`${name}, server µs`];
    const client = figure(median[`${name}, client µs`], 1);
    return server === undefined ? client : `${client} + ${figure(server, 1)}`;
  };
  return [
    [title, ...columns.map(({ system }) => system.label)],
    ...rates.map(([key, name]) => [name, ...columns.map(({ median }) => cell(median, key))]),
  ];
}

function latencyRows(columns) {
  const line = (name, digits) => [name, ...columns.map(({ median }) => figure(median[name], digits))];
  return [
    ['one enqueue at a time', ...columns.map(({ system }) => system.label)],
    ...latencies.map((name) => line(name, 0)),
    ...floors.map((name) => line(name, 2)),
  ];
}

function print(columns) {
  const tables = [rateRows, ratioRows, costRows, latencyRows].map((rowsOf) => rowsOf(columns));
  for (const rows of tables.filter(({ length }) => length > 0)) process.stdout.write(`${table(rows)}\n\n`);
  for (const { system } of columns)
    process.stdout.write(`${system.label}: answered means ${system.promise}; done: ${system.outcome}\n`);
}

/** Prints the tables; gives every run and the medians. `started` is what `startSystems` gave. */
export async function compareThroughput(started, settings) {
  const runs = started.map(() => []);
  for (let round = 0; round < settings.rounds; round++) {
    for (const [index, one] of started.entries()) {
      runs[index].push(await measure(one, settings));
      process.stderr.write(`round ${round + 1} of ${settings.rounds}: ${one.system.label}\n`);
    }
  }
  const columns = started.map(({ system }, index) => ({ system, median: medians(runs[index]) }));
  print(columns);
  return columns.map(({ system, median }, index) => ({ ...system, median, runs: runs[index] }));
}
