/** What servers do at their limits, each with a server configured to reach them at once. */
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { BrokerServer, ServerOptions } from '../support/server.mjs';
import { startBroker } from '../support/start-broker.mjs';
import type { Case } from './exercise-broker.js';
import { refusal } from './refusal.js';
import { behaviour } from './trial.js';

/** Registers `exercise` against a server started with `options`. */
function onServer(title: string, options: ServerOptions, exercise: (behaviour: Case) => void): void {
  describe(title, () => {
    let server: BrokerServer | undefined;
    beforeAll(async () => {
      server = await startBroker(options);
    });
    afterAll(async () => {
      await server?.stop();
    });
    exercise((name, run, scope) => {
      behaviour(() => server!, name, run, scope);
    });
  });
}

const withoutMemory: ServerOptions = {
  flags: ['--memory-limit', '1MiB'],
  configuration: ['vm_memory_high_watermark.absolute = 1MB'],
};

onServer('memory over its limit', withoutMemory, (behaviour) => {
  behaviour('a publisher is told that it is blocked, and no more is taken from it', async (t) => {
    const channel = await t.confirming();
    const queue = await channel.queue(t.name());
    channel.publish(queue, 'first');
    expect((await channel.connection.next(0, 'connection.blocked')).args['reason']).toMatch(/memory/i);
    for (let i = 0; i < 10; i++) channel.publish(queue, 'waits');
    // Whoever is blocked is not read: another connection's round trip gives the server its time.
    const other = await t.channel();
    for (let i = 0; i < 20; i++) await other.queue(queue);
    expect((await other.counts(queue)).messages).toBeLessThanOrEqual(1);
    expect(channel.connection.inbox(1).items.length).toBeLessThanOrEqual(1);
  });

  behaviour('who does not publish is not blocked', async (t) => {
    const publisher = await t.channel();
    const queue = await publisher.queue(t.name());
    publisher.publish(queue, 'waits');
    await publisher.connection.next(0, 'connection.blocked');
    const channel = await t.channel();
    await channel.consume(queue);
    await channel.queue(t.name());
    expect(channel.connection.inbox(0).items).toEqual([]);
  });

  behaviour('a client that did not say it can take it is told nothing', async (t) => {
    const told = await t.channel();
    const silent = await t.channel({ clientProperties: {} });
    const queue = await told.queue(t.name());
    silent.publish(queue, 'waits');
    told.publish(queue, 'waits');
    await told.connection.next(0, 'connection.blocked');
    expect(silent.connection.inbox(0).items).toEqual([]);
  });

  behaviour('a blocked connection can be closed', async (t) => {
    const channel = await t.channel();
    channel.publish(await channel.queue(t.name()), 'waits');
    await channel.connection.next(0, 'connection.blocked');
    channel.connection.destroy();
    await (await t.channel()).queue(t.name());
  });
});

const impatient: ServerOptions = {
  flags: ['--consumer-timeout', '200ms', '--message-size-limit', '1000'],
  configuration: ['consumer_timeout = 200', 'max_message_size = 1000'],
  advanced: '[{rabbit, [{channel_tick_interval, 100}]}].\n',
};

onServer('a short consumer timeout and small messages', impatient, (behaviour) => {
  behaviour(
    'a classic queue closes the channel of a slow consumer with 406',
    async (t) => {
      const channel = await t.channel();
      const queue = await channel.queue(t.name());
      channel.publish(queue, 'slow');
      await channel.consume(queue);
      await channel.delivery();
      expect(await channel.closed()).toEqual(refusal(406, undefined, 'timed out'));
      const again = await channel.connection.channel();
      expect(await again.get(queue)).toMatchObject({ body: 'slow', redelivered: true });
    },
    { until: '4.3' },
  );

  behaviour('a consumer that acknowledges in time stays', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    await channel.consume(queue);
    for (let round = 0; round < 5; round++) {
      channel.publish(queue, 'quick');
      channel.ack((await channel.delivery()).tag);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await channel.counts(queue)).toEqual({ messages: 0, consumers: 1 });
  });

  behaviour('a message over the size limit is refused with 406', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    channel.publish(queue, 'x'.repeat(1000));
    expect((await channel.get(queue))?.body).toHaveLength(1000);
    channel.publish(queue, 'x'.repeat(1001));
    expect(await channel.closed()).toEqual(refusal(406, 'basic.publish', 'size'));
  });
});
