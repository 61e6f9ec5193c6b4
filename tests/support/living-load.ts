/**
 * Programs that keep a server at work until they are stopped: messages that are acknowledged, sent back, given up, not
 * routed or not taken at all, and tasks of which some are late and some fail.
 */
import { connect, type Channel, type ConsumeMessage } from 'amqplib';
import { open } from '../../src/index.js';

export interface LivingLoad {
  stop(): Promise<void>;
}

const beatMs = 100;

/** Begins; resolves once messages flow. */
export async function livingLoad(url: string): Promise<LivingLoad> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  await declareQueues(channel);
  await channel.prefetch(5);
  await channel.consume('orders', (message) => {
    if (message !== null) settle(channel, message);
  });
  const app = await open({ engine: url });
  const charge = app.task('charge', {
    deadline: '1ms',
    cost: '1ms',
    retry: { attempts: 1 },
    run: (payload: { fails: boolean }) => {
      if (payload.fails) throw new Error('no such card');
    },
  });
  const ordered = app.queue('ordered', { order: 'deadline' });
  const later = app.task('later', { queue: ordered, deadline: '10m', cost: '1s' });
  const worker = app.worker({ tasks: [charge], concurrency: 1 });
  let beats = 0;
  let tasks: Promise<unknown> = Promise.resolve();
  const beat = setInterval(() => {
    publish(channel, beats++);
    tasks = Promise.all([tasks, charge.enqueue({ fails: beats % 5 === 0 }), later.enqueue(beats)]);
  }, beatMs);
  return {
    async stop() {
      clearInterval(beat);
      await tasks;
      await worker.close();
      await app.close();
      await connection.close();
    },
  };
}

async function declareQueues(channel: Channel): Promise<void> {
  await channel.assertQueue('dead');
  await channel.assertQueue('orders', { deadLetterExchange: '', deadLetterRoutingKey: 'dead' });
  await channel.assertQueue('lonely');
}

function publish(channel: Channel, beat: number): void {
  const headers = { 'x-deadline': Date.now() + 1 };
  for (const text of ['first', 'second', 'third'])
    channel.sendToQueue('orders', Buffer.from(`${text} ${beat}`), { persistent: true, headers });
  channel.sendToQueue('lonely', Buffer.from('hello'), { persistent: true });
  channel.publish('amq.direct', 'nowhere', Buffer.from('lost'));
}

function settle(channel: Channel, message: ConsumeMessage): void {
  const text = message.content.toString();
  if (text.startsWith('second') && !message.fields.redelivered) channel.nack(message, false, true);
  else if (text.startsWith('third')) channel.nack(message, false, false);
  else channel.ack(message);
}
