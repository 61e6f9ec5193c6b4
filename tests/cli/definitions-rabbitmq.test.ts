/** Definitions that Sluice exports are taken by a real RabbitMQ, and what that RabbitMQ then has is the same. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rabbitUnavailable, startRabbit } from '../support/start-rabbit.mjs';
import { makeWorkplace, type Workplace } from './sluice.js';

const source = join(import.meta.dirname, '../../src/operations/testing/rabbitmq-3.10-definitions.json');

let place: Workplace;

beforeEach(async () => {
  place = await makeWorkplace();
});

afterEach(() => place.close());

test('RabbitMQ imports what Sluice exports', async (context) => {
  const reason = rabbitUnavailable();
  if (reason !== undefined) {
    if (process.env['SLUICE_REQUIRE_ALL'] === '1') expect.fail(reason);
    context.skip(reason);
  }
  await place.up().ready;
  const exported = join(place.folder, 'exported.json');
  const imported = await place.sluice(['definitions', 'import', source]);
  expect(imported).toMatchObject({ code: 0, stderr: '' });
  await place.sluice(['user', 'add', 'own'], 'sesame\n');
  expect(await place.sluice(['definitions', 'export', exported])).toMatchObject({ code: 0 });
  const document = await readFile(exported, 'utf8');
  expect(document).toContain('sluice_password_hash');

  // RabbitMQ does not start when it refuses any part of the document.
  const rabbit = await startRabbit({ configuration: [`load_definitions = ${exported}`] });
  try {
    const connection = await connect(`amqp://ada:lovelace@127.0.0.1:${rabbit.ports.amqp}`);
    const channel = await connection.createChannel();
    for (const queue of ['ada-orders', 'ada-quorum']) await channel.checkQueue(queue);
    await channel.checkExchange('events');
    // The same arguments, as a client declares them, are the same to RabbitMQ.
    await channel.assertQueue('ada-orders', {
      durable: true,
      maxLength: 1_000,
      deadLetterExchange: 'events',
      maxPriority: 5,
    });
    await connection.close();
  } finally {
    await rabbit.stop();
  }
});
