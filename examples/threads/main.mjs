/** Work that computes, in threads: the event loop stays free, and what takes too long is stopped. */
import { open } from 'sluice';

const app = await open({ engine: process.argv[2] ?? './example-data' });
const primes = app.task('primes', {
  thread: new URL('primes.mjs', import.meta.url),
  attemptTimeout: '10s', // then its signal aborts
  killAfter: '500ms', // and if it goes on, its thread is ended
  retry: { attempts: 1 },
});
app.worker({ tasks: [primes], threads: 2 });

let ticks = 0;
const ticking = setInterval(() => ticks++, 5);
const results = await app.gather([100_000, 200_000, 300_000].map((limit) => primes.with(limit)));
clearInterval(ticking);
console.log('primes:', results.map((result) => result.primes).join(', '));
console.log('the event loop was free meanwhile:', ticks > 0);

const endless = await primes.enqueue(Number.MAX_SAFE_INTEGER);
while ((await endless.progress()) === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
await endless.cancel('enough');
console.log(
  'the endless one:',
  await endless.result().catch((error) => error.message.replace(/task \S+ /, '')),
);
await app.close();
