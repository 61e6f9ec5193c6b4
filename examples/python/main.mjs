/**
 * Tasks between Node and Python, on a directory: what Node enqueues Python handles, and the other way round.
 *   node examples/python/main.mjs            needs pika: apt install python3-pika
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { open } from 'sluice';

const directory = await mkdtemp(join(tmpdir(), 'sluice-python-'));
// AMQP on this machine's loopback address, for the Python programs.
const app = await open({ engine: directory, amqp: 0 });
const url = `amqp://guest:guest@127.0.0.1:${app.ports.amqp}`;

const summarise = app.task('summarise'); // handled in Python
const greet = app.task('greet', { run: ({ name }) => `Hello ${name}` }); // enqueued from Python
await app.worker({ tasks: [greet] }).ready;

const handles = await summarise.enqueueAll([{ text: 'a queue is a promise' }, { text: '' }]);
const worker = python('worker.py', url);
for (const handle of handles) {
  const { words, longest } = await handle.result({ timeout: '20s' }).catch((error) => {
    console.log(`failed after ${error.attempts} attempts: ${error.failure?.message ?? error.message}`);
    return {};
  });
  if (words !== undefined) console.log(`Python counted ${words} words, the longest is '${longest}'`);
}
const [dead] = await app.deadLetters(summarise).list();
console.log(`set aside: ${dead.task}, ${dead.errorName}: ${dead.reason}`);

const producer = python('producer.py', url, 'Ada', 'Bob');
for await (const line of createInterface({ input: producer.stdout })) console.log(`Node answered ${line}`);
worker.kill('SIGTERM');
await once(worker, 'exit');
await app.close();
await rm(directory, { recursive: true, force: true });

/** Debian's own Python, which has Debian's pika. */
function python(name, ...parameters) {
  return spawn('/usr/bin/python3', [join(import.meta.dirname, name), ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
}
