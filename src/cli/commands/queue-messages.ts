/** `sluice queue search|move`: each asks the server again and again, so many messages at a time, until it is done. */
import { setTimeout as wait } from 'node:timers/promises';
import { InvalidArgumentError, type Command } from 'commander';
import type { FoundRow, OperationInput, SearchProgress } from '../../operations/index.js';
import { exitCodes } from '../exit-codes.js';
import { CommandFailure } from '../failure.js';
import { bodyText, storedMessageLine } from '../message-text.js';
import { positions } from './queue-chosen.js';
import { wholeNumber } from '../option-values.js';
import { printOutcome } from '../listing.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import { withVhost } from '../vhost-option.js';

type Filter = NonNullable<OperationInput<'queue.move'>['where']>;

/** Which messages are looked for. */
export interface FilterOptions {
  readonly vhost: string;
  readonly key?: string;
  readonly exchange?: string;
  readonly header?: string[];
  readonly property?: string[];
  readonly body?: string;
  readonly ignoreCase?: boolean;
  readonly state?: string[];
  readonly arrivedFrom?: number;
  readonly arrivedUntil?: number;
}

function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function moment(text: string): number {
  const ms = Date.parse(text);
  if (!Number.isNaN(ms)) return ms;
  throw new InvalidArgumentError('It must be a moment such as 2026-11-20T08:30:00Z.');
}

/** Adds the options of a filter. */
export function withFilter(command: Command): Command {
  return withVhost(command)
    .option('--key <pattern>', 'its routing key; * stands for anything, here and below')
    .option('--exchange <pattern>', 'the exchange that it was published to')
    .option('--header <name=value>', 'a header; several: all of them', collected)
    .option('--property <name=value>', 'a property, such as content-type=text/*', collected)
    .option('--body <text>', 'a text in its body, decoded by its content encoding')
    .option('--ignore-case', 'capital and small letters are the same')
    .option('--state <state>', 'ready, unacknowledged, delayed, gated, held; several: any of them', collected)
    .option('--arrived-from <moment>', 'not before, such as 2026-11-20T08:30:00Z', moment)
    .option('--arrived-until <moment>', 'not after', moment);
}

