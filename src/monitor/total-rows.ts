/** What all queues of a virtual host, or of an engine, are together, as rows of the catalogue. Pure. */
import type { MetricRow } from './object-kind.js';

const rows = [
  ['messages_published', 'counter', 'messages', 'Messages that came to {queues}.'],
  ['messages_delivered', 'counter', 'messages', 'Messages of {queues} handed to consumers, each time.'],
  ['messages_acknowledged', 'counter', 'messages', 'Messages of {queues} that consumers have done with.'],
  ['messages_redelivered', 'counter', 'messages', 'Repeated deliveries of messages of {queues}.'],
  ['messages_expired', 'counter', 'messages', 'Messages whose time to live ended in {queues}.'],
  [
    'messages_dead_lettered',
    'counter',
    'messages',
    'Messages of {queues} that went where failed messages go.',
  ],
  ['messages_dropped', 'counter', 'messages', 'Messages that a limit of {queues} removed.'],
  ['messages_ready', 'gauge', 'messages', 'Messages of {queues} that any consumer may have now.'],
  ['messages_unacknowledged', 'gauge', 'messages', 'Messages of {queues} that consumers hold.'],
  ['messages_delayed', 'gauge', 'messages', 'Messages of {queues} that wait for their time.'],
  ['messages_bytes', 'gauge', 'bytes', 'Bytes of the bodies of all messages in {queues}.'],
  ['consumers', 'gauge', 'count', 'Consumers of {queues}.'],
  [
    'message_wait_seconds',
    'histogram',
    'seconds',
    'From the arrival of a message to its first delivery, over {queues}.',
  ],
  [
    'message_processing_seconds',
    'histogram',
    'seconds',
    'From the delivery of a message to its acknowledgement, over {queues}.',
  ],
  [
    'message_end_to_end_seconds',
    'histogram',
    'seconds',
    'From the arrival of a message to its acknowledgement, over all its deliveries and {queues}.',
  ],
] as const;

/** The rows, numbered from `firstId`, with names that begin with `prefix`; `queues` says of which queues. */
export function totalRows(firstId: number, prefix: string, queues: string): readonly MetricRow[] {
  return rows.map(([name, kind, unit, help], index): MetricRow => [
    firstId + index,
    prefix + name,
    kind,
    unit,
    help.replace('{queues}', queues),
  ]);
}
