/** What a crash in the middle of a redrive leaves: every letter once, and a count that is exact. */
import { expect, it } from 'vitest';
import { systemRandom, seededRandom } from '../../kernel/index.js';
import { settle, SimulatedBroker } from '../../../tests/simulation/simulated-broker.js';
import { Redrives } from './redrives.js';

const letters = 200;
const request = { vhost: '/', queue: 'dead', guard: true } as const;
const operator = { user: 'ann', source: 'test' } as const;

async function withLetters(seed: number): Promise<SimulatedBroker> {
  const at = await SimulatedBroker.open({ seed });
  const client = at.client();
  client.declare('dead');
  client.declare('q', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' });
  for (let index = 0; index < letters; index++)
    client.publish({ routingKey: 'q', body: String(index), properties: { messageId: `m${index}` } });
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
  for (let round = 0; round < 4; round++) {
    const at = await withLetters(seed + round);
    const { id } = await redrivesOf(at).start(request, operator);
    await settle(random.integer(60));
    const again = await at.crash(random.next());
    const [sent, left] = [await bodiesIn(again, 'q'), await bodiesIn(again, 'dead')];
    const all = [...sent, ...left].map(Number).sort((a, b) => a - b);
    expect(all, `seed ${seed}`).toEqual(Array.from({ length: letters }, (_, index) => index));
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
}, 60_000);
