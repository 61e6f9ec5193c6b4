/** Priority queues, strict: a higher number is always first; within one, first in, first out. */
import { expect } from 'vitest';
import type { Case } from '../exercise-broker.js';
import type { Channel } from '../trial.js';

function publish(channel: Channel, queue: string, body: string, priority?: number): void {
  channel.publish(queue, body, priority === undefined ? {} : { properties: { priority } });
}

export function exercisePriorities(behaviour: Case): void {
  behaviour('higher first, equal in order of arrival, none counts as 0', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name(), { 'x-max-priority': 10 });
    const sent: [string, number | undefined][] = [
      ['none', undefined],
      ['low 1', 1],
      ['high 1', 9],
      ['zero', 0],
      ['low 2', 1],
      ['high 2', 9],
    ];
    for (const [body, priority] of sent) publish(channel, queue, body, priority);
    expect(await channel.drain(queue)).toEqual(['high 1', 'high 2', 'low 1', 'low 2', 'none', 'zero']);
  });

  behaviour('above the maximum counts as the maximum', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name(), { 'x-max-priority': 5 });
    publish(channel, queue, 'five', 5);
    publish(channel, queue, 'two hundred', 200);
    publish(channel, queue, 'three', 3);
    expect(await channel.drain(queue)).toEqual(['five', 'two hundred', 'three']);
  });

  behaviour('a queue without a maximum ignores priority but carries it', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    publish(channel, queue, 'low', 1);
    publish(channel, queue, 'high', 9);
    expect(await channel.get(queue)).toMatchObject({ body: 'low', properties: { priority: 1 } });
  });

  behaviour('a requeued message returns to its place within its priority', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name(), { 'x-max-priority': 3 });
    publish(channel, queue, 'high 1', 3);
    publish(channel, queue, 'high 2', 3);
    publish(channel, queue, 'low', 1);
    const first = await channel.get(queue, false);
    channel.nack(first!.tag, true);
    publish(channel, queue, 'high 3', 3);
    expect(await channel.drain(queue)).toEqual(['high 1', 'high 2', 'high 3', 'low']);
  });

  behaviour('an overflowing priority queue drops from its head, the highest first', async (t) => {
    const channel = await t.confirming();
    const queue = await channel.queue(t.name(), { 'x-max-priority': 3, 'x-max-length': 2 });
    for (const [body, priority] of [
      ['low', 1],
      ['high', 3],
      ['middle', 2],
    ] as const) {
      await channel.confirmed(queue, body, { properties: { priority } });
    }
    expect(await channel.drain(queue)).toEqual(['middle', 'low']);
  });

  behaviour(
    'a quorum queue orders by priority unasked',
    async (t) => {
      const channel = await t.confirming();
      const queue = await channel.queue(t.name(), { 'x-queue-type': 'quorum' });
      for (const priority of [1, 9, 5, 0]) {
        await channel.confirmed(queue, String(priority), { properties: { priority } });
      }
      expect(await channel.drain(queue)).toEqual(['9', '5', '1', '0']);
    },
    { from: '4.3' },
  );
}
