/** Three workers share a queue; messages of one key are handled one at a time, in order. */
import { open } from 'sluice';

const app = await open({ engine: process.argv[2] ?? './example-data' });
const orders = app.queue('orders');

for (let step = 1; step <= 3; step++) {
  for (const key of ['ada', 'bob', 'cyd']) await orders.send({ body: `step ${step}`, key });
}

let left = 9;
let done;
const finished = new Promise((resolve) => (done = resolve));
const consumption = orders.consume(
  async (message) => {
    console.log(`${message.key}: ${message.text()}`);
    if (--left === 0) done();
  },
  { concurrency: 3 },
);
await finished;
await consumption.close();
await app.close();
