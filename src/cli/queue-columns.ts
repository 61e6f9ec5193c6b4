/**
 * Columns of lists of queues, of the own engine and of others, and how such lists are sorted. Invariant: what is unknown
 * comes last, and is shown as such.
 */
import { InvalidArgumentError, type Command } from 'commander';
import type { EngineQueueRow, QueueRow } from '../operations/index.js';
import { wholeNumber } from './option-values.js';
import type { Column } from './table.js';

/** A queue of whichever engine: what the engine does not tell is undefined. */
export type ListedQueue = Pick<QueueRow, 'vhost' | 'name'> &
  Maybe<Omit<QueueRow, 'vhost' | 'name' | 'arguments'> & Pick<EngineQueueRow, 'type' | 'copies'>> &
  Maybe<Pick<EngineQueueRow, 'arguments' | 'consumerCapacity'>>;

type Maybe<Row> = { readonly [Name in keyof Row]?: Row[Name] | undefined };

type Value = string | number | undefined;

/** What every queue tells, by name; other names are figures, which the server knows. */
const own: Readonly<Record<string, (queue: ListedQueue) => Value>> = {
  vhost: ({ vhost }) => vhost,
  name: ({ name }) => name,
  ready: ({ ready }) => ready,
  unacknowledged: ({ unacknowledged }) => unacknowledged,
  delayed: ({ delayed }) => delayed,
  held: ({ held }) => held,
  bytes: ({ bytes }) => bytes,
  consumers: ({ consumers }) => consumers,
  published: ({ published }) => published,
  delivered: ({ delivered }) => delivered,
  acknowledged: ({ acknowledged }) => acknowledged,
  type: ({ type }) => type,
  redelivered: ({ redelivered }) => redelivered,
  consumerCapacity: ({ consumerCapacity }) => consumerCapacity,
  copies: ({ copies }) => copies,
  features: featuresOf,
};

/** What a queue is declared as, and governed by. */
export function featuresOf(queue: ListedQueue): string {
  const flags = [
    ...(queue.durable === undefined ? [] : [queue.durable ? 'durable' : 'transient']),
    ...(queue.exclusive === true ? ['exclusive'] : []),
    ...(queue.autoDelete === true ? ['auto-delete'] : []),
    ...(queue.paused === true ? ['paused'] : []),
    ...(queue.policy === undefined ? [] : [`policy=${queue.policy}`]),
    ...(queue.operatorPolicy === undefined ? [] : [`operator-policy=${queue.operatorPolicy}`]),
  ];
  const given = Object.entries(queue.arguments ?? {}).map(
    ([name, value]) => `${name}=${JSON.stringify(value)}`,
  );
  return [...flags, ...given].join(' ');
}

function isOwn(name: string): boolean {
  return Object.hasOwn(own, name);
}

/** Never comes after every number. */
function valueOf(queue: ListedQueue, name: string): Value {
  if (isOwn(name)) return own[name]!(queue);
  const figure = queue.figures?.[name];
  return figure === null ? Infinity : figure;
}

/** Puts the rows in order, by name where they are alike. */
function sortQueues(rows: ListedQueue[], sort: string): void {
  const [name, direction] = sort.startsWith('-') ? [sort.slice(1), -1] : [sort, 1];
  const compare = (a: Value, b: Value): number => {
    if (a === b) return 0;
    if (a === undefined) return 1;
    if (b === undefined) return -1;
    return a < b ? -direction : direction;
  };
  rows.sort(
    (a, b) =>
      compare(valueOf(a, name), valueOf(b, name)) ||
      (a.vhost === b.vhost ? 0 : a.vhost < b.vhost ? -1 : 1) ||
      (a.name < b.name ? -1 : 1),
  );
}

function columnNamed(name: string): Column<ListedQueue> {
  const isText = ['name', 'vhost', 'type', 'features'].includes(name);
  const of = (queue: ListedQueue): Value => {
    const value = valueOf(queue, name);
    if (typeof value !== 'number') return value;
    return value === Infinity ? 'never' : value.toLocaleString('en-US', { maximumFractionDigits: 6 });
  };
  return { title: name, of, ...(isText ? {} : { align: 'right' }) };
}

function names(text: string): readonly string[] {
  const given = text.split(',').map((name) => name.trim());
  if (given.every((name) => /^\w+$/.test(name))) return given;
  throw new InvalidArgumentError('It must be names, parted by commas.');
}

/** How a list of queues is asked for. */
export interface ColumnOptions {
  readonly sort?: string;
  readonly columns?: readonly string[];
  readonly limit?: number;
}

/** Adds the options. */
export function withColumns(command: Command): Command {
  return command
    .option('--sort <name>', 'by a column or a figure; - in front for the greatest first (--sort=-ready)')
    .option('--columns <names>', 'columns and figures to show, such as name,ready,seconds_to_drain', names)
    .option('-n, --limit <n>', 'only so many, the first', wholeNumber(1));
}

/** The figures that the server is asked for besides. */
export function figuresAsked({ sort, columns }: ColumnOptions): { readonly figures?: string } {
  const asked = [...(columns ?? []), ...(sort === undefined ? [] : [sort.replace(/^-/, '')])];
  const figures = asked.filter((name) => !isOwn(name)).join(',');
  return figures === '' ? {} : { figures };
}

/** The rows and columns to show; `usual`: the columns unless others are asked for. */
export function arranged<Row extends ListedQueue>(
  rows: Row[],
  usual: readonly Column<Row>[],
  { sort, columns, limit }: ColumnOptions,
): { readonly rows: readonly Row[]; readonly columns: readonly Column<Row>[] } {
  if (sort !== undefined) sortQueues(rows, sort);
  return { rows: rows.slice(0, limit), columns: columns?.map(columnNamed) ?? usual };
}
