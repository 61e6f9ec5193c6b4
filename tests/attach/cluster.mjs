/**
 * A cluster that reloads as frameworks and process managers do: a new worker is there before the old one goes. Workers
 * share one directory. Prints one line of JSON: what was confirmed and seen, and each worker's roles in order.
 */
import cluster from 'node:cluster';
import { open } from '../../dist/index.js';

const [directory, reloads = '3'] = process.argv.slice(2);

if (cluster.isPrimary) await lead();
else await work();

async function lead() {
  const report = { confirmed: [], seen: [], roles: [], failed: [] };
  const waiting = new Set();
  const until = (holds) =>
    new Promise((resolve) => {
      const look = () => {
        if (!holds()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  cluster.on('message', (worker, { word, value }) => {
    if (word === 'role') report.roles.push([worker.id, value]);
    else report[word].push(value);
    for (const look of [...waiting]) look();
  });
  const start = async () => {
    const worker = cluster.fork();
    await until(() => report.roles.some(([id]) => id === worker.id));
    return worker;
  };
  let workers = [await start(), await start()];
  for (let reload = 0; reload < Number(reloads); reload++) {
    const next = [];
    for (const old of workers) {
      next.push(await start());
      const confirmed = report.confirmed.length;
      await until(() => report.confirmed.length >= confirmed + 50);
      const gone = new Promise((resolve) => old.once('exit', resolve));
      old.send('close');
      await gone;
    }
    workers = next;
  }
  for (const worker of workers) worker.send('stop');
  await until(() => report.confirmed.every((id) => report.seen.includes(id)));
  const { confirmed, seen, roles, failed } = report;
  console.log(JSON.stringify({ confirmed: confirmed.length, seen: new Set(seen).size, roles, failed }));
  process.exit(0);
}

async function work() {
  const say = (word, value) => process.send({ word, value });
  const app = await open({ engine: directory, http: 0 });
  say('role', app.role);
  app.on('role', (role) => say('role', role));
  let isSending = true;
  let isClosing = false;
  process.on('message', async (word) => {
    isSending = false;
    if (word !== 'close') return;
    isClosing = true;
    await app.close();
    process.exit(0);
  });
  const failed = (error) => isClosing || say('failed', String(error));
  const queue = app.queue('shared');
  void (async () => {
    for (let number = 0; isSending; number++) {
      const id = `${process.pid}-${number}`;
      await queue.send(id);
      say('confirmed', id);
    }
  })().catch(failed);
  queue.consume((message) => say('seen', message.text())).finished.catch(failed);
}
