/** A client's life with `amqplib`: its promise interface and confirm channel. */
import { connect, type ChannelModel, type ConfirmChannel, type ConsumeMessage } from 'amqplib';
import { once } from 'node:events';
import { restartHard, type Facts, type Life } from '../client-life.js';
import { deathOf } from './death.js';

const persistent = { persistent: true, mandatory: true };

async function publish(channel: ConfirmChannel, work: string, facts: Facts): Promise<void> {
  let confirmed = 0;
  const count = (error: unknown): void => {
    if (error === null || error === undefined) confirmed++;
  };
  for (const text of ['one', 'two', 'three']) {
    channel.sendToQueue(work, Buffer.from(text), persistent, count);
  }
  await channel.waitForConfirms();
  facts['confirmed'] = confirmed;
  const returned = once(channel, 'return') as Promise<[ConsumeMessage]>;
  channel.sendToQueue('nowhere', Buffer.from('lost'), persistent);
  const [message] = await returned;
  const { replyCode } = message.fields as unknown as { replyCode: number };
  facts['returned'] = [replyCode, message.content.toString()];
}

async function consume(channel: ConfirmChannel, work: string, facts: Facts): Promise<void> {
  const received: unknown[] = [];
  await channel.prefetch(1);
  let tag = '';
  await new Promise<void>((resolve) => {
    void channel
      .consume(work, (message) => {
        if (message === null) return;
        const text = message.content.toString();
        received.push([text, message.fields.redelivered]);
        if (text === 'three') {
          channel.reject(message, false);
          resolve();
        } else if (text === 'two' && !message.fields.redelivered) channel.nack(message, false, true);
        else channel.ack(message);
      })
      .then((reply) => (tag = reply.consumerTag));
  });
  await channel.cancel(tag);
  facts['received'] = received;
}

async function readDead(channel: ConfirmChannel, dead: string, facts: Facts): Promise<void> {
  const message = await channel.get(dead);
  if (message === false) return;
  channel.ack(message);
  facts['dead'] = [message.content.toString(), deathOf(message.properties.headers)];
}

async function readKept(connection: ChannelModel, life: Life, facts: Facts): Promise<void> {
  const channel = await connection.createChannel();
  const message = await channel.get(`${life.prefix}.work`);
  if (message !== false) {
    channel.ack(message);
    facts['kept'] = message.content.toString();
  }
  await channel.deleteQueue(`${life.prefix}.work`);
  await channel.deleteQueue(`${life.prefix}.dead`);
}

export async function liveWithAmqplib(life: Life): Promise<Facts> {
  const facts: Facts = {};
  const [work, dead] = [`${life.prefix}.work`, `${life.prefix}.dead`];
  const connection = await connect(life.server.url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue(dead);
  await channel.assertQueue(work, { deadLetterExchange: '', deadLetterRoutingKey: dead });
  await publish(channel, work, facts);
  await consume(channel, work, facts);
  await readDead(channel, dead, facts);
  channel.sendToQueue(work, Buffer.from('kept'), persistent);
  await channel.waitForConfirms();
  connection.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    connection.on('close', () => {
      resolve();
    });
  });
  await restartHard(life.server);
  await closed;
  facts['noticed'] = true;
  const again = await connect(life.server.url);
  await readKept(again, life, facts);
  await again.close();
  return facts;
}
