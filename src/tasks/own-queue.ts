/**
 * The queue that a task has to itself: how it is ordered, shared and limited. Invariant: a queue that a task only names
 * is described where it is declared, never here. Pure.
 */
import {
  declarationOf,
  dispatchOptionNames,
  type Capabilities,
  type DispatchOptions,
  type Duration,
  type Queue,
  type QueueOptions,
} from '../engines/index.js';
import { SluiceError } from '../kernel/index.js';

/** What of a task's declaration its queue is made of. */
export interface OwnQueueOptions extends DispatchOptions {
  readonly queue?: string | Queue;
  readonly deadline?: Duration;
}

/** Undefined for a task that names its queue. Throws `bad-input` for shares and limits that make no sense. */
export function ownQueueOf(task: string, options: OwnQueueOptions): QueueOptions | undefined {
  const given = dispatchOptionNames.filter((name) => options[name] !== undefined);
  if (options.queue !== undefined) {
    if (given.length === 0) return undefined;
    throw new SluiceError(
      'bad-input',
      `task '${task}': ${given[0]!} belongs to the queue that it names: give it to app.queue(…)`,
    );
  }
  const own: QueueOptions = {
    ...Object.fromEntries(given.map((name) => [name, options[name]])),
    order: options.deadline === undefined ? 'priority' : 'deadline',
    messageIndex: true,
  };
  declarationOf(own);
  return own;
}

/** The queue as an engine can have it: tasks do without the index, but never without a limit. */
export function ownQueueOn(
  capabilities: Capabilities,
  own: QueueOptions | undefined,
): QueueOptions | undefined {
  return own === undefined || capabilities.messageIndex.kind !== 'none'
    ? own
    : { ...own, messageIndex: false };
}
