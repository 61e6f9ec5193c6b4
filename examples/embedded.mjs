/** A durable queue on a directory, inside this process: no server. Run it twice: the count goes on. */
import { open } from 'sluice';

const app = await open({ engine: process.argv[2] ?? './example-data' });
const visits = app.queue('visits');

await visits.send({ at: new Date().toISOString() });
console.log('sent: it is on disk');

const { ready } = await visits.info();
console.log(`visits so far: ${ready}`);
await app.close();
