/**
 * What the list of queues can show and be sorted by: what each queue tells, and every figure that is measured of it.
 * Invariant: a column's key is what the server sorts by, and stands in the address.
 */
import type { ListedQueue } from './queue-source.ts';

export type Unit = 'text' | 'count' | 'bytes' | 'seconds' | 'perSecond' | 'ratio';

const counters = [
  'published',
  'delivered',
  'acknowledged',
  'redelivered',
  'expired',
  'deadLettered',
  'dropped',
  'returnedAgain',
  'deadlinesMissed',
  'deadLettersLost',
] as const;
const latencies = ['wait', 'processing', 'endToEnd'] as const;
const quantiles = ['p50', 'p95', 'p99', 'p999', 'max'] as const;

/** A name for people: a word, and of what about it. */
export type ColumnWord =
  | (typeof counters)[number]
  | (typeof latencies)[number]
  | 'ready'
  | 'unacknowledged'
  | 'delayed'
  | 'gated'
  | 'held'
  | 'bytes'
  | 'consumers'
  | 'capacity'
  | 'oldest'
  | 'laxity'
  | 'type'
  | 'copies'
  | 'drain';
export type ColumnAspect = 'perSecond' | 'total' | (typeof quantiles)[number];

export interface Column {
  readonly key: string;
  readonly word: ColumnWord;
  readonly aspect?: ColumnAspect;
  readonly group: 'counts' | 'rates' | 'times' | 'totals';
  readonly unit: Unit;
  /** The metric that explains it, or a figure that pages work out; empty: it is no figure. */
  readonly metric: string;
  /** What the queue itself tells; left out: it is a figure. */
  readonly own?: (row: ListedQueue) => number | string | undefined;
  /** Only queues of other engines tell it. */
  readonly isBeside?: true;
}

const series: Readonly<Record<(typeof counters)[number], string>> = {
  published: 'messages_published',
  delivered: 'messages_delivered',
  acknowledged: 'messages_acknowledged',
  redelivered: 'messages_redelivered',
  expired: 'messages_expired',
  deadLettered: 'messages_dead_lettered',
  dropped: 'messages_dropped',
  returnedAgain: 'messages_returned_again',
  deadlinesMissed: 'deadlines_missed',
  deadLettersLost: 'dead_letters_lost',
};

const histograms = {
  wait: 'message_wait_seconds',
  processing: 'message_processing_seconds',
  endToEnd: 'message_end_to_end_seconds',
} as const;

type OwnCount = 'ready' | 'unacknowledged' | 'delayed' | 'bytes' | 'consumers' | 'copies';

function ownCount(key: OwnCount, metric: string, unit: Unit = 'count'): Column {
  return { key, word: key, group: 'counts', unit, metric, own: (row) => row[key] };
}

function gauge(key: string, word: ColumnWord, group: Column['group'], unit: Unit): Column {
  return { key, word, group, unit, metric: `sluice_${key}` };
}

/** Every column but the name and the virtual host, which are always there. */
const columns: readonly Column[] = [
  {
    ...{ key: 'type', word: 'type', group: 'counts', unit: 'text', isBeside: true },
    metric: '',
    own: ({ type }) => type,
  },
  ownCount('ready', 'sluice_messages_ready'),
  ownCount('unacknowledged', 'sluice_messages_unacknowledged'),
  ownCount('delayed', 'sluice_messages_delayed'),
  gauge('messages_gated', 'gated', 'counts', 'count'),
  gauge('messages_held', 'held', 'counts', 'count'),
  ownCount('bytes', 'sluice_messages_bytes', 'bytes'),
  ownCount('consumers', 'sluice_consumers'),
  { ...ownCount('copies', 'copies'), isBeside: true },
  gauge('consumer_capacity_ratio', 'capacity', 'counts', 'ratio'),
  gauge('oldest_message_age_seconds', 'oldest', 'times', 'seconds'),
  {
    ...{ key: 'seconds_to_drain', word: 'drain', group: 'times', unit: 'seconds' },
    metric: 'time-to-drain',
  },
  gauge('least_laxity_seconds', 'laxity', 'times', 'seconds'),
  ...latencies.flatMap((word) =>
    quantiles.map((aspect): Column => {
      const metric = `sluice_${histograms[word]}`;
      return { key: `${histograms[word]}_${aspect}`, word, aspect, group: 'times', unit: 'seconds', metric };
    }),
  ),
  ...counters.map((word): Column => {
    const key = `${series[word]}_per_second`;
    const metric = `sluice_${series[word]}_total`;
    return { key, word, aspect: 'perSecond', group: 'rates', unit: 'perSecond', metric };
  }),
  ...counters.map((word): Column => {
    const key = `${series[word]}_total`;
    return { key, word, aspect: 'total', group: 'totals', unit: 'count', metric: `sluice_${key}` };
  }),
];

export const groups = ['counts', 'rates', 'times', 'totals'] as const;

const usualOwn = [
  'ready',
  'unacknowledged',
  'messages_published_per_second',
  'messages_acknowledged_per_second',
  'message_wait_seconds_p99',
  'seconds_to_drain',
  'bytes',
  'consumers',
];

const usualBeside = [
  'type',
  'ready',
  'unacknowledged',
  'messages_published_per_second',
  'messages_acknowledged_per_second',
  'seconds_to_drain',
  'bytes',
  'consumers',
  'copies',
];

const byKey: ReadonlyMap<string, Column> = new Map(columns.map((column) => [column.key, column]));

/** Those that queues of the own server have, or of an engine beside. */
export function columnsOn(isOwn: boolean): readonly Column[] {
  return isOwn ? columns.filter(({ isBeside }) => isBeside === undefined) : columns;
}

/** Those that an address names, in its order; unknown names are passed over. Nothing: the usual ones. */
export function columnsNamed(text: string | undefined, isOwn = true): readonly Column[] {
  const usual = isOwn ? usualOwn : usualBeside;
  const named = text === undefined || text === '' ? usual : text.split(',');
  return [...new Set(named)].flatMap((key) => {
    const column = byKey.get(key);
    return column === undefined || (isOwn && column.isBeside !== undefined) ? [] : [column];
  });
}

/** What an address says of these columns; empty: they are the usual ones. */
export function namesOf(chosen: readonly Column[], isOwn = true): string {
  const names = chosen.map(({ key }) => key).join(',');
  return names === (isOwn ? usualOwn : usualBeside).join(',') ? '' : names;
}

/** The columns with this one added at its own place, or taken away. */
export function toggled(chosen: readonly Column[], column: Column): readonly Column[] {
  const has = chosen.includes(column);
  if (has) return chosen.filter((each) => each !== column);
  return columns.filter((each) => each === column || chosen.includes(each));
}

/** What the server is to tell besides the queues, for these columns. */
export function figuresFor(chosen: readonly Column[]): string {
  return chosen.flatMap(({ key, own }) => (own === undefined ? [key] : [])).join(',');
}

/** Undefined: unknown; null: never. */
export function valueIn(row: ListedQueue, column: Column): number | string | null | undefined {
  return column.own === undefined ? row.figures?.[column.key] : column.own(row);
}
