/** Faults of the machine, the disk and the connections under an engine. */
import {
  all,
  any,
  larger,
  lasting,
  less,
  mean,
  meanTime,
  minus,
  more,
  now,
  over,
  rate,
  related,
  slope,
  times,
  usual,
  usualTime,
} from '../expression.js';
import type { Signature } from '../signature.js';
import { alarm, connection, engine, node, queue } from './series.js';

const isAlarmed = related('alarm', 'greatest', now(alarm.raised));
const published = related('queue', 'sum', rate(queue.published, 10));
const publishedUsually = related('queue', 'sum', usual(queue.published));
const fallingBy = (seconds: number) => minus(0, slope(node.diskFree, seconds));
const secondsToFull = over(now(node.diskFree), fallingBy(45));
const secondsToFullSlowly = over(now(node.diskFree), fallingBy(3_600));

export const machineSignatures: readonly Signature[] = [
  {
    name: 'publishers-blocked',
    number: 5,
    title: 'Publishers are blocked for want of memory or disk space',
    kind: 'engine',
    engines: 'every',
    symptomsText: 'The memory alarm or the disk alarm has been raised for 5 seconds.',
    symptoms: lasting(5, more(isAlarmed, 0)),
    speaksFor: [
      {
        text: 'Much less is published than usual.',
        weight: 3,
        condition: less(published, times(0.2, publishedUsually)),
      },
      {
        text: 'Connections are blocked.',
        weight: 1,
        condition: more(related('connection', 'sum', now(connection.blocked)), 0),
      },
    ],
    speaksAgainst: [],
    cause:
      'Publishers of {engine} wait until memory or disk space is free: {published} messages a second are published.',
    figures: { published: { amount: published, unit: 'per-second' } },
    worst: {},
    remedies: [
      {
        remedy: 'advice',
        parameters: {},
        text: 'Let consumers drain the longest queues, or purge what nobody needs.',
        command: 'sluice queue list',
      },
      {
        remedy: 'raise-limit',
        parameters: { engine: { label: 'engine' } },
        text: 'Add disk space, or raise the limit of memory.',
        command: '',
      },
    ],
    check: {
      text: 'No alarm is raised.',
      withinSeconds: 120,
      condition: less(isAlarmed, 1),
    },
    explains: ['producer-down', 'publishers-held-back', 'disk-filling'],
  },
  {
    name: 'disk-filling',
    number: 6,
    title: 'The disk will be full soon',
    kind: 'node',
    engines: 'every',
    symptomsText:
      'At its present pace the disk is full within an hour; or, at the pace of the last hour, within a day.',
    symptoms: any(
      all(more(fallingBy(45), 0), less(secondsToFull, 3_600), more(fallingBy(25), times(0.2, fallingBy(45)))),
      all(more(fallingBy(3_600), 0), less(secondsToFullSlowly, 86_400)),
    ),
    speaksFor: [
      {
        text: 'The journal grows, and takes what is lost.',
        weight: 1,
        condition: more(related('engine', 'sum', slope(engine.segmentBytes, 45)), times(0.5, fallingBy(45))),
      },
      {
        text: 'Queues hold more and more bytes.',
        weight: 1,
        condition: more(related('queue', 'sum', slope(queue.bytes, 45)), times(0.2, fallingBy(45))),
      },
      {
        text: 'Less than half of the disk is free.',
        weight: 1,
        condition: less(now(node.diskFree), times(0.5, now(node.diskTotal))),
      },
    ],
    speaksAgainst: [],
    cause: '{free} are free where the data of {engine} lies, and {falling} less every second.',
    figures: {
      free: { amount: now(node.diskFree), unit: 'bytes' },
      falling: { amount: fallingBy(45), unit: 'bytes' },
    },
    worst: {},
    remedies: [
      {
        remedy: 'advice',
        parameters: {},
        text: 'Expand the disk, or drain and trim the largest queues before publishers are blocked.',
        command: 'sluice queue list',
      },
    ],
    check: { text: 'Free space no longer falls.', withinSeconds: 300, condition: less(fallingBy(45), 1) },
    explains: [],
  },
  {
    name: 'short-lived-connections',
    number: 8,
    title: 'Clients connect anew for every few messages',
    kind: 'engine',
    engines: 'every',
    symptomsText:
      'For 20 seconds more connections open each second than a tenth of those that are open, and than one.',
    symptoms: lasting(20, more(rate(engine.opened, 5), larger(1, times(0.1, now(engine.connections))))),
    speaksFor: [
      {
        text: 'As many close as open.',
        weight: 3,
        condition: more(rate(engine.closed, 20), times(0.7, rate(engine.opened, 20))),
      },
      {
        text: 'It is more than usual.',
        weight: 1,
        condition: more(rate(engine.opened, 20), times(3, usual(engine.opened))),
      },
    ],
    speaksAgainst: [],
    cause: '{opened} connections a second are opened at {engine}, {open} are open.',
    figures: {
      opened: { amount: rate(engine.opened, 20), unit: 'per-second' },
      open: { amount: now(engine.connections), unit: 'count' },
    },
    worst: {},
    remedies: [
      {
        remedy: 'advice',
        parameters: {},
        text: 'Let the client keep one connection and open channels on it.',
        command: 'sluice connection list',
      },
    ],
    check: {
      text: 'Few connections are opened.',
      withinSeconds: 120,
      condition: less(rate(engine.opened, 20), larger(1, times(0.05, now(engine.connections)))),
    },
    explains: [],
  },
  {
    name: 'descriptors-short',
    number: 9,
    title: 'The process is about to run out of file descriptors',
    kind: 'node',
    engines: 'every',
    symptomsText: 'More than 80 % of the file descriptors have been in use for 10 seconds.',
    symptoms: lasting(10, more(over(now(node.descriptors), now(node.descriptorsLimit)), 0.8)),
    speaksFor: [
      { text: 'They increase.', weight: 1, condition: more(slope(node.descriptors, 60), 0) },
      {
        text: 'Connections increased with them.',
        weight: 1,
        condition: more(
          related('engine', 'sum', now(engine.connections)),
          times(1.5, related('engine', 'sum', usual(engine.connections))),
        ),
      },
    ],
    speaksAgainst: [],
    cause: '{open} of {limit} file descriptors of {node} are in use.',
    figures: {
      open: { amount: now(node.descriptors), unit: 'count' },
      limit: { amount: now(node.descriptorsLimit), unit: 'count' },
    },
    worst: {},
    remedies: [
      {
        remedy: 'advice',
        parameters: {},
        text: 'Find the client with most connections.',
        command: 'sluice connection list',
      },
      {
        remedy: 'raise-limit',
        parameters: { node: { label: 'node' } },
        text: 'Raise the limit of open files of the service (LimitNOFILE).',
        command: '',
      },
    ],
    check: {
      text: 'Less than 75 % are in use.',
      withinSeconds: 120,
      condition: less(over(now(node.descriptors), now(node.descriptorsLimit)), 0.75),
    },
    explains: [],
  },
  {
    name: 'publishers-held-back',
    number: 10,
    title: 'Publishers send faster than the disk takes it',
    kind: 'engine',
    engines: 'every',
    symptomsText: 'Publishers had to wait for the disk in more than a third of the last 15 seconds.',
    symptoms: more(mean(engine.heldBack, 15), 0.33),
    speaksFor: [
      {
        text: 'More is written than usual.',
        weight: 3,
        condition: more(rate(engine.journalBytes, 5), times(1.5, usual(engine.journalBytes))),
      },
      {
        text: 'A sync takes no longer than usual for as many bytes.',
        weight: 1,
        condition: less(meanTime(engine.sync, 15), times(3, usualTime(engine.sync))),
      },
    ],
    speaksAgainst: [
      {
        text: 'No more is written than usual: it is the disk that became slower.',
        weight: 0.6,
        condition: less(rate(engine.journalBytes, 5), times(1.2, usual(engine.journalBytes))),
      },
    ],
    cause: 'Publishers write {written} a second to {engine}, more than its disk takes.',
    figures: { written: { amount: rate(engine.journalBytes, 15), unit: 'bytes' } },
    worst: {},
    remedies: [
      {
        remedy: 'throttle-publisher',
        parameters: { engine: { label: 'engine' } },
        text: 'Slow the publisher that sends most.',
        command: 'sluice connection list',
      },
      {
        remedy: 'advice',
        parameters: {},
        text: 'Let publishers send in batches; put the data on a faster disk.',
        command: '',
      },
    ],
    check: {
      text: 'Publishers no longer wait.',
      withinSeconds: 60,
      condition: less(mean(engine.heldBack, 20), 0.05),
    },
    explains: ['overload'],
  },
  {
    name: 'slow-disk',
    number: 20,
    title: 'The disk is slow',
    kind: 'engine',
    engines: 'every',
    symptomsText: 'For 15 seconds a sync has taken five times as long as usual, and more than 50 ms.',
    symptoms: lasting(15, more(meanTime(engine.sync, 5), larger(0.05, times(5, usualTime(engine.sync))))),
    speaksFor: [
      {
        text: 'No more is written than usual.',
        weight: 3,
        condition: less(rate(engine.journalBytes, 15), times(1.3, usual(engine.journalBytes))),
      },
      {
        text: 'Even the fastest half of the syncs is slow.',
        weight: 1,
        condition: more(mean(`${engine.sync}_p50`, 10), 0.03),
      },
    ],
    speaksAgainst: [
      {
        text: 'Much more is written than usual.',
        weight: 0.6,
        condition: more(rate(engine.journalBytes, 15), times(2, usual(engine.journalBytes))),
      },
    ],
    cause: 'Making a batch durable takes {sync} (usually {usualSync}) at {engine}.',
    figures: {
      sync: { amount: meanTime(engine.sync, 10), unit: 'seconds' },
      usualSync: { amount: usualTime(engine.sync), unit: 'seconds' },
    },
    worst: {},
    remedies: [
      {
        remedy: 'advice',
        parameters: {},
        text: 'See what else uses the disk; move the data, or take this node out of service. Where several nodes are slow at once, a person decides.',
        command: '',
      },
    ],
    check: {
      text: 'A sync takes at most twice as long as usual.',
      withinSeconds: 120,
      condition: less(meanTime(engine.sync, 20), times(2, usualTime(engine.sync))),
    },
    explains: [
      'publishers-held-back',
      'deadline-order',
      'slow-consumers',
      'overload',
      'processing-regression',
    ],
  },
  {
    name: 'disk-stalled',
    number: 26,
    title: 'The disk stands still while the engine looks alive',
    kind: 'engine',
    engines: 'every',
    symptomsText: 'For 10 seconds bytes have waited to become durable, and no sync has ended.',
    symptoms: lasting(10, all(more(now(engine.unsynced), 0), less(rate(`${engine.sync}_count`, 5), 0.001))),
    speaksFor: [
      { text: 'The engine answers.', weight: 1, condition: more(now(engine.up), 0.5) },
      {
        text: 'Syncs usually end every second.',
        weight: 2,
        condition: more(usual(`${engine.sync}_count`), 0.1),
      },
      { text: 'Probe messages are lost.', weight: 1, condition: more(rate(engine.probesLost, 20), 0) },
    ],
    speaksAgainst: [],
    cause: '{unsynced} wait to become durable at {engine}, and no sync ends: nothing is confirmed.',
    figures: { unsynced: { amount: now(engine.unsynced), unit: 'bytes' } },
    worst: {},
    remedies: [
      {
        remedy: 'advice',
        parameters: {},
        text: 'Take the node out of service: what it has not confirmed, publishers still have.',
        command: '',
      },
    ],
    check: { text: 'Syncs end.', withinSeconds: 60, condition: more(rate(`${engine.sync}_count`, 10), 0) },
    explains: [
      'slow-disk',
      'publishers-held-back',
      'producer-down',
      'hung-consumer',
      'slow-consumers',
      'overload',
      'processing-regression',
      'deadline-order',
    ],
  },
];
