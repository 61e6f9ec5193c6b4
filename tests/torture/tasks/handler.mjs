/**
 * What the workers do: fail as often as they are told, look whether they run too early, and send one follow-up with
 * each completion. The broken ways of working are the negative controls.
 */
import { NonRetryable } from '../../../dist/index.js';
import { followQueue, pause } from './task.mjs';

/** A delay is counted from a clock that a restart reads anew. */
const clockToleranceMs = 20;
const brokenMs = 40;

/** Works as a program should. `say` tells the checker. */
export function soundHandler(task, random, say) {
  return async (payload, { taskId, attempt, send, signal }) => {
    await prepare(task, random, say, payload, { taskId, attempt, signal });
    send(followQueue, { n: payload.n, id: taskId });
    return { n: payload.n };
  };
}

/** Sends the follow-up by itself before the completion, as a program without atomic completions does. */
export function separateHandler(app, task, random, say) {
  return async (payload, { taskId, attempt, signal }) => {
    await prepare(task, random, say, payload, { taskId, attempt, signal });
    await app.queue(followQueue).send({ n: payload.n, id: taskId });
    await pause(brokenMs);
    return { n: payload.n };
  };
}

/** Acknowledges before it works, as a program that wants to be quick does. Never returns. */
export async function workEarly(app, task) {
  const deliveries = await app.engine.receive(task.queue, { prefetch: 32, deadLetterQueue: 'torture.dead' });
  for (;;) {
    const { value: delivery, done } = await deliveries.next();
    if (done) return;
    await delivery.ack();
    const { n } = JSON.parse(delivery.body.toString());
    const id = delivery.properties.messageId;
    setTimeout(() => void finishEarly(app, n, id).catch(() => undefined), brokenMs);
  }
}

async function finishEarly(app, n, id) {
  const outcome = { state: 'completed', output: { n }, attempts: 1, endedMs: Date.now() };
  const body = Buffer.from(JSON.stringify({ n, id }));
  await app.engine.commit({
    sends: [{ queue: followQueue, message: { body } }],
    puts: [{ key: `task/${id}`, value: Buffer.from(JSON.stringify(outcome)), ttlMs: 3_600_000 }],
  });
}

async function prepare(task, random, say, payload, { taskId, attempt, signal }) {
  const { n, kind, fails, needs, dueMs } = payload;
  say('ran', { n, id: taskId, attempt });
  if (dueMs !== undefined && Date.now() < dueMs - clockToleranceMs) say('early', { n, kind, why: 'delay' });
  for (const need of needs)
    if ((await task.find(need).outcome()) === undefined) say('early', { n, kind, why: `before ${need}` });
  await pause(random.integer(12));
  if (kind === 'cancel') await untilAborted(signal, 100);
  if (kind === 'fail') throw new NonRetryable('as it was told');
  if (attempt <= fails) throw new Error('not yet');
}

async function untilAborted(signal, timeoutMs) {
  const deadlineMs = Date.now() + timeoutMs;
  while (Date.now() < deadlineMs) {
    signal.throwIfAborted();
    await pause(5);
  }
}
