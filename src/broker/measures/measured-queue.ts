/** Fills one object with all that a queue tells of itself. Invariant: nothing is allocated for a queue at rest. */
import type { BrokerCore } from '../core.js';
import type { Queue } from '../queue.js';
import { newQueueCounters } from '../queue-counters.js';
import type { MeasuredQueue } from './face.js';
import { oldestSinceMs } from './oldest-message.js';

type Frame = { -readonly [name in keyof MeasuredQueue]: MeasuredQueue[name] };

export function queueFrame(): Frame {
  return {
    vhost: '',
    name: '',
    ready: 0,
    unacknowledged: 0,
    delayed: 0,
    gated: 0,
    held: 0,
    bytes: 0,
    consumers: 0,
    ...newQueueCounters(),
    paused: false,
    revision: 0,
    oldestAgeMs: NaN,
    leastLaxityMs: NaN,
    consumerCapacity: NaN,
    wait: undefined,
    processing: undefined,
    endToEnd: undefined,
  };
}

/** Written out, as `figuresOf` is. */
export function fillQueue(frame: Frame, queue: Queue, core: BrokerCore): MeasuredQueue {
  const { backlog, counters } = queue;
  frame.vhost = queue.vhost;
  frame.name = queue.name;
  frame.ready = backlog.ready;
  frame.unacknowledged = backlog.unacknowledged;
  frame.delayed = backlog.delayed;
  frame.gated = backlog.gated;
  frame.held = backlog.held;
  frame.bytes = backlog.bytes;
  frame.consumers = queue.consumers.count;
  frame.published = counters.published;
  frame.delivered = counters.delivered;
  frame.acknowledged = counters.acknowledged;
  frame.redelivered = counters.redelivered;
  frame.expired = counters.expired;
  frame.deadLettered = counters.deadLettered;
  frame.dropped = counters.dropped;
  frame.deadlinesMissed = counters.deadlinesMissed;
  frame.returnedAgain = counters.returnedAgain;
  frame.deadLettersLost = counters.deadLettersLost;
  frame.paused = queue.isPaused;
  measure(frame, queue, core);
  return frame;
}

/** Brings the meter up to date, and gives the consumers' capacity; NaN: it is not measured. */
export function readCapacity(queue: Queue, { meters }: BrokerCore, nowMs: number): number {
  meters.rate.steer(nowMs);
  queue.meter?.read(nowMs, meters.rate);
  return meters.isOn ? capacityOf(queue) : NaN;
}

function measure(frame: Frame, queue: Queue, core: BrokerCore): void {
  const { meters, clock, journal } = core;
  const { backlog } = queue;
  const nowMs = clock.now();
  frame.consumerCapacity = readCapacity(queue, core, nowMs);
  const isEmpty = backlog.waiting + backlog.unacknowledged === 0;
  const sinceMs = isEmpty ? Infinity : oldestSinceMs(queue, journal, meters.of(queue, nowMs));
  frame.oldestAgeMs = sinceMs === Infinity ? 0 : Math.max(0, nowMs - sinceMs);
  frame.leastLaxityMs = leastStartMs(queue) - nowMs;
  frame.wait = queue.meter?.wait;
  frame.processing = queue.meter?.processing;
  frame.endToEnd = queue.meter?.endToEnd;
  frame.revision = meters.revisions.ofQueue(queue, frame.consumerCapacity);
}

/** The moment at which some ready message has to start at the latest; NaN: unknown. */
function leastStartMs(queue: Queue): number {
  const { kind } = queue.settings.order;
  if (kind !== 'deadline' && kind !== 'laxity') return NaN;
  const rank = queue.leastRank ?? Infinity;
  return Number.isFinite(rank) ? rank : NaN;
}

/** 0 without consumers, as in RabbitMQ. */
function capacityOf({ consumers, meter }: Queue): number {
  return consumers.count === 0 ? 0 : (meter?.capacity ?? 1);
}
