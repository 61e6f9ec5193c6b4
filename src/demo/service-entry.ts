/**
 * One service of the living sample: `node service-entry.js ROLE URL`. Orders come twenty times a second and are charged
 * within two seconds; a receipt follows each charge. It ends with its standard input.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { open } from '../open.js';
import type { TaskApp } from '../tasks/index.js';

/** `sick` is a worker of billing that takes far too long. */
export type Role = 'orders' | 'billing' | 'mail' | 'sick';

interface Order {
  readonly order: number;
}

const orderEveryMs = 50;
const chargeMs = 30;
const sickChargeMs = 4_000;
const receiptMs = 10;

const [role, url] = process.argv.slice(2) as [Role, string];
const app = await open({ engine: url, name: role });
const charge = app.task<Order>('charge', { deadline: '2s' });
const receipt = app.task<Order>('receipt', { deadline: '30s' });
const ended = new Promise<void>((resolve) => process.stdin.on('end', resolve).resume());

switch (role) {
  case 'orders':
    await takeOrders();
    break;
  case 'billing':
    await bill(app, chargeMs, 8);
    break;
  case 'sick':
    await bill(app, sickChargeMs, 8);
    break;
  case 'mail':
    receipt.handle(() => sleep(receiptMs));
    app.worker({ tasks: [receipt], concurrency: 4 });
    await ended;
    break;
}
// What a sick worker holds goes back to the queue: nobody waits for it.
process.exit();

async function takeOrders(): Promise<void> {
  let isOpen = true;
  void ended.then(() => (isOpen = false));
  for (let order = 0; isOpen; order++) {
    await charge.enqueue({ order });
    await sleep(orderEveryMs);
  }
}

async function bill(program: TaskApp, durationMs: number, concurrency: number): Promise<void> {
  charge.handle(async (order) => {
    await sleep(durationMs);
    await receipt.enqueue(order);
  });
  program.worker({ tasks: [charge], concurrency });
  await ended;
}
