/**
 * The pseudo-queue of direct reply-to, which belongs to whoever publishes with it: no rights are asked for.
 */

/** What a client consumes from, and writes in `reply-to`. */
export const directReplyQueue = 'amq.rabbitmq.reply-to';

/** Whether `queue` is the pseudo-queue, or one of the names it is known by to those who answer. */
export function isDirectReplyQueue(queue: string): boolean {
  return queue === directReplyQueue || queue.startsWith(`${directReplyQueue}.`);
}
