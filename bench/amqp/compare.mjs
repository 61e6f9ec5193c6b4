/** The main comparison: each queue type and size, the servers in turn, medians of each and the ratios. */
import { figure, medians, table } from '../support/statistics.mjs';
import { measureThroughput } from './throughput.mjs';

const header = ['', 'messages/s', 'ratio', 'p50 ms', 'p99 ms', 'p99 ratio', 'server µs/message', 'runs'];

function row(name, ours, middle, runs) {
  const ratio = (field) => figure(middle[field] === undefined ? undefined : ours[field] / middle[field], 2);
  return [
    name,
    figure(middle.messagesPerSecond),
    ratio('messagesPerSecond'),
    figure(middle.p50Ms, 1),
    figure(middle.p99Ms, 1),
    ratio('p99Ms'),
    figure(middle.processorMicrosecondsPerMessage, 1),
    runs.map((run) => figure(run.messagesPerSecond)).join(' '),
  ];
}

/** Prints one table a case; gives every run and the medians. Ratios are the first server's to each. */
export async function compareThroughput(servers, settings, measure = measureThroughput) {
  const cases = [];
  for (const queueType of settings.queueTypes) {
    for (const sizeBytes of settings.sizes) {
      const runs = servers.map(() => []);
      for (let pair = 0; pair < settings.pairs; pair++) {
        for (const [index, server] of servers.entries()) {
          runs[index].push(await measure(server, { ...settings, queueType, sizeBytes }));
        }
      }
      const middles = runs.map(medians);
      const rows = servers.map((server, index) => row(server.kind, middles[0], middles[index], runs[index]));
      process.stdout.write(`${queueType}, ${sizeBytes} bytes\n${table([header, ...rows])}\n\n`);
      cases.push({
        queueType,
        sizeBytes,
        servers: servers.map((server, index) => ({
          kind: server.kind,
          version: server.version,
          median: middles[index],
          runs: runs[index],
        })),
      });
    }
  }
  return cases;
}
