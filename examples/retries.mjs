/** A handler that fails: the message comes again after a pause, and after three attempts it is set aside. */
import { open } from 'sluice';

const app = await open({ engine: process.argv[2] ?? './example-data' });
const work = app.queue('work');
await work.send({ body: 'impossible' });

const failures = [];
let done;
const finished = new Promise((resolve) => (done = resolve));
const consumption = work.consume(
  () => {
    throw new Error('it does not work');
  },
  {
    attempts: 3,
    retryAfter: '100ms',
    onError: (error, message) => {
      failures.push(error);
      console.log(`attempt ${message.attempt}: ${error.message}`);
      if (failures.length === 3) done();
    },
  },
);
await finished;
await consumption.close();

const aside = app.queue(work.deadLetterQueue);
for (const message of await aside.peek())
  console.log(`set aside in ${aside.name}: ${message.body.toString()}`);
await app.close();
