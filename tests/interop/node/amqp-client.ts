/** A client's life with `@cloudamqp/amqp-client`: its low-level client. */
import { AMQPClient, type AMQPChannel } from '@cloudamqp/amqp-client';
import { restartHard, type Facts, type Life } from '../client-life.js';
import { deathOf } from './death.js';

const persistent = { deliveryMode: 2 };

async function publish(channel: AMQPChannel, work: string, facts: Facts): Promise<void> {
  await channel.confirmSelect();
  const confirms: number[] = [];
  for (const text of ['one', 'two', 'three']) {
    confirms.push(await channel.basicPublish('', work, text, persistent, true));
  }
  facts['confirmed'] = confirms.length;
  const returned = new Promise((resolve) => {
    channel.onReturn = (message) => {
      resolve([message.replyCode, message.bodyString()]);
    };
  });
  await channel.basicPublish('', 'nowhere', 'lost', persistent, true);
  facts['returned'] = await returned;
}

async function consume(channel: AMQPChannel, work: string, facts: Facts): Promise<void> {
  const received: unknown[] = [];
  await channel.basicQos(1);
  const consumer = await channel.basicConsume(work, { noAck: false });
  for await (const message of consumer.messages) {
    const text = message.bodyString();
    received.push([text, message.redelivered]);
    if (text === 'three') {
      await message.reject(false);
      break;
    }
    if (text === 'two' && !message.redelivered) await message.nack(true);
    else await message.ack();
  }
  await channel.basicCancel(consumer.tag);
  facts['received'] = received;
}

async function readDead(channel: AMQPChannel, dead: string, facts: Facts): Promise<void> {
  const message = await channel.basicGet(dead, { noAck: false });
  await message?.ack();
  facts['dead'] = [message?.bodyString(), deathOf(message?.properties.headers)];
}

export async function liveWithAmqpClient(life: Life): Promise<Facts> {
  const facts: Facts = {};
  const [work, dead] = [`${life.prefix}.work`, `${life.prefix}.dead`];
  const client = new AMQPClient(life.server.url);
  const connection = await client.connect();
  const disconnected = new Promise<void>((resolve) => {
    client.ondisconnect = () => {
      resolve();
    };
  });
  const channel = await connection.channel();
  await channel.queueDeclare(dead, { durable: true });
  const deadLettering = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead };
  await channel.queueDeclare(work, { durable: true }, deadLettering);
  await publish(channel, work, facts);
  await consume(channel, work, facts);
  await readDead(channel, dead, facts);
  await channel.basicPublish('', work, 'kept', persistent);
  await restartHard(life.server);
  await disconnected;
  facts['noticed'] = true;
  const again = await new AMQPClient(life.server.url).connect();
  const last = await again.channel();
  const message = await last.basicGet(work, { noAck: true });
  facts['kept'] = message?.bodyString();
  await last.queueDelete(work);
  await last.queueDelete(dead);
  await again.close();
  return facts;
}
