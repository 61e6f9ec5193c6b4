import { expect, it } from 'vitest';
import { settle, SimulatedBroker } from '../../tests/simulation/simulated-broker.js';

it('a queue counts failures from the third of a message on', async () => {
  const at = await SimulatedBroker.open();
  const reader = at.client();
  reader.declare('q');
  reader.publish({ routingKey: 'q', body: 'poison' });
  reader.publish({ routingKey: 'q', body: 'well' });
  reader.consume('q');
  await settle();
  reader.channel.acknowledge(2, false);
  const counts: number[] = [];
  for (const tag of [1, 3, 4, 5]) {
    reader.channel.reject(tag, false, true);
    await settle();
    counts.push(at.queue('q').returnedAgain);
  }
  reader.channel.retry(6, { afterMs: 0 });
  counts.push(at.queue('q').returnedAgain);
  expect(counts).toEqual([0, 0, 1, 2, 3]);
  await at.broker.close();
});

it('a queue counts dead letters that no queue takes, and no others', async () => {
  const at = await SimulatedBroker.open();
  const reader = at.client();
  reader.declareExchange('failed', 'direct');
  reader.declare('q', { 'x-dead-letter-exchange': 'failed' });
  reader.declare('dead');
  const fail = async (tag: number): Promise<readonly [number, number]> => {
    reader.publish({ routingKey: 'q', body: 'a' });
    await settle();
    reader.channel.reject(tag, false, false);
    await settle();
    const { deadLettered, deadLettersLost } = at.queue('q');
    return [deadLettered, deadLettersLost];
  };
  reader.consume('q');
  expect(await fail(1)).toEqual([1, 1]);
  reader.bind('failed', 'dead', 'q');
  expect(await fail(2)).toEqual([2, 1]);
  await at.broker.close();
});
