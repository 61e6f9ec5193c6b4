/** What queues and consumers of each type refuse, and that what stands is not held to it. */
import { describe, expect, it } from 'vitest';
import { settle, SimulatedBroker } from '../../tests/simulation/simulated-broker.js';
import { fieldTable } from './content/index.js';
import { checkQueueType } from './queue-type-rules.js';

const plain = { durable: true, exclusive: false, autoDelete: false };

describe('a quorum queue', () => {
  it.each([
    [{ ...plain, durable: false }, "invalid property 'non-durable' for queue 'q'"],
    [{ ...plain, exclusive: true }, "invalid property 'exclusive-owner' for queue 'q'"],
    [{ ...plain, autoDelete: true }, "invalid property 'auto-delete' for queue 'q'"],
  ])('cannot be %o', (flags, message) => {
    expect(() => {
      checkQueueType('quorum', fieldTable({}), "queue 'q'", flags);
    }).toThrow(message);
    checkQueueType('classic', fieldTable({}), "queue 'q'", flags);
  });

  it('takes x-max-priority only as the bound of an order of its own', () => {
    const table = { 'x-max-priority': 5 };
    expect(() => {
      checkQueueType('quorum', fieldTable(table), 'q', plain);
    }).toThrow("invalid arg 'x-max-priority'");
    checkQueueType('quorum', fieldTable({ ...table, 'x-order': 'priority' }), 'q', plain);
    checkQueueType('classic', fieldTable(table), 'q', plain);
  });
});

describe('a classic queue', () => {
  it.each(['x-consumer-timeout', 'x-delivery-limit', 'x-dead-letter-strategy'])('has no %s', (name) => {
    expect(() => {
      checkQueueType('classic', fieldTable({ [name]: 1 }), 'q', plain);
    }).toThrow(`invalid arg '${name}'`);
    checkQueueType('quorum', fieldTable({ [name]: 1 }), 'q', plain);
  });
});

describe('a consumer', () => {
  it.each([
    ['classic', { 'x-consumer-timeout': 1_000 }],
    ['classic', { 'x-priority': 'high' }],
    ['classic', { 'x-priority': 1.5 }],
    ['quorum', { 'x-consumer-timeout': -1 }],
    ['quorum', { 'x-stream-offset': 'first' }],
  ])('of a %s queue is refused with %o, and leaves nothing behind', async (type, plainArguments) => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q', { 'x-queue-type': type });
    expect(() => client.consume('q', { arguments: plainArguments })).toThrow(/invalid arg/);
    expect(at.queue('q').consumers).toBe(0);
    client.consume('q');
    client.publish({ routingKey: 'q' });
    await settle();
    expect(client.sink.deliveries).toHaveLength(1);
  });

  it('cannot be exclusive on a classic queue with a single active consumer', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    const request = { consumerTag: '', noAck: true, exclusive: true, arguments: fieldTable({}) };
    client.declare('classic', { 'x-single-active-consumer': true });
    client.declare('quorum', { 'x-single-active-consumer': true, 'x-queue-type': 'quorum' });
    expect(() => client.channel.consume({ ...request, queue: 'classic' })).toThrow(/in exclusive use/);
    client.channel.consume({ ...request, queue: 'quorum' });
  });
});
