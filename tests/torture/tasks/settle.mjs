/** Waits until every task of a round is over, and takes away what the round left: the evidence for the checker. */
import { followQueue, pause } from './task.mjs';

const lookEveryMs = 100;
/** So long nothing may change while tasks are left; then they are taken for stuck. */
const patienceMs = 20_000;
const outcomePrefix = 'task/';
const markKey = 'torture/over';

/**
 * Resolves when the task's queue is empty and that is durable; with its figures, as text, when nothing moves in it any
 * more. Figures run ahead of the disk: an end that is not durable yet is none when its owner is killed, and the task
 * would be there again with nobody left to work on it.
 */
export async function untilOver(app, task) {
  const stuck = await untilEmpty(app, task);
  // What is durable in the journal has everything before it durable too.
  await app.engine.records.put(markKey, Buffer.alloc(0));
  return stuck;
}

async function untilEmpty(app, task) {
  let before = '';
  let sinceMs = Date.now();
  for (;;) {
    const figures = (await app.tasks.queues()).find(({ queue }) => queue === task.queue);
    const { waiting, delayed, held, running } = figures;
    const now = JSON.stringify({ waiting, delayed, held, running });
    if (waiting + delayed + held + running === 0) return undefined;
    if (now !== before) [before, sinceMs] = [now, Date.now()];
    if (Date.now() - sinceMs > patienceMs) return now;
    await pause(lookEveryMs);
  }
}

/** Empties the queues of follow-ups and dead letters, and forgets the outcomes. */
export async function takeEvidence(app, task) {
  const follows = await drained(app, followQueue, (message) => message.json());
  const dead = await drained(app, app.deadLetters(task).name, (message) => ({
    n: message.json().n,
    id: message.properties.messageId,
  }));
  const outcomes = new Map();
  const records = await app.engine.records.scan(outcomePrefix);
  for (const { key, value } of records) outcomes.set(key.slice(outcomePrefix.length), JSON.parse(value));
  await Promise.all(records.map(({ key }) => app.engine.records.delete(key)));
  return { follows, dead, outcomes };
}

async function drained(app, queue, read) {
  const info = await app.engine.topology.describeQueue(queue);
  // Nobody else takes from it.
  let left = info?.ready ?? 0;
  const taken = [];
  if (left === 0) return taken;
  for await (const message of app.queue(queue).receive({ prefetch: 1_000 })) {
    taken.push(read(message));
    await message.ack();
    if (--left === 0) break;
  }
  return taken;
}
