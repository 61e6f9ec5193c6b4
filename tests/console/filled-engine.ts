/** An engine beside with something in it, made over AMQP and the management API that Sluice and RabbitMQ share. */
import { connect } from 'amqplib';
import { expect } from 'vitest';

export const hostile = `<img src=x onerror="alert(1)"> ' " & {{7*7}}`;

export interface EnginePorts {
  readonly amqp: number;
  readonly http: number;
}

/** Queues `hostile` (limited by itself and by a policy, three messages) and `aside`, bound by `shop` and `events`. */
export async function fillEngine({ amqp, http }: EnginePorts): Promise<void> {
  const connection = await connect(`amqp://guest:guest@127.0.0.1:${amqp}`);
  const channel = await connection.createConfirmChannel();
  await channel.assertExchange('events', 'topic');
  await channel.assertExchange('shop', 'fanout');
  await channel.assertQueue(hostile, { maxLength: 1_000 });
  await channel.assertQueue('aside');
  await channel.bindExchange('events', 'shop', '');
  await channel.bindQueue(hostile, 'events', 'order.*');
  for (let index = 0; index < 3; index++)
    channel.sendToQueue(hostile, Buffer.from(`<script>alert(${index})</script>`), { headers: { index } });
  await channel.waitForConfirms();
  await connection.close();
  const response = await fetch(`http://127.0.0.1:${http}/api/policies/%2F/short`, {
    method: 'PUT',
    headers: {
      authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      ...{ pattern: '^<img', 'apply-to': 'queues', priority: 0 },
      definition: { 'max-length': 500 },
    }),
  });
  expect(response.ok, await response.text()).toBe(true);
}
