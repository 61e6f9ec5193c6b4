/**
 * Which objects a fault of one would show in: a task and its queue, a queue and where its dead letters go. Pure, but for
 * a look at how queues are declared. Invariant: what is not there links to nothing.
 */
import type { Subject } from '../alerts/index.js';
import { toPlain, type Broker } from '../broker/index.js';

/** Names of queues that belong to others. */
export interface LinkNames {
  /** The queue of a task that names none. A task that shares another's queue is not measured by itself. */
  readonly ofTask: (task: string) => string;
  /** Where dead letters of a queue go that says nothing of them. */
  readonly ofDeadLetters: (queue: string) => string;
}

const ownEngine = 'embedded';
/** Tasks live here. */
const taskVhost = '/';

/** The objects that are linked to one of the own engine's. */
export function alertLinks(broker: Broker, names: LinkNames): (subject: Subject) => readonly Subject[] {
  return ({ kind, labels }) => {
    const { engine, vhost = taskVhost, queue, task } = labels;
    if (engine !== ownEngine) return [];
    if (kind === 'queue' && queue !== undefined) return deadLetterQueues(broker, names, vhost, queue);
    if (kind !== 'task' || task === undefined) return [];
    const own = names.ofTask(task);
    return [subjectOf(taskVhost, own), ...deadLetterQueues(broker, names, taskVhost, own)];
  };
}

function subjectOf(vhost: string, queue: string): Subject {
  return { kind: 'queue', labels: { engine: ownEngine, vhost, queue } };
}

/** The queues that a queue's dead letters go to, where that is plain to see. */
function deadLetterQueues(broker: Broker, names: LinkNames, vhost: string, queue: string): Subject[] {
  const given = argumentsOf(broker, vhost, queue);
  const exchange = given['x-dead-letter-exchange'];
  const key = given['x-dead-letter-routing-key'] ?? queue;
  if (exchange === undefined) return [subjectOf(vhost, names.ofDeadLetters(queue))];
  if (typeof exchange !== 'string' || typeof key !== 'string') return [];
  const targets =
    exchange === ''
      ? [key]
      : broker.administration
          .listBindings(vhost)
          .filter(({ source, destinationKind }) => source === exchange && destinationKind === 'queue')
          .map(({ destination }) => destination);
  return targets.map((name) => subjectOf(vhost, name));
}

/** None: there is no such queue. */
function argumentsOf(broker: Broker, vhost: string, queue: string): Readonly<Record<string, unknown>> {
  try {
    return toPlain(broker.administration.describeQueue(vhost, queue).arguments);
  } catch {
    return {};
  }
}
