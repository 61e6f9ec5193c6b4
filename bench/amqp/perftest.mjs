/**
 * RabbitMQ's own PerfTest (Java, from Maven Central) as a client that is not the limit: several producers
 * and consumers with confirms. Needs `mvn` and `java`; its jars are kept under `node_modules/.cache`.
 */
import { AMQPClient } from '@cloudamqp/amqp-client';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../../tests/support/child.mjs';
import { processorMicroseconds } from '../support/process-usage.mjs';
import { compareThroughput } from './compare.mjs';

const perfTestVersion = '2.22.1';
const jarsPath = fileURLToPath(new URL('../../node_modules/.cache/perf-test', import.meta.url));

const project = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>bench</groupId><artifactId>bench</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>com.rabbitmq</groupId><artifactId>perf-test</artifactId><version>${perfTestVersion}</version>
  </dependency></dependencies>
</project>`;

async function fetchJars() {
  if (existsSync(join(jarsPath, `perf-test-${perfTestVersion}.jar`))) return;
  const folder = await mkdtemp(join(tmpdir(), 'sluice-perf-test-'));
  try {
    const pom = join(folder, 'pom.xml');
    await writeFile(pom, project);
    await mkdir(jarsPath, { recursive: true });
    const parameters = [
      '-q',
      '-B',
      '-f',
      pom,
      'dependency:copy-dependencies',
      `-DoutputDirectory=${jarsPath}`,
    ];
    const result = await runProgram('mvn', parameters, { timeoutMs: 600_000 });
    if (result.code !== 0) {
      await rm(jarsPath, { recursive: true, force: true });
      throw new Error(`mvn could not fetch perf-test:\n${result.stdout}${result.stderr}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function parametersOf(server, settings, queue) {
  return [
    ...['-cp', `${jarsPath}/*`, 'com.rabbitmq.perf.PerfTest', '--uri', server.url],
    ...['--producers', settings.producers, '--consumers', settings.consumers, '--queue', queue],
    ...['--confirm', settings.inFlightMax, '--qos', settings.prefetch],
    ...['--multi-ack-every', settings.acknowledgeEvery, '--size', settings.sizeBytes, '--flag', 'persistent'],
    ...['--queue-args', `x-queue-type=${settings.queueType}`, '--auto-delete', 'false'],
    ...['--time', Math.ceil((settings.warmupMs + settings.measureMs) / 1000)],
  ].map(String);
}

// The report's rows look like `... time 3.000 s, sent: 24012 msg/s, received: 23988 msg/s, …,
// consumer latency: 12/34/56/78/90 ms` (least, median, 75th, 95th, 99th; µs or ms).
function readRows(output) {
  const rows = [];
  for (const line of output.split('\n')) {
    const received = /received: ([\d.]+) msg\/s/.exec(line);
    const time = /time:? ([\d.]+)/.exec(line);
    if (received === null || time === null) continue;
    const latency = /consumer latency: (?:[\d.]+\/)+[\d.]+ (ms|µs)/.exec(line);
    const unit = latency?.[1] === 'ms' ? 1 : 0.001;
    const values =
      latency === null
        ? []
        : latency[0]
            .replace(/^[^:]*: | (ms|µs)$/g, '')
            .split('/')
            .map(Number);
    rows.push({
      atSeconds: Number(time[1]),
      rate: Number(received[1]),
      p50Ms: values[1] === undefined ? undefined : values[1] * unit,
      p99Ms: values[4] === undefined ? undefined : values[4] * unit,
    });
  }
  return rows;
}

let runs = 0;

// Quorum queues cannot be auto-delete, so the queue is removed here.
async function deleteQueue(server, queue) {
  const connection = await new AMQPClient(server.url).connect();
  await (await connection.channel()).queueDelete(queue);
  await connection.close();
}

async function measure(server, settings) {
  const before = await processorMicroseconds(server.pid);
  const queue = `bench.${process.pid}.${++runs}`;
  const result = await runProgram('java', parametersOf(server, settings, queue), { timeoutMs: 300_000 });
  const spent = (await processorMicroseconds(server.pid)) - before;
  await deleteQueue(server, queue);
  const rows = readRows(result.stdout);
  const measured = rows.filter((row) => row.atSeconds * 1000 > settings.warmupMs);
  if (measured.length === 0) throw new Error(`PerfTest reported nothing:\n${result.stdout}${result.stderr}`);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const received = rows.reduce((sum, row) => sum + row.rate, 0);
  return {
    messagesPerSecond: mean(measured.map((row) => row.rate)),
    p50Ms: mean(measured.map((row) => row.p50Ms).filter((value) => value !== undefined)),
    p99Ms: mean(measured.map((row) => row.p99Ms).filter((value) => value !== undefined)),
    processorMicrosecondsPerMessage: spent / received,
  };
}

/** The same comparison as the main one, driven by PerfTest. */
export async function perfTest(servers, settings) {
  await fetchJars();
  return compareThroughput(servers, settings, measure);
}
