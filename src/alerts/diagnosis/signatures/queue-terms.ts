/** What several signatures of queues say alike: backlogs, usual work, consumers that are stuck, remedies. */
import {
  age,
  all,
  any,
  greatest,
  highest,
  larger,
  lasting,
  less,
  mean,
  meanTime,
  minus,
  more,
  not,
  now,
  over,
  plus,
  rate,
  related,
  slope,
  smaller,
  still,
  times,
  usual,
  usualTime,
  type Amount,
  type Condition,
} from '../expression.js';
import type { Clue, NamedFigure, RemedyTemplate } from '../signature.js';
import { consumer, queue } from './series.js';

export const arrivals = rate(queue.published, 25);
export const acknowledgements = rate(queue.acknowledged, 25);

export const arrivalsAreUsual = less(arrivals, times(1.25, usual(queue.published)));
export const worksLess = all(
  less(rate(queue.acknowledged, 15), times(0.92, usual(queue.acknowledged))),
  less(rate(queue.acknowledged, 5), usual(queue.acknowledged)),
);
export const hasTime = more(mean(queue.capacity, 10), 0.2);

/** Few messages say little: a queue of one message in two seconds has as many waiting by chance. */
const backlogMin = 25;
/** More waits than so many seconds of the consumers' work: ready, behind its key, or in a consumer's hands beyond usual. */
const waitsFor = (seconds: number): Condition => {
  const least = larger(backlogMin, times(seconds, acknowledgements));
  const heldMore = minus(now(queue.unacknowledged), usual(queue.unacknowledged));
  return any(
    more(now(queue.ready), least),
    more(plus(now(queue.ready), now(queue.gated)), least),
    more(plus(now(queue.ready), heldMore), least),
  );
};
const slopeMin = larger(0.1, times(0.02, arrivals));

/** For 20 seconds as many consumers as usual have been there, or fewer: while they come and go it is a release. */
const isStaffed = more(now(queue.consumers), minus(usual(queue.consumers), 0.5));
export const staffIsSteady = any(lasting(20, isStaffed), lasting(20, not(isStaffed)));

/** More comes than goes at this very moment: what is so will not drain by itself. */
const growsNow = all(
  more(rate(queue.published, 10), times(1.05, rate(queue.acknowledged, 10))),
  any(
    more(slope(queue.ready, 25), slopeMin),
    more(slope(queue.gated, 25), slopeMin),
    more(slope(queue.unacknowledged, 25), slopeMin),
  ),
);

/** A consumer holds one message for far longer than messages take: that one may be what the others wait for. */
const fewAreLong = more(
  related('consumer', 'greatest', now(consumer.oldestAge)),
  larger(2, times(10, now(`${queue.processing}_p50`))),
);

/**
 * It grows, and what waits is more than fifteen seconds of the consumers' work; or five where they do less than usual,
 * or where it has clearly grown for 20 seconds. A burst or a release is over before that, and its backlog shrinks when it is.
 */
export const backlogGrows = all(
  lasting(15, more(now(queue.consumers), 0)),
  growsNow,
  any(
    waitsFor(15),
    all(worksLess, waitsFor(5), not(fewAreLong)),
    all(waitsFor(5), lasting(20, more(rate(queue.published, 10), times(1.15, rate(queue.acknowledged, 10))))),
  ),
  any(
    less(still(queue.acknowledged), 3),
    all(
      less(still(queue.acknowledged), times(3, usualTime(queue.processing))),
      less(times(still(queue.acknowledged), usual(queue.acknowledged)), 10),
    ),
  ),
);
export const backlogText =
  'More arrives than is acknowledged, and what waits would keep the consumers busy for many seconds.';
export const backlogRule =
  'More arrives than is acknowledged, and what waits would keep the consumers busy for more than 15 seconds; for more than 5 where they do less than usual and none is held up by a single message, or where it has clearly been so for 20 seconds.';

export const newConsumers = less(related('consumer', 'least', age), 150);
export const worksSlower = more(meanTime(queue.processing, 15), times(1.5, usualTime(queue.processing)));

/** How far `ratio` is above 1, in squares of what chance makes of so many messages. */
const surprise = (ratio: Amount, messages: Amount): Amount => {
  const above = larger(0, minus(ratio, 1));
  return times(times(above, above), messages);
};
const longerBy = over(meanTime(queue.processing, 15), usualTime(queue.processing));

/**
 * For 15 seconds, with as many consumers as usual, messages took half as long again as usual: by far more than chance
 * would make of so few. They are not merely at work on what gathered while they were away: they did no more than usual.
 */
