/** Finds out who has a message that is not acknowledged: looks through what all channels hold. */
import type { MessageHolder } from './administration-face.js';
import type { Connection } from './connection.js';
import type { Queue } from './queue.js';

/** Undefined: nobody has it. */
export function holderIn(
  connections: Iterable<Connection>,
  queue: Queue,
  position: number,
): MessageHolder | undefined {
  for (const { name, user, channels } of connections)
    for (const channel of channels) {
      const held = channel.holderOf(queue, position);
      if (held !== undefined) return { connection: name, user, ...held };
    }
  return undefined;
}
