/**
 * A large file, processed in chunks. Kill it as you like (`kill -9` too) and start it again: finished chunks stay
 * finished, and their results are there.
 *   node examples/data-processing/main.mjs [DIRECTORY] [MEGABYTES]
 */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { open } from 'sluice';
import { addUp, merge } from './chunk.mjs';
import { generate } from './generate.mjs';

const directory = process.argv[2] ?? './example-data/data-processing';
const megabytes = Number(process.argv[3] ?? 64);
const chunkBytes = 512 * 1024;

await mkdir(directory, { recursive: true });
const path = join(directory, 'readings.csv');
const { size, mtimeMs } = await stat(path).catch(() => generate(path, megabytes));

const app = await open({ engine: join(directory, 'queue') });
const tally = app.task('tally', {
  keepResult: '7d',
  run: ({ path, from, to }, { progress, signal }) => addUp(path, from, to, { progress, signal }),
});

// Each chunk is enqueued once, however often the program is started: a later start gets the handle of the first.
const handles = await Promise.all(
  Array.from({ length: Math.ceil(size / chunkBytes) }, (_, index) => {
    const from = index * chunkBytes;
    const payload = { path, from, to: Math.min(size, from + chunkBytes) };
    return tally.enqueue(payload, { dedupe: { id: `${path}@${mtimeMs}:${from}`, for: '7d' } });
  }),
);
const total = handles.length;
const outcomes = await Promise.all(handles.map((handle) => handle.outcome()));
let done = outcomes.filter((outcome) => outcome !== undefined).length;
console.log(`${total} chunks, ${done} of them done before`);

const numbers = new Map(handles.map(({ id }, index) => [id, index + 1]));
const worker = app.worker({ tasks: [tally], concurrency: 4 });
// Told once the result is on disk: this chunk is never processed again.
worker.on('completed', ({ taskId }) => {
  const percent = Math.floor((++done / total) * 100);
  console.log(`chunk ${numbers.get(taskId)} done: ${done} of ${total} (${percent} %)`);
});

const parts = await Promise.all(handles.map((handle) => handle.result()));
await worker.close();
for (const [sensor, { count, sum, max }] of Object.entries(merge(parts)).sort())
  console.log(`${sensor}: ${count} readings, mean ${(sum / count).toFixed(3)}, highest ${max}`);
await app.close();
