/** Whether a queue has room for more messages. Invariant: what waits in it counts, what clients hold does not. */
import type { Queue } from './queue.js';

/** `bytes`: of the bodies of all `messages` together. */
export function exceedsLimit({ settings, backlog }: Queue, messages: number, bytes: number): boolean {
  const { lengthMax = Infinity, lengthBytesMax = Infinity } = settings;
  return backlog.waiting + messages > lengthMax || backlog.waitingBytes + bytes > lengthBytesMax;
}
