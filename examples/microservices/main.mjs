/**
 * Three services on one directory: order, payment and stock. Each order is paid, then shipped; when the stock is out,
 * the payment is given back. On the way each service is killed once (`kill -9`), and started again.
 *   node examples/microservices/main.mjs [DIRECTORY]         a new directory; left out: one that is removed at the end
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Ledger } from './ledger.mjs';
import { declareTask, openOn } from './service.mjs';

const orders = 30;
const stocked = 20;
/** Each service is killed when it has said so many lines. */
const killAfter = { order: 40, payment: 12, stock: 8 };

const directory = process.argv[2] ?? (await mkdtemp(join(tmpdir(), 'sluice-microservices-')));
const running = new Map();
const ended = new Set();
let isStopping = false;
let finish;
const finished = new Promise((resolve) => (finish = resolve));
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

await placeOrders();
for (const name of Object.keys(killAfter)) start(name);
await finished;
await stop();
report();
if (process.argv[2] === undefined) await rm(directory, { recursive: true, force: true });

async function placeOrders() {
  const app = await openOn(directory);
  const place = declareTask(app, 'order.place');
  const payloads = Array.from({ length: orders }, (_, index) => ({
    order: `order-${index + 1}`,
    item: 'umbrella',
    cents: 1_000 + index,
  }));
  await place.enqueueAll(payloads);
  await app.close();
}

/** Starts a service, and again whenever it ends. */
function start(name) {
  const program = join(import.meta.dirname, `${name}.mjs`);
  const child = spawn(process.execPath, [program, directory, String(stocked)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.set(name, child);
  createInterface({ input: child.stdout }).on('line', (line) => heard(name, child, line));
  child.on('exit', (code, signal) => {
    if (isStopping) return;
    console.log(`-- ${name} ended by ${signal ?? code}; started again`);
    start(name);
  });
}

function heard(name, child, line) {
  console.log(line);
  if (--killAfter[name] === 0) child.kill('SIGKILL');
  const [, order] = /^orders: (\S+) (?:shipped|refunded)(?: already)?$/.exec(line) ?? [];
  if (order !== undefined) ended.add(order);
  if (ended.size === orders) finish();
}

async function stop() {
  isStopping = true;
  const exits = [...running.values()].map((child) => once(child, 'exit'));
  for (const child of running.values()) child.kill('SIGTERM');
  await Promise.all(exits);
}

/** What the three ledgers say. */
function report() {
  const read = (name) => {
    const ledger = new Ledger(join(directory, `${name}.jsonl`));
    ledger.close();
    return ledger.entries();
  };
  const count = (name, wanted) => read(name).filter(({ state }) => state === wanted).length;
  const cents = read('payments').reduce((sum, { cents }) => sum + cents, 0);
  console.log(`orders: ${count('orders', 'shipped')} shipped, ${count('orders', 'refunded')} refunded`);
  console.log(`stock: ${count('stock', 'shipped')} of ${stocked} gone`);
  console.log(`payments: ${cents} cents kept`);
}
