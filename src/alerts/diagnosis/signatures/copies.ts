/** Faults of the copies of partitions, and of the nodes that keep them, in engines that are logs. */
import {
  all,
  any,
  lasting,
  less,
  mean,
  more,
  not,
  now,
  over,
  peers,
  plus,
  rate,
  related,
  slope,
  times,
  usual,
  usualTime,
  meanTime,
} from '../expression.js';
import type { Signature } from '../signature.js';
import { advice, clue, ofLog } from './log-terms.js';
import { partition, controller, brokerNode, logDirectory } from './series.js';

const partitions: readonly Signature[] = [
  ofLog({
    name: 'quorum-lost',
    number: 11,
    title: 'Less than a majority of the copies is up',
    kind: 'partition',
    symptomsText: 'For 5 seconds at most half of the copies have been in sync.',
    symptoms: lasting(
      5,
      all(
        more(now(partition.replicas), 1),
        less(times(2, now(partition.inSync)), plus(now(partition.replicas), 0.5)),
      ),
    ),
    speaksFor: [
      clue('It has no leader.', 2, less(now(partition.hasLeader), 1)),
      clue(
        'Nodes of the cluster are gone.',
        1,
        less(
          related('controller', 'sum', now(controller.nodes)),
          related('controller', 'sum', usual(controller.nodes)),
        ),
      ),
    ],
    cause: 'Of the copies of partition {partition} of {topic} only {inSync} are in sync.',
    figures: { inSync: { amount: now(partition.inSync), unit: 'count' } },
    remedies: [advice('Bring the missing members back; do not force a leader that lacks messages.')],
    check: {
      text: 'A majority is in sync.',
      withinSeconds: 180,
      condition: more(times(2, now(partition.inSync)), now(partition.replicas)),
    },
    explains: ['under-minimum-in-sync', 'replication-lag', 'in-sync-flapping'],
  }),
  ofLog({
    name: 'in-sync-flapping',
    number: 16,
    title: 'A copy falls out of sync and comes back, again and again',
    kind: 'partition',
    symptomsText: 'Copies fell out of sync or came back more than four times in two minutes.',
    symptoms: more(rate(partition.inSyncChanges, 120), 4 / 120),
    speaksFor: [clue('A copy is behind.', 1, more(now(partition.differenceBytes), 0))],
    cause: 'A copy of partition {partition} of {topic} cannot keep up: its disk, or pauses of its process.',
    remedies: [advice('Mend the slow node, or move the copy to another.')],
    check: {
      text: 'The copies stay in sync.',
      withinSeconds: 240,
      condition: less(rate(partition.inSyncChanges, 90), 0.001),
    },
    explains: ['replication-lag'],
  }),
  ofLog({
    name: 'under-minimum-in-sync',
    number: 17,
    title: 'Too few copies are in sync to write',
    kind: 'partition',
    symptomsText: 'For 5 seconds fewer copies have been in sync than a full acknowledgement needs.',
    symptoms: lasting(5, less(now(partition.inSync), now(partition.inSyncMin))),
    speaksFor: [
      clue(
        'Less is appended than usual.',
        1,
        less(rate(partition.appended, 15), times(0.5, usual(partition.appended))),
      ),
    ],
    cause: 'Writes to partition {partition} of {topic} that want full acknowledgement fail.',
    remedies: [advice('Restore the copy that is missing.')],
    check: {
      text: 'Enough copies are in sync.',
      withinSeconds: 180,
      condition: not(less(now(partition.inSync), now(partition.inSyncMin))),
    },
  }),
  ofLog({
    name: 'replication-lag',
    number: 25,
    title: 'A copy is far behind',
    kind: 'partition',
    symptomsText: 'A copy has been more than 10 MiB behind for 10 seconds.',
    symptoms: lasting(10, more(now(partition.differenceBytes), 10 * 2 ** 20)),
    speaksFor: [clue('It falls further behind.', 1, more(slope(partition.differenceBytes, 30), 0))],
    cause: 'A copy of partition {partition} of {topic} lacks {difference}.',
    figures: { difference: { amount: now(partition.differenceBytes), unit: 'bytes' } },
    remedies: [advice('See to the network and the disk of the copy; do not fail over to it.')],
    check: {
      text: 'It catches up.',
      withinSeconds: 300,
      condition: less(slope(partition.differenceBytes, 60), 0),
    },
  }),
  ofLog({
    name: 'controller-quorum',
    number: 19,
    title: 'The cluster has not exactly one controller',
    kind: 'controller',
    symptomsText: 'For 5 seconds another number of nodes than one has held itself to be the controller.',
    symptoms: lasting(5, not(all(more(now(controller.active), 0.5), less(now(controller.active), 1.5)))),
    speaksFor: [clue('Partitions have no leader.', 1, more(now(controller.leaderless), 0))],
    cause: '{active} nodes of {engine} hold themselves to be the controller.',
    figures: { active: { amount: now(controller.active), unit: 'count' } },
    remedies: [advice('Look at the network between the controllers; a person decides.')],
    check: {
      text: 'There is one controller.',
      withinSeconds: 120,
      condition: all(more(now(controller.active), 0.5), less(now(controller.active), 1.5)),
    },
    explains: ['quorum-lost'],
  }),
];

