/** One client between two kills: publishes with confirms as fast as a window allows, consumes, acknowledges most. */
import { AMQPClient } from '@cloudamqp/amqp-client';

export const queueName = 'torture';
const windowMax = 300;
const bodyBytesMax = 2_000;

/** Runs until the connection breaks; `stop` only silences it. */
export class Session {
  #checker;
  #random;
  #earlyConfirm;
  #running = true;
  #inFlight = 0;

  constructor(checker, random, earlyConfirm) {
    this.#checker = checker;
    this.#random = random;
    this.#earlyConfirm = earlyConfirm;
  }

  async start(url) {
    const client = new AMQPClient(url);
    client.logger = undefined;
    client.onerror = () => undefined;
    await client.connect();
    const publishing = await client.channel();
    const consuming = await client.channel();
    for (const channel of [publishing, consuming]) channel.onerror = () => undefined;
    await publishing.confirmSelect();
    await publishing.queueDeclare(queueName, { durable: true });
    await consuming.basicQos(200);
    await consuming.basicConsume(queueName, { noAck: false }, (message) => {
      this.#take(consuming, message);
    });
    this.#pump(publishing);
  }

  #take(channel, message) {
    if (!this.#running) return;
    this.#checker.see(message.body, message.redelivered);
    this.#settle(channel, message.deliveryTag).catch(() => {
      this.#running = false;
    });
  }

  async #settle(channel, tag) {
    const chance = this.#random.next();
    if (chance < 0.9) await channel.basicAck(tag);
    else if (chance < 0.95) await channel.basicNack(tag, true);
  }

  #pump(channel) {
    while (this.#running && this.#inFlight < windowMax) {
      const { number, body } = this.#checker.make(this.#random.integer(bodyBytesMax));
      this.#inFlight++;
      if (this.#earlyConfirm) this.#checker.confirm(number);
      this.#publish(channel, number, body).catch(() => {
        this.#running = false;
      });
    }
  }

  async #publish(channel, number, body) {
    await channel.basicPublish('', queueName, body, { deliveryMode: 2 });
    this.#checker.confirm(number);
    this.#inFlight--;
    this.#pump(channel);
  }

  stop() {
    this.#running = false;
  }
}

/** Takes everything that is left; resolves when the queue is empty and nothing is unacknowledged. */
export async function drain(url, checker) {
  const client = new AMQPClient(url);
  client.logger = undefined;
  client.onerror = () => undefined;
  await client.connect();
  const channel = await client.channel();
  const { messageCount } = await channel.queueDeclare(queueName, { durable: true });
  let left = messageCount;
  await channel.basicQos(500);
  await new Promise((resolve, reject) => {
    channel.onerror = (reason) => {
      reject(new Error(`the server closed the channel while it was drained: ${reason}`));
    };
    if (left === 0) resolve();
    const taken = (message) => {
      checker.see(message.body, message.redelivered);
      channel.basicAck(message.deliveryTag).catch(reject);
      if (--left === 0) resolve();
    };
    channel.basicConsume(queueName, { noAck: false }, taken).catch(reject);
  });
  await client.close();
}
