/** Waits for what a queue holds by asking for its length over AMQP, the same of every server. */
import { setTimeout as sleep } from 'node:timers/promises';

const askEveryMs = 10;
const stuckAfterMs = 120_000;

/** Resolves once `queue` holds exactly so many messages. */
export async function holding(channel, queue, messages) {
  const untilMs = performance.now() + stuckAfterMs;
  for (;;) {
    const { messageCount } = await channel.queueDeclare(queue, { passive: true });
    if (messageCount === messages) return;
    if (performance.now() > untilMs)
      throw new Error(`${queue} holds ${messageCount} messages, not ${messages}`);
    await sleep(askEveryMs);
  }
}
