/** Many queues or many idle connections: the server's memory with them, and its rates against those without. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { residentBytes } from '../support/process-usage.mjs';
import { measureThroughput } from '../amqp/throughput.mjs';

const clientPath = fileURLToPath(new URL('./crowd-client.mjs', import.meta.url));
const mebibyte = 2 ** 20;

/** Starts the crowd; `end` lets it go. */
async function gather(server, crowd) {
  const parameters = [clientPath, JSON.stringify({ url: server.url, ...crowd })];
  const child = spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = () => child.kill('SIGKILL');
  process.once('exit', stop);
  for await (const line of createInterface({ input: child.stdout })) {
    return { seconds: JSON.parse(line).seconds, end: stop };
  }
  throw new Error('the crowd could not gather');
}

/** Measures the standard scenario without and with the crowd. */
export async function measureCrowd(server, settings, crowd) {
  const scenario = {
    queueType: 'classic',
    sizeBytes: 128,
    warmupMs: 2000,
    measureMs: settings.measureMs,
    inFlightMax: 1000,
    prefetch: 1000,
    acknowledgeEvery: 100,
    connections: 1,
  };
  const before = await residentBytes(server.pid);
  const alone = await measureThroughput(server, scenario);
  const gathered = await gather(server, crowd);
  try {
    const crowded = await measureThroughput(server, scenario);
    const after = await residentBytes(server.pid);
    return {
      ...crowd,
      gatherSeconds: gathered.seconds,
      residentBeforeMebibytes: before.now / mebibyte,
      residentMebibytes: after.now / mebibyte,
      alonePerSecond: alone.messagesPerSecond,
      crowdedPerSecond: crowded.messagesPerSecond,
      ratio: crowded.messagesPerSecond / alone.messagesPerSecond,
    };
  } finally {
    gathered.end();
  }
}
