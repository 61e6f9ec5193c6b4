import { expect, it } from 'vitest';
import { settle, SimulatedBroker } from '../../tests/simulation/simulated-broker.js';
import type { Subject } from '../alerts/index.js';
import { deadLetterQueueOf } from '../engines/index.js';
import { taskQueueOf } from '../tasks/index.js';
import { alertLinks } from './alert-links.js';

const names = { ofTask: taskQueueOf, ofDeadLetters: deadLetterQueueOf };
const task = (name: string, engine = 'embedded'): Subject => ({
  kind: 'task',
  labels: { engine, task: name },
});
const queue = (name: string, engine = 'embedded'): Subject => ({
  kind: 'queue',
  labels: { engine, vhost: '/', queue: name },
});

it('a task is linked to its queue and to where its failures go; a queue of another engine to nothing', async () => {
  const at = await SimulatedBroker.open();
  const links = alertLinks(at.broker, names);
  expect(links(task('charge'))).toEqual([
    queue('sluice.tasks.charge'),
    queue('sluice.dead.sluice.tasks.charge'),
  ]);
  expect(links(task('charge', 'far'))).toEqual([]);
  expect(links(queue('orders', 'far'))).toEqual([]);
  expect(links({ kind: 'node', labels: { engine: 'embedded', node: 'a' } })).toEqual([]);
  await at.broker.close();
});

it('a queue is linked to the queues that its dead letters go to, by name or by bindings', async () => {
  const at = await SimulatedBroker.open();
  const client = at.client();
  client.declare('plain');
  client.declare('direct', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'bin' });
  client.declare('broad', { 'x-dead-letter-exchange': 'amq.fanout' });
  client.declare('bound');
  client.bind('amq.fanout', 'bound');
  await settle();
  const links = alertLinks(at.broker, names);
  expect(links(queue('plain'))).toEqual([queue('sluice.dead.plain')]);
  expect(links(queue('direct'))).toEqual([queue('bin')]);
  expect(links(queue('broad'))).toEqual([queue('bound')]);
  await at.broker.close();
});
