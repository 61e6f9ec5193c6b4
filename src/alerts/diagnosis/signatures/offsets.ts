/** Faults of offsets and groups in engines that are logs (Kafka, RocketMQ). */
import {
  all,
  lasting,
  less,
  mean,
  more,
  now,
  peers,
  rate,
  related,
  slope,
  times,
  usual,
  least,
} from '../expression.js';
import type { Signature } from '../signature.js';
import { advice, clue, ofLog } from './log-terms.js';
import { group, partition, partitionGroup, controller } from './series.js';

const lagging = more(least(partitionGroup.lag, 30), 0);
const lag = { lag: { amount: now(partitionGroup.lag), unit: 'messages' } } as const;
const lagFalls = {
  text: 'The lag falls.',
  withinSeconds: 120,
  condition: less(slope(partitionGroup.lag, 60), 0),
};

export const offsetSignatures: readonly Signature[] = [
  ofLog({
    name: 'lag-stopped',
    number: 13,
    title: 'The group has stopped committing',
    kind: 'partition_group',
    symptomsText: 'For 30 seconds there has been a lag and no commit.',
    symptoms: all(lagging, less(rate(partitionGroup.commits, 30), 0.001)),
    speaksFor: [
      clue('It usually commits.', 2, more(usual(partitionGroup.commits), 0)),
      clue('The lag increases.', 1, more(slope(partitionGroup.lag, 30), 0)),
    ],
    cause: 'Group {group} has committed nothing of partition {partition} of {topic}, {lag} messages behind.',
    figures: lag,
    remedies: [advice('Restart the consumers of the group, or page their owner.')],
    check: {
      text: 'Offsets are committed.',
      withinSeconds: 60,
      condition: more(rate(partitionGroup.commits, 20), 0),
    },
    explains: ['lag-rising', 'hot-partition'],
  }),
  ofLog({
    name: 'lag-stalled',
    number: 13,
    title: 'The group commits the same offset again and again',
    kind: 'partition_group',
    symptomsText: 'For 30 seconds there has been a lag, and commits moved nothing.',
    symptoms: all(
      lagging,
      more(rate(partitionGroup.commits, 30), 0),
      less(rate(partitionGroup.committed, 30), 0.001),
    ),
    speaksFor: [clue('It usually moves.', 1, more(usual(partitionGroup.committed), 0))],
    cause:
      'Group {group} is stuck at one message of partition {partition} of {topic}, {lag} messages behind.',
    figures: lag,
    remedies: [
      advice(
        'Look at the message at the committed offset: it may be poisoned. Skip it, or mend the handler.',
      ),
    ],
    check: {
      text: 'The offset moves.',
      withinSeconds: 60,
      condition: more(rate(partitionGroup.committed, 20), 0),
    },
    explains: ['lag-rising', 'hot-partition'],
  }),
  ofLog({
    name: 'lag-rising',
    number: 13,
    title: 'The group falls behind',
    kind: 'partition_group',
    symptomsText: 'The group moves, and its lag has not fallen once in 60 seconds.',
    symptoms: all(
      more(now(partitionGroup.lag), 0),
      more(rate(partitionGroup.committed, 30), 0),
      lasting(40, more(slope(partitionGroup.lag, 20), 0)),
    ),
    speaksFor: [
      clue(
        'More is appended than usual, or less is done.',
        1,
        more(related('partition', 'sum', rate(partition.appended, 30)), rate(partitionGroup.committed, 30)),
      ),
    ],
    cause: 'Group {group} falls behind in partition {partition} of {topic}: {lag} messages.',
    figures: lag,
    remedies: [advice('Add members up to the number of partitions, or partitions.')],
    check: lagFalls,
  }),
  ofLog({
    name: 'offset-rewound',
    number: 13,
    title: 'The committed offset moved back',
    kind: 'partition_group',
    symptomsText: 'An offset was committed that lies before the last one.',
    symptoms: more(rate(partitionGroup.rewinds, 60), 0),
    speaksFor: [
      clue('The lag jumped up.', 1, more(now(partitionGroup.lag), times(2, usual(partitionGroup.lag)))),
    ],
    cause: 'Group {group} reads messages of partition {partition} of {topic} a second time.',
    figures: lag,
    remedies: [advice('See who reset the offset; see that handlers bear a second delivery.')],
    check: {
      text: 'It moves back no more.',
      withinSeconds: 60,
      condition: less(rate(partitionGroup.rewinds, 60), 0.001),
    },
    explains: ['lag-rising'],
  }),
  ofLog({
    name: 'rebalance-storm',
    number: 14,
    title: 'The group rebalances again and again',
    kind: 'consumer_group',
    symptomsText: 'The group was dealt out anew more than twice a minute, while its lag increases.',
    symptoms: all(
      more(rate(group.rebalances, 90), 1 / 30),
      more(related('partition_group', 'sum', slope(partitionGroup.lag, 60)), 0),
    ),
    speaksFor: [
      clue(
        'As many members as usual are there: they are thrown out and come back.',
        2,
        more(mean(group.members, 60), times(0.5, usual(group.members))),
      ),
      clue('The cluster is well.', 1, less(related('controller', 'sum', now(controller.leaderless)), 1)),
    ],
    cause: 'Members of {group} take longer for a batch than they may, and are thrown out before they commit.',
    remedies: [
      advice(
        'Let members take smaller batches or more time (max.poll.records, max.poll.interval.ms), and give them static membership. Do not add members.',
      ),
    ],
    check: {
      text: 'It is not dealt out anew.',
      withinSeconds: 180,
      condition: less(rate(group.rebalances, 60), 0.001),
    },
    explains: ['lag-rising', 'lag-stopped', 'lag-stalled'],
  }),
  ofLog({
    name: 'hot-partition',
    number: 15,
    title: 'One partition is far behind its peers',
    kind: 'partition_group',
    symptomsText: 'Its lag has been more than twice that of its peers, and over 100, for 20 seconds.',
    symptoms: lasting(
      20,
      all(
        more(now(partitionGroup.lag), 100),
        more(now(partitionGroup.lag), times(2, peers('partition', 'median', now(partitionGroup.lag)))),
      ),
    ),
    speaksFor: [
      clue('It moves: too much of one key arrives.', 1, more(rate(partitionGroup.committed, 30), 0)),
    ],
    speaksAgainst: [clue('It does not move at all.', 0.4, less(rate(partitionGroup.committed, 30), 0.001))],
    cause: 'Partition {partition} of {topic} has {lag} messages behind {group}, far more than the others.',
    figures: lag,
    remedies: [advice('Choose a finer key, or move the partition to an owner of its own.')],
    check: lagFalls,
    explains: ['lag-rising'],
  }),
  ofLog({
    name: 'subscriptions-differ',
    number: 23,
    title: 'Members of a group subscribe to different things',
    kind: 'consumer_group',
    symptomsText: 'The members of the group have more than one subscription among them, for 15 seconds.',
    symptoms: lasting(15, more(now(group.subscriptions), 1)),
    speaksFor: [
      clue(
        'Some partitions are not consumed.',
        1,
        more(related('partition_group', 'sum', slope(partitionGroup.lag, 30)), 0),
      ),
    ],
    cause: 'Members of {group} subscribe differently: messages are skipped, or dealt out unevenly.',
    remedies: [
      advice('Make the subscriptions of all members the same, and give different ones a group of their own.'),
    ],
    check: {
      text: 'All subscribe alike.',
      withinSeconds: 60,
      condition: less(now(group.subscriptions), 1.5),
    },
    explains: ['lag-rising', 'hot-partition'],
  }),
];