/** What the server is asked for. */
export function filterOf({ vhost: _, ...given }: FilterOptions): Filter {
  const { key, exchange, header, property, body, ignoreCase, state, arrivedFrom, arrivedUntil } = given;
  const all = {
    ...{ key, exchange, header, property, body, ignoreCase, state: state as Filter['state'] },
    ...{ arrivedFromMs: arrivedFrom, arrivedUntilMs: arrivedUntil },
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** What several calls came to together. */
interface Sum {
  lookedAt: number;
  partly: number;
  undecodable: number;
  unreadable: number;
}

function add(sum: Sum, { lookedAt, partly, undecodable, unreadable }: SearchProgress): void {
  sum.lookedAt += lookedAt;
  sum.partly += partly;
  sum.undecodable += undecodable;
  sum.unreadable += unreadable;
}

const nothingYet = (): Sum => ({ lookedAt: 0, partly: 0, undecodable: 0, unreadable: 0 });

/** What was not looked into, in words; empty: nothing. */
export function doubtsText({ partly, undecodable, unreadable }: Omit<Sum, 'lookedAt'>): string {
  const doubts = [
    partly === 0 ? '' : `of ${partly} bodies the first MiB alone`,
    undecodable === 0 ? '' : `not into ${undecodable} bodies that their encoding does not fit`,
    unreadable === 0 ? '' : `not at ${unreadable} messages that cannot be read`,
  ].filter((each) => each !== '');
  return doubts.length === 0 ? '' : ` Looked ${doubts.join(', ')}.`;
}

interface SearchOptions extends FilterOptions {
  readonly limit: number;
}

/** The most that one call finds. */
const foundMax = 200;

function defineSearch(command: Command, shell: Shell): void {
  withFilter(command.argument('<queue>'))
    .option('-n, --limit <n>', 'how many messages to find', wholeNumber(1, 10_000), 20)
    .action(async (queue: string, { limit, ...options }: SearchOptions) => {
      const { vhost } = options;
      const items: FoundRow[] = [];
      const sum = nothingYet();
      let last: SearchProgress | undefined;
      await withServer(command, shell, async (server) => {
        do {
          const more = {
            from: last?.next ?? 0,
            until: last?.until,
            limit: Math.min(foundMax, limit - items.length),
          };
          const part = await server.call('queue.search', { vhost, queue, ...filterOf(options), ...more });
          items.push(...part.items);
          add(sum, part);
          last = part;
        } while (last.next !== undefined && items.length < limit);
      });
      await printFound(command, shell, items, sum, last!);
    });
}

async function printFound(
  command: Command,
  shell: Shell,
  items: readonly FoundRow[],
  sum: Sum,
  { total, next, until }: SearchProgress,
): Promise<void> {
  if (shell.isJson(command)) {
    await shell.sayJson({ items, ...sum, total, ...(next === undefined ? {} : { next }), until });
    return;
  }
  for (const message of items) {
    const body = Buffer.from(message.body, 'base64');
    const more = message.bodyBytes > body.length ? '…' : '';
    await shell.say(`${storedMessageLine(message, message.bodyBytes)}\n${bodyText(body)}${more}`);
  }
  const further = next === undefined ? '' : ' There may be more: ask for more with --limit.';
  await shell.say(
    `Found ${items.length}; looked at ${sum.lookedAt} of ${total} messages.${doubtsText(sum)}${further}`,
  );
}

interface MoveOptions extends FilterOptions {
  readonly to: string;
  readonly position?: number[];
  readonly count?: number;
  readonly rate?: number;
  readonly renewTtl?: boolean;
  readonly dryRun?: boolean;
}

/** The most that one call moves. */
const movedMax = 10_000;

function defineMove(command: Command, shell: Shell): void {
  withFilter(command.argument('<queue>'))
    .requiredOption('--to <queue>', 'the queue to move to')
    .option('--position <n,n,…>', 'these messages alone', positions)
    .option('-n, --count <n>', 'no more than so many; without it, all that are found', wholeNumber(1))
    .option('--rate <n>', 'no more than so many a second', wholeNumber(1, movedMax))
    .option('--renew-ttl', 'their time to live begins anew; without it, they expire when they would have')
    .option('--dry-run', 'count what would go, and leave it')
    .action(async (queue: string, options: MoveOptions) => {
      await move(command, shell, queue, options);
    });
}

async function move(command: Command, shell: Shell, queue: string, options: MoveOptions): Promise<void> {
  const { vhost, to, position, count = Infinity, rate, renewTtl = false, dryRun = false, ...rest } = options;
  const sum = { ...nothingYet(), moved: 0, movedBytes: 0, active: 0, isFull: false };
  const fixed = {
    vhost,
    queue,
    to,
    where: filterOf({ vhost, ...rest }),
    positions: position,
    renewTtl,
    dryRun,
  };
  let last: SearchProgress | undefined;
  await withServer(command, shell, async (server) => {
    do {
      if (last !== undefined && rate !== undefined && !dryRun) await wait(1_000);
      const span = { from: last?.next ?? 0, until: last?.until };
      const atOnce = Math.min(movedMax, count - sum.moved, dryRun ? movedMax : (rate ?? movedMax));
      const remaining = fixed.positions?.filter((each) => each >= span.from);
      const part = await server.call('queue.move', {
        ...fixed,
        ...span,
        positions: remaining,
        count: atOnce,
      });
      add(sum, part);
      sum.moved += part.moved;
      sum.movedBytes += part.movedBytes;
      sum.active += part.active;
      sum.isFull = part.isFull;
      last = part;
    } while (last.next !== undefined && sum.moved < count && !sum.isFull);
  });
  const done = dryRun ? 'Would move' : 'Moved';
  const held = sum.active === 0 ? '' : ` ${sum.active} are with clients and stay.`;
  await printOutcome(
    command,
    shell,
    `${done} ${sum.moved} messages from ${queue} to ${to}.${held}${doubtsText(sum)}`,
    sum,
  );
  if (sum.isFull)
    throw new CommandFailure(`${to} is full: the others are still in ${queue}.`, exitCodes.failure);
}

/** Defines the commands below `sluice queue`. */
export function defineMessages(queue: Command, shell: Shell): void {
  defineSearch(queue.command('search').description('search the messages of a queue'), shell);
  defineMove(queue.command('move').description('move messages to another queue'), shell);
}
