/** Fills one object with all that a consumer tells of itself. */
import type { Clock } from '../../kernel/index.js';
import type { Consumer } from '../consumer.js';
import { emptyFieldTable } from '../content/index.js';
import type { Queue } from '../queue.js';
import type { MeasuredConsumer } from './face.js';
import type { Revisions } from './revisions.js';

type Frame = { -readonly [name in keyof MeasuredConsumer]: MeasuredConsumer[name] };

export function consumerFrame(): Frame {
  return {
    revision: 0,
    identity: '',
    vhost: '',
    queue: '',
    connection: '',
    user: '',
    channel: 0,
    tag: '',
    needsAcknowledgement: true,
    isExclusive: false,
    isActive: true,
    priority: 0,
    arguments: emptyFieldTable,
    prefetch: 0,
    delivered: 0,
    redelivered: 0,
    acknowledged: 0,
    rejected: 0,
    unacknowledged: 0,
    oldestUnacknowledgedMs: 0,
    processing: undefined,
  };
}

export function fillConsumer(
  frame: Frame,
  queue: Queue,
  consumer: Consumer,
  { clock, meters }: { readonly clock: Clock; readonly meters: { readonly revisions: Revisions } },
): MeasuredConsumer {
  const { client } = consumer.gate;
  frame.identity = consumer.identity;
  frame.vhost = queue.vhost;
  frame.queue = queue.name;
  frame.connection = client.connection;
  frame.user = client.user;
  frame.channel = client.channel;
  frame.tag = consumer.tag;
  frame.needsAcknowledgement = !consumer.noAck;
  frame.isExclusive = consumer.isExclusive;
  frame.isActive = queue.consumers.mayServe(consumer);
  frame.priority = consumer.priority;
  frame.arguments = consumer.arguments;
  frame.prefetch = prefetchOf(consumer);
  frame.delivered = consumer.delivered;
  frame.redelivered = consumer.redelivered;
  frame.acknowledged = consumer.acknowledged;
  frame.rejected = consumer.rejected;
  frame.unacknowledged = consumer.unacknowledged;
  frame.oldestUnacknowledgedMs = oldestHeldMs(consumer, clock);
  frame.processing = consumer.meter?.read(clock.now()).processing;
  frame.revision = meters.revisions.ofConsumer(consumer, frame);
  return frame;
}

function prefetchOf({ prefetch, gate }: Consumer): number {
  const { sharedPrefetch } = gate;
  if (prefetch === 0 || sharedPrefetch === 0) return Math.max(prefetch, sharedPrefetch);
  return Math.min(prefetch, sharedPrefetch);
}

/** Tags are given out in the order of time: the first that the consumer holds is its oldest. */
function oldestHeldMs({ unacknowledged, gate, holder }: Consumer, clock: Clock): number {
  if (unacknowledged === 0) return 0;
  const ring = gate.unacknowledged;
  for (let tag = ring.first; tag < ring.next; tag++)
    if (ring.holder(tag) === holder) return Math.max(0, clock.now() - ring.deliveredAtMs(tag));
  return 0;
}
