/**
 * One process: enqueues tasks, works on them, or both. Says what it does on a line of its own each; a pipe is written
 * at once, so a kill takes back nothing that was said. SIGTERM ends it politely.
 */
import { open } from '../../../dist/index.js';
import { seeded } from '../support/seeded.mjs';
import { Enqueuer } from './enqueuer.mjs';
import { separateHandler, soundHandler, workEarly } from './handler.mjs';
import { declareTask, pause } from './task.mjs';

const { engine, roles, seed, label, words, control } = JSON.parse(process.argv[2]);
const random = seeded(seed);

function say(word, facts) {
  process.stdout.write(`${JSON.stringify([word, facts])}\n`);
}

/** The server may be away just now. */
async function opened() {
  for (;;) {
    try {
      return await open({ engine });
    } catch (error) {
      if (!error.retryable && error.code !== 'connection-failed') throw error;
      await pause(50);
    }
  }
}

function work(app, task) {
  if (control === 'early-ack') return void workEarly(app, task).catch(tellError);
  task.handle(
    control === 'separate' ? separateHandler(app, task, random, say) : soundHandler(task, random, say),
  );
  app.worker({ tasks: [task], concurrency: 24 }).on('error', tellError);
}

function tellError(error) {
  say('broken', { text: `${error.code ?? error.name}: ${error.stack}` });
}

const app = await opened();
const task = declareTask(app);
const enqueuer = new Enqueuer({ task, random, say, label, words });
process.on('SIGTERM', () => enqueuer.stop());
if (roles.includes('work')) work(app, task);
say('ready', {});
if (roles.includes('enqueue')) {
  await enqueuer.run();
  say('done', {});
}
if (!roles.includes('work')) {
  await app.close();
  process.exit(0);
}
