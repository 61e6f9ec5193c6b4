/** Faults by which messages pile up in a queue: nobody there, too slow, too many, one hot key, or paused. */
import {
  all,
  any,
  larger,
  lasting,
  less,
  mean,
  minus,
  more,
  not,
  now,
  plus,
  rate,
  related,
  slope,
  times,
  usual,
} from '../expression.js';
import type { Signature } from '../signature.js';
import {
  addWorkers,
  arrivals,
  arrivalsAreUsual,
  backlogGrows,
  backlogRule,
  backlogText,
  drains,
  gatesMore,
  hasTime,
  isPaused,
  ofQueue,
  queueFigures,
  worksLess,
  worksSlower,
} from './queue-terms.js';
import { consumer, queue } from './series.js';

export const backlogSignatures: readonly Signature[] = [
  {
    name: 'consumers-down',
    number: 1,
    title: 'Nobody consumes the queue',
    kind: 'queue',
    engines: 'every',
    symptomsText:
      'Messages have been ready for 20 seconds without a consumer, in a queue that usually has one.',
    symptoms: all(
      more(usual(queue.consumers), 0.5),
      lasting(20, all(less(now(queue.consumers), 1), more(now(queue.ready), 0))),
    ),
    speaksFor: [
      { text: 'Nothing is delivered.', weight: 3, condition: less(rate(queue.delivered, 15), 0.001) },
      { text: 'Ready messages increase.', weight: 2, condition: more(slope(queue.ready, 20), 0) },
      { text: 'Messages still arrive.', weight: 1, condition: more(rate(queue.published, 20), 0) },
    ],
    speaksAgainst: [],
    cause: 'The consumers of {queue} are gone: it usually has {usualConsumers}, and {ready} messages wait.',
    figures: { ...queueFigures, usualConsumers: { amount: usual(queue.consumers), unit: 'count' } },
    worst: {},
    remedies: [
      {
        remedy: 'advice',
        parameters: {},
        text: 'Start the consumers again, or page their owner.',
        command: '',
      },
      addWorkers,
    ],
    check: {
      text: 'A consumer is there, and messages are acknowledged.',
      withinSeconds: 60,
      condition: all(more(now(queue.consumers), 0), more(rate(queue.acknowledged, 20), 0)),
    },
    explains: [
      'slow-consumers',
      'overload',
      'hung-consumer',
      'deadline-order',
      'hot-key',
      'processing-regression',
    ],
  },
  {
    name: 'slow-consumers',
    number: 2,
    title: 'The consumers are too slow, or too few',
    kind: 'queue',
    engines: 'every',
    symptomsText: backlogText,
    symptomsRule: backlogRule,
    symptoms: backlogGrows,
    speaksFor: [
      { text: 'They acknowledge less than usual.', weight: 4, condition: worksLess },
      { text: 'No more messages arrive than usual.', weight: 3, condition: arrivalsAreUsual },
      {
        text: 'A message takes longer than usual, or there are fewer consumers than usual.',
        weight: 2,
        condition: any(worksSlower, less(now(queue.consumers), minus(usual(queue.consumers), 0.5))),
      },
      {
        text: 'The consumers could hardly take more.',
        weight: 1,
        condition: less(mean(queue.capacity, 15), 0.5),
      },
    ],
    speaksAgainst: [
      isPaused,
      {
        text: 'They acknowledge as much as usual, while more arrives than usual.',
        weight: 0.6,
        condition: all(not(worksLess), not(arrivalsAreUsual)),
      },
      {
        text: 'Most of what waits is behind another message of its key, and the consumers have time.',
        weight: 0.6,
        condition: gatesMore,
      },
    ],
    cause:
      'The consumers of {queue} acknowledge {acknowledged} a second (usually {usualAcknowledged}), and {arrivals} a second arrive.',
    figures: {
      ...queueFigures,
      prefetch: { amount: times(2, related('consumer', 'median', now(consumer.prefetch))), unit: 'messages' },
    },
    worst: {},
    remedies: [
      addWorkers,
      {
        remedy: 'set-prefetch',
        parameters: { ...ofQueue, prefetch: { figure: 'prefetch' } },
        text: 'Let each consumer hold {prefetch} messages, where it waits for the network rather than for itself.',
        command: 'sluice remedy apply set-prefetch --vhost {vhost} --queue {queue} --prefetch {prefetch}',
      },
    ],
    check: { text: 'Ready messages decrease.', withinSeconds: 120, condition: drains },
    explains: ['deadline-order'],
  },
  {
    name: 'overload',
    number: 27,
    title: 'More arrives than the consumers can do',
    kind: 'queue',
    engines: 'every',
    symptomsText: backlogText,
    symptomsRule: backlogRule,
    symptoms: backlogGrows,
    speaksFor: [
      {
        text: 'More messages arrive than usual.',
        weight: 4,
        condition: more(rate(queue.published, 15), times(1.25, usual(queue.published))),
      },
      { text: 'The consumers acknowledge as much as usual, or more.', weight: 3, condition: not(worksLess) },
      {
        text: 'There are as many consumers as usual.',
        weight: 1,
        condition: more(now(queue.consumers), minus(usual(queue.consumers), 0.5)),
      },
    ],
    speaksAgainst: [
      isPaused,
      { text: 'No more arrives than usual.', weight: 0.6, condition: arrivalsAreUsual },
      {
        text: 'Most of what waits is behind another message of its key, and the consumers have time.',
        weight: 0.5,
        condition: gatesMore,
      },
    ],
    cause:
      '{arrivals} messages a second arrive at {queue} (usually {usualArrivals}); its consumers do {acknowledged} a second.',
    figures: queueFigures,
    worst: {},
    remedies: [
      addWorkers,
      {
        remedy: 'throttle-publisher',
        parameters: { ...ofQueue, perSecond: { figure: 'acknowledged' } },
        text: 'Hold publishers to {acknowledged} messages a second.',
        command:
          'sluice remedy apply throttle-publisher --vhost {vhost} --queue {queue} --per-second {perSecond}',
      },
    ],
    check: { text: 'Ready messages decrease.', withinSeconds: 120, condition: drains },
    explains: ['deadline-order'],
  },
  {
    name: 'hot-key',
    number: 15,
    title: 'One key holds the queue up',
    kind: 'queue',
    engines: 'every',
    symptomsText:
      'Messages behind others of their key increase, and are more than are ready and than usual; yet the consumers have time.',
    symptoms: all(
      more(now(queue.consumers), 0),
      hasTime,
      more(now(queue.gated), larger(20, larger(now(queue.ready), times(2, usual(queue.gated))))),
      more(slope(queue.gated, 25), larger(0.1, times(0.02, arrivals))),
    ),
    speaksFor: [
      {
        text: 'Few messages are ready: consumers wait for the key.',
        weight: 3,
        condition: less(now(queue.ready), times(0.5, now(queue.gated))),
      },
      {
        text: 'They had time for all of the last 15 seconds.',
        weight: 3,
        condition: lasting(15, more(now(queue.capacity), 0.1)),
      },
      {
        text: 'There are as many consumers as usual.',
        weight: 1,
        condition: more(now(queue.consumers), minus(usual(queue.consumers), 0.5)),
      },
    ],
    speaksAgainst: [isPaused],
    cause: '{gated} messages of {queue} wait behind others of their key, while consumers have time.',
    figures: { ...queueFigures, gated: { amount: now(queue.gated), unit: 'messages' } },
    worst: {},
    remedies: [
      {
        remedy: 'quarantine-key',
        parameters: ofQueue,
        text: 'Hold back the key with most behind it, and look at its first message.',
        command: 'sluice remedy apply quarantine-key --vhost {vhost} --queue {queue}',
      },
      { remedy: 'advice', parameters: {}, text: 'Divide the key into finer ones.', command: '' },
    ],
    check: {
      text: 'Fewer messages wait behind their key.',
      withinSeconds: 120,
      condition: less(slope(queue.gated, 30), 0),
    },
    explains: ['slow-consumers', 'overload', 'deadline-order'],
  },
  {
    name: 'queue-paused',
    number: 31,
    title: 'An operator paused the queue',
    kind: 'queue',
    engines: 'every',
    symptomsText: 'The queue is paused, and messages wait.',
    symptoms: all(more(now(queue.paused), 0), more(plus(now(queue.ready), now(queue.gated)), 0)),
    speaksFor: [
      { text: 'Nothing is delivered.', weight: 1, condition: less(rate(queue.delivered, 15), 0.001) },
    ],
    speaksAgainst: [],
    cause: '{queue} is paused, and {ready} messages wait.',
    figures: queueFigures,
    worst: {},
    remedies: [
      {
        remedy: 'resume-queue',
        parameters: ofQueue,
        text: 'Let it deliver again.',
        command: 'sluice remedy apply resume-queue --vhost {vhost} --queue {queue}',
      },
    ],
    check: {
      text: 'Messages are delivered.',
      withinSeconds: 30,
      condition: more(rate(queue.delivered, 10), 0),
    },
    explains: ['slow-consumers', 'overload', 'consumers-down', 'hung-consumer', 'hot-key', 'deadline-order'],
  },
];
