/** What a crash in the middle of a redrive leaves: every letter once, and a count that is exact. */
import { expect, it } from 'vitest';
import { systemRandom, seededRandom } from '../../kernel/index.js';
import { settle, SimulatedBroker } from '../../../tests/simulation/simulated-broker.js';
import { Redrives } from './redrives.js';

const letters = 300;
/** Writes and syncs, of which the power goes in the middle of each once: a redrive takes about twenty. */
const operationsMax = 24;
/** How much survives of what was not synced; with most of it, the cut comes in the middle of a step. */
const survivals = [undefined, 0.9];
const request = { vhost: '/', queue: 'dead', guard: true } as const;
const operator = { user: 'ann', source: 'test' } as const;

async function withLetters(seed: number): Promise<SimulatedBroker> {
  const at = await SimulatedBroker.open({ seed });
  const client = at.client();
  client.declare('dead');
  client.declare('q', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' });
  for (let index = 0; index < letters; index++)
    client.publish({
      ...{ routingKey: 'q', body: `${index} ${'x'.repeat(4_000)}` },
      properties: { messageId: `m${index}` },
    });
  client.consume('q');
  await settle();
  client.channel.reject(0, true, false);
  client.connection.close();
  await settle(40);
  await at.broker.administration.durable();
  expect(at.queue('dead').ready).toBe(letters);
  return at;
}

function redrivesOf(at: SimulatedBroker): Redrives {
  return new Redrives({ broker: at.broker, clock: at.clock, random: systemRandom() });
}

async function bodiesIn(at: SimulatedBroker, queue: string): Promise<string[]> {
  const messages = await at.broker.administration.peek('/', queue, letters * 2);
  return messages.map(({ body }) => body.toString());
}

it('loses none, sends none twice, and goes on with the rest', async () => {
  const seed = systemRandom().integer(2 ** 31);
  const random = seededRandom(seed);
  let caught = 0;
  for (let round = 0; round < operationsMax * survivals.length; round++) {
    const at = await withLetters(seed + round);
    const first = redrivesOf(at);
    const { id } = await first.start(request, operator);
    at.disk.crashAt({ nth: 1 + Math.floor(round / survivals.length) });
    await Promise.race([at.disk.stopped, first.finished(id)]);
    const again = await at.crash(survivals[round % survivals.length] ?? random.next());
    const [sent, left] = [await bodiesIn(again, 'q'), await bodiesIn(again, 'dead')];
    const all = [...sent, ...left].map((body) => Number.parseInt(body, 10)).sort((a, b) => a - b);
    expect(all, `seed ${seed}`).toEqual(Array.from({ length: letters }, (_, index) => index));
    if (sent.length > 0 && left.length > 0) caught++;
    const redrives = redrivesOf(again);
    const job = await redrives.show(id);
    expect(job, `seed ${seed}`).toMatchObject({ sent: sent.length });
    if (left.length > 0) expect(job).toMatchObject({ state: 'stopped' });
    const second = await redrives.start(request, operator);
    while ((await redrives.show(second.id)).state === 'running') await settle();
    expect(await redrives.show(second.id), `seed ${seed}`).toMatchObject({
      ...{ state: 'done', sent: left.length, duplicates: 0 },
    });
    expect((await bodiesIn(again, 'q')).length, `seed ${seed}`).toBe(letters);
    await again.broker.close();
  }
  expect(caught, `crashes in the middle, seed ${seed}`).toBeGreaterThanOrEqual(10);
}, 60_000);
