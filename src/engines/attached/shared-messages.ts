/** Single messages through whoever owns the directory. What is asked again after an owner's death is done once. */
import type { Messages } from '../index.js';

/** Runs a call on the messages of whichever engine is there. */
type Runner = <Result>(work: (messages: Messages) => Promise<Result>) => Promise<Result>;

export function sharedMessages(run: Runner): Messages {
  return {
    find: (messageId, queue) => run((messages) => messages.find(messageId, queue)),
    remove: (queue, messageId, record) => run((messages) => messages.remove(queue, messageId, record)),
    release: (queue, messageId) => run((messages) => messages.release(queue, messageId)),
    list: (queue, state, count) => run((messages) => messages.list(queue, state, count)),
  };
}
