/**
 * A program that works on the task `held`, and says each thing on a line of its own as it happens (a pipe is written
 * at once, however busy the event loop is). Its handler computes for so many milliseconds without a pause, and tells
 * who did. Options as JSON: those of `open`.
 *
 *     ready | begun ATTEMPT | ended | completed | lost | retried
 */
import { open } from '../../../dist/index.js';

const options = JSON.parse(process.argv[2]);

function say(...words) {
  process.stdout.write(`${words.join(' ')}\n`);
}

const app = await open(options);
const held = app.task('held', {
  run: (forMs, { attempt }) => {
    say('begun', attempt);
    const untilMs = performance.now() + forMs;
    while (performance.now() < untilMs);
    say('ended');
    return options.name;
  },
});
const worker = app.worker({ tasks: [held], concurrency: 1 });
for (const kind of ['completed', 'lost', 'retried']) worker.on(kind, () => say(kind));
await worker.ready;
say('ready');
