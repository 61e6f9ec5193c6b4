/** A client's life with `rabbitmq-client`: publisher, consumer, and its own reconnecting. */
import { Connection, ConsumerStatus, type Publisher } from 'rabbitmq-client';
import { once } from 'node:events';
import { restartHard, type Facts, type Life } from '../client-life.js';
import { deathOf } from './death.js';

async function publish(publisher: Publisher, work: string, facts: Facts): Promise<void> {
  let confirmed = 0;
  for (const text of ['one', 'two', 'three']) {
    await publisher.send({ routingKey: work, durable: true, mandatory: true }, Buffer.from(text));
    confirmed++;
  }
  facts['confirmed'] = confirmed;
  const returned = once(publisher, 'basic.return') as Promise<[{ replyCode: number; body: Buffer }]>;
  await publisher.send({ routingKey: 'nowhere', durable: true, mandatory: true }, Buffer.from('lost'));
  const [message] = await returned;
  facts['returned'] = [message.replyCode, message.body.toString()];
}

async function consume(connection: Connection, work: string, facts: Facts): Promise<void> {
  const received: unknown[] = [];
  let finish: () => void;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const consumer = connection.createConsumer(
    { queue: work, queueOptions: { passive: true }, qos: { prefetchCount: 1 } },
    (message) => {
      const text = (message.body as Buffer).toString();
      received.push([text, message.redelivered]);
      if (text === 'three') {
        finish();
        return ConsumerStatus.DROP;
      }
      return text === 'two' && !message.redelivered ? ConsumerStatus.REQUEUE : ConsumerStatus.ACK;
    },
  );
  await finished;
  await consumer.close();
  facts['received'] = received;
}

export async function liveWithRabbitmqClient(life: Life): Promise<Facts> {
  const facts: Facts = {};
  const [work, dead] = [`${life.prefix}.work`, `${life.prefix}.dead`];
  const connection = new Connection({ url: life.server.url, retryLow: 50, retryHigh: 200 });
  connection.on('error', () => {
    facts['noticed'] = true;
  });
  const arguments_ = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead };
  await connection.queueDeclare({ queue: dead, durable: true });
  await connection.queueDeclare({ queue: work, durable: true, arguments: arguments_ });
  const publisher = connection.createPublisher({ confirm: true });
  await publish(publisher, work, facts);
  await consume(connection, work, facts);
  const message = await connection.basicGet({ queue: dead, noAck: true });
  facts['dead'] = [(message?.body as Buffer).toString(), deathOf(message?.headers)];
  await publisher.send({ routingKey: work, durable: true }, Buffer.from('kept'));
  const reconnected = new Promise<void>((resolve) => {
    connection.once('connection', resolve);
  });
  await restartHard(life.server);
  await reconnected;
  const kept = await connection.basicGet({ queue: work, noAck: true });
  facts['kept'] = (kept?.body as Buffer).toString();
  await connection.queueDelete({ queue: work });
  await connection.queueDelete({ queue: dead });
  await publisher.close();
  await connection.close();
  return facts;
}