const used = over(now(logDirectory.used), now(logDirectory.size));

const nodes: readonly Signature[] = [
  ofLog({
    name: 'log-directory-full',
    number: 18,
    title: 'One log directory is nearly full',
    kind: 'log_directory',
    symptomsText: 'It is more than 85 % full, and a fifth fuller than the others of its node.',
    symptoms: all(more(used, 0.85), more(used, plus(0.2, peers('directory', 'median', used)))),
    speaksFor: [clue('It grows.', 1, more(slope(logDirectory.used, 60), 0))],
    cause: '{directory} of {node} is nearly full, while its neighbours have room.',
    remedies: [
      advice('Move partitions to another directory; see whether the cleaner of this one still runs.'),
    ],
    check: { text: 'It is less than 80 % full.', withinSeconds: 600, condition: less(used, 0.8) },
  }),
  ofLog({
    name: 'slow-flush',
    number: 20,
    title: 'The disk of one node is slow',
    kind: 'broker_node',
    symptomsText:
      'For 10 seconds a flush has taken five times as long as usual, and three times as long as at its peers.',
    symptoms: lasting(
      10,
      all(
        more(meanTime(brokerNode.flush, 10), times(5, usualTime(brokerNode.flush))),
        more(
          meanTime(brokerNode.flush, 10),
          times(3, peers('node', 'median', meanTime(brokerNode.flush, 10))),
        ),
      ),
    ),
    speaksFor: [
      clue('Its slowest flushes take over 100 ms.', 1, more(mean(`${brokerNode.flush}_p999`, 10), 0.1)),
    ],
    cause: 'The disk of {node} is slower than it was, and than those of the other nodes.',
    remedies: [advice('Move its leaders away. Where several nodes are slow at once, a person decides.')],
    check: {
      text: 'A flush takes at most twice as long as usual.',
      withinSeconds: 180,
      condition: less(meanTime(brokerNode.flush, 20), times(2, usualTime(brokerNode.flush))),
    },
    explains: ['page-cache-stall'],
  }),
  ofLog({
    name: 'broker-saturated',
    number: 21,
    title: 'A node has no time left for requests',
    kind: 'broker_node',
    symptomsText: 'Its request handlers were idle less than 30 % of the time, for 20 seconds.',
    symptoms: lasting(20, less(now(brokerNode.handlerIdle), 0.3)),
    speaksFor: [clue('It is usually less busy.', 1, more(usual(brokerNode.handlerIdle), 0.4))],
    cause: '{node} is busy nearly all the time.',
    remedies: [advice('Add nodes, move leaders, or set quotas for the greediest clients.')],
    check: {
      text: 'It is idle at least 40 % of the time.',
      withinSeconds: 300,
      condition: more(mean(brokerNode.handlerIdle, 30), 0.4),
    },
  }),
  ofLog({
    name: 'page-cache-stall',
    number: 22,
    title: 'Writes wait for the page cache',
    kind: 'broker_node',
    symptomsText: 'A write held the page cache for more than 1 s, or the send queue waits more than 200 ms.',
    symptoms: any(more(now(brokerNode.pageCacheLock), 1), more(now(brokerNode.sendQueueWait), 0.2)),
    speaksFor: [
      clue(
        'Both are so.',
        1,
        all(more(now(brokerNode.pageCacheLock), 1), more(now(brokerNode.sendQueueWait), 0.2)),
      ),
    ],
    cause: 'The kernel of {node} cannot write its page cache out as fast as messages come.',
    remedies: [advice('Give the log a faster disk; see to the kernel’s limits of dirty pages.')],
    check: {
      text: 'Neither is so.',
      withinSeconds: 120,
      condition: all(less(now(brokerNode.pageCacheLock), 1), less(now(brokerNode.sendQueueWait), 0.2)),
    },
  }),
  ofLog({
    name: 'transaction-check-dead',
    number: 24,
    title: 'Transactions stay undecided',
    kind: 'broker_node',
    symptomsText: 'A half message is older than 120 seconds.',
    symptoms: more(now(brokerNode.halfMessageAge), 120),
    speaksFor: [clue('It becomes older.', 1, more(slope(brokerNode.halfMessageAge, 30), 0.5))],
    cause: 'Nobody answers when {node} asks what became of a transaction.',
    remedies: [advice('Start the producer again whose listener decides, or mend the listener.')],
    check: {
      text: 'No half message is old.',
      withinSeconds: 180,
      condition: less(now(brokerNode.halfMessageAge), 60),
    },
  }),
];

export const copySignatures: readonly Signature[] = [...partitions, ...nodes];
