/** Faults of single consumers: hung, or slower since a release. */
import {
  all,
  any,
  highest,
  larger,
  lasting,
  less,
  meanTime,
  minus,
  more,
  now,
  over,
  rate,
  related,
  still,
  times,
  usual,
  usualTime,
} from '../expression.js';
import type { Signature } from '../signature.js';
import {
  arrivalsAreUsual,
  consumerTime,
  isStuck,
  newConsumers,
  ofQueue,
  oneIsSlow,
  queueFigures,
  stuckFor,
  stuckWorst,
  workIsLonger,
  worksLess,
} from './queue-terms.js';
import { consumer, queue } from './series.js';

/** The worst of them is slow, rather than stuck. */
const stillWorks = less(stuckWorst, larger(10, times(4, usualTime(queue.processing))));

export const consumerSignatures: readonly Signature[] = [
  {
    name: 'hung-consumer',
    number: 3,
    title: 'A consumer holds messages and does nothing',
    kind: 'queue',
    engines: 'every',
    symptomsText:
      'A consumer has held a message, and acknowledged none, for five times what is usual, twice the longest, and 20 seconds at least.',
    symptoms: any(
      all(more(now(queue.unacknowledged), 0), isStuck),
      all(
        lasting(30, all(more(now(queue.unacknowledged), 0), more(now(queue.ready), 0))),
        more(now(queue.consumers), 0),
        less(rate(queue.delivered, 20), 0.001),
        more(
          still(queue.acknowledged),
          larger(
            30,
            larger(times(5, usualTime(queue.processing)), times(2, highest(`${queue.processing}_max`))),
          ),
        ),
      ),
    ),
    speaksFor: [
      { text: 'A single consumer is known to be stuck.', weight: 3, condition: isStuck },
      {
        text: 'It holds as many messages as it may.',
        weight: 2,
        condition: more(
          related('consumer', 'greatest', over(now(consumer.unacknowledged), now(consumer.prefetch))),
          0.99,
        ),
      },
      {
        text: 'The queue is acknowledged less than usual, or not at all.',
        weight: 1,
        condition: less(rate(queue.acknowledged, 20), times(0.95, usual(queue.acknowledged))),
      },
    ],
    speaksAgainst: [],
    cause: 'Consumer {consumer} of {queue} has acknowledged nothing for {stuck}, and holds messages.',
    figures: { ...queueFigures, stuck: { amount: stuckWorst, unit: 'seconds' } },
    worst: { consumer: { kind: 'consumer', label: 'consumer', amount: stuckFor } },
    remedies: [
      {
        remedy: 'close-consumer',
        parameters: { ...ofQueue, consumer: { worst: 'consumer' } },
        text: 'Close the channel of {consumer}: what it holds comes back to the queue.',
        command: 'sluice remedy apply close-consumer --vhost {vhost} --queue {queue} --consumer {consumer}',
      },
      {
        remedy: 'advice',
        parameters: {},
        text: 'Give the queue an x-consumer-timeout, so that the broker does this by itself.',
        command: '',
      },
    ],
    check: { text: 'No consumer is stuck.', withinSeconds: 60, condition: less(stuckWorst, 20) },
    explains: ['slow-consumers', 'processing-regression', 'deadline-order', 'hot-key', 'overload'],
  },
  {
    name: 'processing-regression',
    number: 28,
    title: 'Processing became slower with new consumers, or in one of them',
    kind: 'queue',
    engines: 'every',
    symptomsText:
      'Messages take clearly longer since consumers came, or one consumer does less than half of what another does.',
    symptomsRule:
      'Consumers are new, and for 15 seconds a message has taken half as long again as usual, or for 10 seconds all are busy and do less than usual; or a message takes longer, or less is done, and one consumer, hardly ever without one, does less than half of what another does. All this by more than chance makes of so few messages.',
    symptoms: all(
      more(rate(`${queue.processing}_count`, 25), 1),
      any(
        all(newConsumers, workIsLonger),
        all(
          more(rate(`${queue.processing}_count`, 25), 2),
          any(worksLess, more(meanTime(queue.processing, 15), times(1.25, usualTime(queue.processing)))),
          oneIsSlow,
          stillWorks,
        ),
      ),
    ),
    speaksFor: [
      {
        text: 'Consumers came less than 150 seconds ago, or one is far slower than another.',
        weight: 3,
        condition: any(newConsumers, oneIsSlow),
      },
      {
        text: 'A message takes more than twice as long as usual.',
        weight: 2,
        condition: more(meanTime(queue.processing, 15), times(2, usualTime(queue.processing))),
      },
      { text: 'No more messages arrive than usual.', weight: 2, condition: arrivalsAreUsual },
      {
        text: 'There are as many consumers as usual.',
        weight: 1,
        condition: more(now(queue.consumers), minus(usual(queue.consumers), 0.5)),
      },
    ],
    speaksAgainst: [{ text: 'A consumer is stuck altogether.', weight: 0.6, condition: isStuck }],
    cause:
      'A message of {queue} takes {processing} (usually {usualProcessing}) since consumers changed, or because of {consumer}.',
    figures: queueFigures,
    worst: { consumer: { kind: 'consumer', label: 'consumer', amount: consumerTime } },
    remedies: [
      {
        remedy: 'close-consumer',
        parameters: { ...ofQueue, consumer: { worst: 'consumer' } },
        text: 'Close {consumer}, the slowest, where the others are well.',
        command: 'sluice remedy apply close-consumer --vhost {vhost} --queue {queue} --consumer {consumer}',
      },
      {
        remedy: 'advice',
        parameters: {},
        text: 'Roll the newest release of the consumers back.',
        command: '',
      },
    ],
    check: {
      text: 'A message takes no more than a fourth longer than usual.',
      withinSeconds: 180,
      condition: less(meanTime(queue.processing, 20), times(1.25, usualTime(queue.processing))),
    },
    explains: ['slow-consumers', 'deadline-order'],
  },
];
