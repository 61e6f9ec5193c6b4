/** Faults that single messages show: poisoned ones, lost routes, missed deadlines, and messages that no longer come. */
import {
  age,
  all,
  any,
  larger,
  lasting,
  less,
  longestStill,
  mean,
  minus,
  more,
  now,
  over,
  rate,
  related,
  slope,
  still,
  times,
  usual,
  usualAtThisHour,
  usualSpread,
  watched,
} from '../expression.js';
import type { Signature } from '../signature.js';
import { ofQueue, pauseQueue, queueFigures } from './queue-terms.js';
import { engine, queue } from './series.js';

/** By how much less arrives than usual, in the queue that lost most. */
const lostArrivals = related('queue', 'greatest', minus(usual(queue.published), rate(queue.published, 10)));
const missedShare = over(rate(queue.deadlinesMissed, 30), rate(queue.acknowledged, 30));
/** How many were late in 45 seconds, but for the newest step: where all become late at once, time has run out. */
const missedBefore = minus(
  times(45, rate(queue.deadlinesMissed, 45)),
  times(5, rate(queue.deadlinesMissed, 5)),
);
const expectedSince = times(usual(queue.published), still(queue.published));

export const messageSignatures: readonly Signature[] = [
  {
    name: 'poison-message',
    number: 4,
    title: 'The same messages fail again and again',
    kind: 'queue',
    engines: 'every',
    symptomsText: 'Messages that had failed twice before fail again, more than usual.',
    symptoms: more(rate(queue.returnedAgain, 20), larger(0.04, times(3, usual(queue.returnedAgain)))),
    speaksFor: [
      {
        text: 'Most failures are of messages that failed before.',
        weight: 3,
        condition: more(over(rate(queue.returnedAgain, 20), rate(queue.redelivered, 20)), 0.3),
      },
      {
        text: 'Others are acknowledged.',
        weight: 2,
        condition: more(rate(queue.acknowledged, 20), times(0.2, usual(queue.acknowledged))),
      },
      {
        text: 'More is dead-lettered, or redelivered, than usual.',
        weight: 1,
        condition: any(
          more(rate(queue.deadLettered, 20), times(2, usual(queue.deadLettered))),
          more(rate(queue.redelivered, 20), times(2, usual(queue.redelivered))),
        ),
      },
    ],
    speaksAgainst: [
      {
        text: 'Hardly anything succeeds: the handler fails, not the message.',
        weight: 0.25,
        condition: less(rate(queue.acknowledged, 20), times(0.1, usual(queue.acknowledged))),
      },
    ],
    cause: 'Some messages of {queue} fail at every delivery: {again} failures a second are not their first.',
    figures: { again: { amount: rate(queue.returnedAgain, 20), unit: 'per-second' } },
    worst: {},
    remedies: [
      {
        remedy: 'quarantine-message',
        parameters: ofQueue,
        text: 'Move the message that failed most to a queue of its own, with the reason.',
        command: 'sluice remedy apply quarantine-message --vhost {vhost} --queue {queue}',
      },
      {
        remedy: 'advice',
        parameters: {},
        text: 'Set x-delivery-limit and a dead-letter exchange on the queue.',
        command: '',
      },
    ],
    check: {
      text: 'No message fails for the third time.',
      withinSeconds: 60,
      condition: less(rate(queue.returnedAgain, 20), 0.001),
    },
    explains: ['hung-consumer'],
  },
  {
    name: 'messages-unroutable',
    number: 7,
    title: 'Messages find no queue',
    kind: 'engine',
    engines: 'every',
    symptomsText: 'More messages find no queue than usual, for 10 seconds.',
    symptoms: lasting(10, more(rate(engine.unroutable, 5), larger(0.1, times(3, usual(engine.unroutable))))),
    speaksFor: [
      {
        text: 'A queue gets less than usual, about as much as goes astray.',
        weight: 3,
        condition: more(lostArrivals, times(0.4, rate(engine.unroutable, 10))),
      },
      {
        text: 'Usually next to none goes astray.',
        weight: 2,
        condition: less(usual(engine.unroutable), 0.05),
      },
    ],
    speaksAgainst: [],
    cause:
      '{unroutable} messages a second find no queue: a binding is missing, or a publisher names a wrong key.',
    figures: { unroutable: { amount: rate(engine.unroutable, 10), unit: 'per-second' } },
    worst: {},
    remedies: [
      {
        remedy: 'advice',
        parameters: {},
        text: 'Restore the binding that was removed last.',
        command: 'sluice audit tail',
      },
      {
        remedy: 'advice',
        parameters: {},
        text: 'Give the exchange an alternate-exchange, so that nothing is lost meanwhile.',
        command: '',
      },
    ],
    check: {
      text: 'As few go astray as usual.',
      withinSeconds: 60,
      condition: less(rate(engine.unroutable, 15), larger(0.05, times(1.5, usual(engine.unroutable)))),
    },
    explains: ['producer-down'],
  },
  {
    name: 'dead-letters-lost',
    number: 12,
    title: 'Failed messages have nowhere to go',
    kind: 'queue',
    engines: 'every',
    symptomsText: 'Messages were dead-lettered, and their target led to no queue.',
    symptoms: more(rate(queue.deadLettersLost, 20), 0),
    speaksFor: [
      {
        text: 'All that is dead-lettered is lost.',
        weight: 2,
        condition: more(over(rate(queue.deadLettersLost, 30), rate(queue.deadLettered, 30)), 0.9),
      },
      { text: 'Usually none is lost.', weight: 1, condition: less(usual(queue.deadLettersLost), 0.001) },
    ],
    speaksAgainst: [],
    cause: 'The dead-letter target of {queue} leads to no queue: {lost} messages a second are lost.',
    figures: { lost: { amount: rate(queue.deadLettersLost, 20), unit: 'per-second' } },
    worst: {},
    remedies: [
      {
        remedy: 'advice',
        parameters: {},
        text: 'Bind a queue to the dead-letter exchange of {queue}.',
        command: '',
      },
      pauseQueue,
    ],
    check: {
      text: 'No dead letter is lost.',
      withinSeconds: 60,
      condition: less(rate(queue.deadLettersLost, 30), 0.001),
    },
    explains: [],
  },
  {
    name: 'deadline-order',
    number: 29,
    title: 'Deadlines are missed though there is time: the order is wrong, or one handler is too long',
    kind: 'queue',
    engines: 'every',
    symptomsText:
      'More messages miss their deadline than usual, though no more arrive than usual and the consumers have time.',
    symptomsRule:
      'Three messages (two where none is usual) and 0.5 % of those that end were late in 45 seconds, three times as many as usual, though no more arrives than usual, consumers have time, and none was away for 60 seconds.',
    symptoms: all(
      more(rate(queue.acknowledged, 30), 1),
      any(
        more(rate(queue.deadlinesMissed, 45), larger(0.06, times(3, usual(queue.deadlinesMissed)))),
        all(more(rate(queue.deadlinesMissed, 45), 0.04), less(usual(queue.deadlinesMissed), 0.0005)),
      ),
      more(over(rate(queue.deadlinesMissed, 45), rate(queue.acknowledged, 45)), 0.005),
      less(rate(queue.published, 60), times(1.15, usual(queue.published))),
      less(rate(queue.published, 15), times(1.3, usual(queue.published))),
      more(mean(queue.capacity, 30), 0.1),
      more(mean(queue.capacity, 10), 0.05),
      more(missedBefore, 0.5),
      lasting(60, more(now(queue.consumers), minus(usual(queue.consumers), 0.5))),
    ),
    speaksFor: [
      { text: 'The consumers could take more.', weight: 4, condition: more(mean(queue.capacity, 30), 0.1) },
      {
        text: 'No backlog grows.',
        weight: 2,
        condition: less(slope(queue.ready, 30), larger(0.1, times(0.02, rate(queue.published, 30)))),
      },
      {
        text: 'The longest handler takes five times as long as the mean.',
        weight: 1,
        condition: more(
          mean(`${queue.processing}_max`, 30),
          times(5, over(rate(`${queue.processing}_sum`, 30), rate(`${queue.processing}_count`, 30))),
        ),
      },
    ],
    speaksAgainst: [
      {
        text: 'The consumers have no time left.',
        weight: 0.5,
        condition: less(mean(queue.capacity, 30), 0.03),
      },
      {
        text: 'Everything takes longer than usual.',
        weight: 0.3,
        condition: all(less(related('consumer', 'least', age), 150), more(slope(queue.ready, 30), 0.5)),
      },
    ],
    cause: '{missed} deadlines a second are missed in {queue}, while its consumers have time.',
    figures: { missed: { amount: rate(queue.deadlinesMissed, 30), unit: 'per-second' } },
    worst: {},
    remedies: [
      {
        remedy: 'advice',
        parameters: {},
        text: "Let the queue order by deadline, where it does not: declare it with x-order 'deadline'.",
        command: '',
      },
      {
        remedy: 'advice',
        parameters: {},
        text: 'Divide the longest handler, or give it a queue and workers of its own.',
        command: '',
      },
    ],
    check: { text: 'Less than 1 % is late.', withinSeconds: 120, condition: less(missedShare, 0.01) },
    explains: [],
  },
  {
    name: 'producer-down',
    number: 30,
    title: 'Nothing arrives any more',
    kind: 'queue',
    engines: 'every',
    symptomsText:
      'Nothing has arrived for longer than ever before, and for 20 seconds at least, in which 20 messages are usual; arrivals are steady otherwise.',
    symptoms: all(
      more(still(queue.published), larger(20, times(2, longestStill(queue.published)))),
      more(expectedSince, 20),
      more(watched, 240),
      less(usualSpread(queue.published), times(0.8, usual(queue.published))),
    ),
    speaksFor: [
      {
        text: 'The consumers wait for work.',
        weight: 2,
        condition: all(more(now(queue.consumers), 0), less(now(queue.ready), 1)),
      },
      {
        text: 'At this hour of other days messages arrived.',
        weight: 1,
        condition: more(usualAtThisHour(queue.published), times(0.1, usual(queue.published))),
      },
      {
        text: 'Clients disconnected.',
        weight: 1,
        condition: more(related('engine', 'sum', rate(engine.closed, 60)), 0),
      },
    ],
    speaksAgainst: [
      {
        text: 'At this hour of other days hardly anything arrived.',
        weight: 0.8,
        condition: less(usualAtThisHour(queue.published), times(0.02, usual(queue.published))),
      },
    ],
    cause: 'Nothing has arrived at {queue} for {silence}; {usualArrivals} a second are usual.',
    figures: { ...queueFigures, silence: { amount: still(queue.published), unit: 'seconds' } },
    worst: {},
    remedies: [
      {
        remedy: 'advice',
        parameters: {},
        text: 'Page the owner of the producer; see which connections closed.',
        command: 'sluice connection list',
      },
    ],
    check: { text: 'Messages arrive.', withinSeconds: 60, condition: more(rate(queue.published, 15), 0) },
    explains: [],
  },
];