const takesLonger = all(
  lasting(15, all(more(meanTime(queue.processing, 5), times(1.3, usualTime(queue.processing))), isStaffed)),
  more(longerBy, 1.45),
  more(surprise(longerBy, times(15, rate(`${queue.processing}_count`, 15))), 16),
  less(greatest(queue.acknowledged, 20), times(1.35, usual(queue.acknowledged))),
);
const missing = larger(0, minus(usual(queue.acknowledged), rate(queue.acknowledged, 10)));
/**
 * As many as usual are busy all the time, and do less than usual, by more than chance: were they as fast as before, they
 * would do more.
 */
const doesLessThough = all(
  lasting(
    10,
    all(
      less(now(queue.capacity), 0.1),
      less(rate(queue.acknowledged, 5), times(0.92, usual(queue.acknowledged))),
      isStaffed,
    ),
  ),
  more(times(10, times(missing, missing)), times(4, usual(queue.acknowledged))),
  arrivalsAreUsual,
);
export const workIsLonger = any(takesLonger, doesLessThough);

/**
 * Seconds for each message at a consumer that hardly lacks one, in the best of three steps: less where it held one
 * message far longer than the others, which says something of that message and not of the consumer.
 */
const bestRate = greatest(consumer.acknowledged, 15);
const held = mean(consumer.unacknowledged, 15);
const likeOthers = over(
  over(times(3, larger(1, held)), bestRate),
  larger(0.001, greatest(consumer.oldestAge, 15)),
);
export const consumerTime = times(over(smaller(1, held), bestRate), smaller(1, likeOthers));
const slowestTime = related('consumer', 'greatest', consumerTime);
const fastestRate = related('consumer', 'greatest', rate(consumer.acknowledged, 15));
const slowestRate = related('consumer', 'least', rate(consumer.acknowledged, 15));
const apart = minus(fastestRate, slowestRate);
/** One hardly lacks a message and does less than half of what another does, by more than chance. */
export const oneIsSlow = all(
  more(times(slowestTime, fastestRate), 2),
  more(times(15, times(apart, apart)), times(9, plus(fastestRate, slowestRate))),
);

/** How long the consumer that is stuck worst has held a message without acknowledging any. */
export const stuckFor: Amount = smaller(still(consumer.acknowledged), now(consumer.oldestAge));
export const stuckWorst = related('consumer', 'greatest', stuckFor);
export const isStuck = more(
  stuckWorst,
  larger(20, larger(times(5, usualTime(queue.processing)), times(2, highest(`${queue.processing}_max`)))),
);

export const isPaused: Clue = {
  text: 'An operator holds deliveries back.',
  weight: 1,
  condition: more(now(queue.paused), 0),
};
export const gatesMore = all(hasTime, more(now(queue.gated), larger(20, now(queue.ready))));

export const queueFigures: Readonly<Record<string, NamedFigure>> = {
  ready: { amount: now(queue.ready), unit: 'messages' },
  consumers: { amount: now(queue.consumers), unit: 'count' },
  arrivals: { amount: arrivals, unit: 'per-second' },
  acknowledged: { amount: acknowledgements, unit: 'per-second' },
  usualArrivals: { amount: usual(queue.published), unit: 'per-second' },
  usualAcknowledged: { amount: usual(queue.acknowledged), unit: 'per-second' },
  processing: { amount: meanTime(queue.processing, 15), unit: 'seconds' },
  usualProcessing: { amount: usualTime(queue.processing), unit: 'seconds' },
  // By Little's law: arrivals × time for each, less those who work already.
  workers: {
    amount: larger(
      1,
      minus(over(times(arrivals, now(queue.consumers)), acknowledgements), now(queue.consumers)),
    ),
    unit: 'count',
  },
};

export const ofQueue = { queue: { label: 'queue' }, vhost: { label: 'vhost' } } as const;

export const addWorkers: RemedyTemplate = {
  remedy: 'add-workers',
  parameters: { ...ofQueue, workers: { figure: 'workers' } },
  text: "Add {workers} workers: arrivals times the time for each message, less those who work already (Little's law).",
  command: 'sluice remedy apply add-workers --vhost {vhost} --queue {queue} --workers {workers}',
};
export const pauseQueue: RemedyTemplate = {
  remedy: 'pause-queue',
  parameters: ofQueue,
  text: 'Pause the queue until the consumers are well again; publishes go on.',
  command: 'sluice remedy apply pause-queue --vhost {vhost} --queue {queue}',
};
export const drains = less(slope(queue.ready, 30), 0);
