/** Takes everything out of every queue at the end, and finds what will not come out. */
import type { Life } from './life.js';
import { ModelClient } from './model-client.js';
import { keysMax, recordKey } from './record-dice.js';

/** So much time passes between two looks, in milliseconds: longer than any delay or expiry of the plan. */
const stepMs = 1_000;
const stepsMax = 400;

/** Whether messages wait for records. */
function hasHeld({ world }: Life): boolean {
  return world.broker.administration.listQueues('/').some(({ held }) => held > 0);
}

/** Consumes and acknowledges until every queue is empty. */
export async function drain(life: Life): Promise<void> {
  const { world, options } = life;
  world.isDraining = true;
  const client = new ModelClient(world, 0, false);
  life.clients.push(client);
  client.setPrefetch(500);
  for (const { name } of world.broker.administration.listQueues('/')) client.consume(name, false);
  for (const { name, paused } of world.broker.administration.listQueues('/')) {
    if (!paused) continue;
    const { sequence } = world.broker.administration.queues.resume('/', name);
    world.ledger.pauses.set(name, false, sequence);
  }
  if (hasHeld(life))
    for (let number = 0; number < keysMax; number++)
      client.records.put(client.records.newPut(recordKey(number), 8, undefined, undefined));
  for (let step = 0; ; step++) {
    await life.settle();
    for (const { tag } of client.seen()) client.settle(tag, false, 'acknowledge');
    await life.settle();
    options.clock.advance(stepMs);
    await life.settle();
    const left = world.broker.administration
      .listQueues('/')
      .filter((queue) => queue.ready + queue.unacknowledged + queue.delayed + queue.gated + queue.held > 0);
    if (left.length === 0 && client.outstanding.size === 0 && client.wire.held === 0) break;
    if (step === stepsMax) world.ledger.report(`messages do not come out: ${JSON.stringify(left)}`);
    world.ledger.check();
  }
  client.close();
}
