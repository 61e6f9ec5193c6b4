/**
 * `sluice queue message|remove|dead-letter`: what is done with chosen messages, by their positions or by one's
 * message-id. Invariant: what was done to some is told, also when others could not be had.
 */
import { InvalidArgumentError, type Command } from 'commander';
import type { FoundRow } from '../../operations/index.js';
import { SluiceError } from '../../kernel/index.js';
import { exitCodes } from '../exit-codes.js';
import { printOutcome } from '../listing.js';
import { bodyText, storedMessageLine } from '../message-text.js';
import { wholeNumber } from '../option-values.js';
import { withServer, type ServerCalls } from '../server-call.js';
import type { Shell } from '../shell.js';
import { singleLine } from '../text.js';
import { withVhost } from '../vhost-option.js';

interface Where {
  readonly vhost: string;
  readonly queue: string;
}

type Name = { readonly position: number } | { readonly messageId: string };
type Outcome = 'removed' | 'moved' | 'active' | 'absent';
type Act = (server: ServerCalls, message: Name) => Promise<{ readonly outcome: Outcome }>;

interface ChosenOptions {
  readonly vhost: string;
  readonly position?: readonly number[];
}

interface DeadLetterOptions extends ChosenOptions {
  readonly to?: string;
  readonly reason: string;
}

const positionsMax = 1_000;
const bodyBytesMax = 1_048_576;

/** Positions parted by commas, added to those of the options before. */
export function positions(text: string, before: readonly number[] = []): readonly number[] {
  const all = [...before, ...text.split(',').map((each) => wholeNumber(0)(each.trim()))];
  if (all.length > positionsMax) throw new InvalidArgumentError(`No more than ${positionsMax} at once.`);
  return all;
}

function withChosen(command: Command): Command {
  const named = command.argument('<queue>').argument('[id]', "the message's message-id, or --position");
  return withVhost(named).option('--position <n,n,…>', 'these messages, by their numbers', positions);
}

function namesOf(id: string | undefined, { position }: ChosenOptions): readonly Name[] {
  if ((id === undefined) === (position === undefined))
    throw new SluiceError('bad-input', 'either the message-id of one message, or --position');
  if (id !== undefined) return [{ messageId: id }];
  return [...new Set(position)].map((each) => ({ position: each }));
}

function nameText(name: Name): string {
  return 'position' in name ? `#${name.position}` : name.messageId;
}

/** One word for each outcome, before the name of one message. */
const outcomeWords = {
  removed: 'Removed',
  moved: 'Dead-lettered',
  active: 'Somebody is at work on',
  absent: 'There is no',
} as const;

/** Does it to one after the other; ends with a failure where not everything could be done. */
async function toEach(command: Command, shell: Shell, names: readonly Name[], act: Act): Promise<void> {
  const counts = { removed: 0, moved: 0, active: 0, absent: 0 };
  const lines: string[] = [];
  await withServer(command, shell, async (server) => {
    for (const name of names) {
      const { outcome } = await act(server, name);
      counts[outcome]++;
      const isDone = outcome === 'removed' || outcome === 'moved';
      if (!isDone || names.length === 1) lines.push(`${outcomeWords[outcome]} ${nameText(name)}.`);
    }
  });
  const count = counts.removed + counts.moved;
  const word = counts.removed > 0 ? outcomeWords.removed : outcomeWords.moved;
  if (names.length > 1 && count > 0) lines.unshift(`${word} ${count} of ${names.length} messages.`);
  await printOutcome(command, shell, lines.map(singleLine).join('\n'), counts);
  if (count < names.length) shell.exitCode = exitCodes.failure;
}

function defineRemove(command: Command, shell: Shell): void {
  withChosen(command).action(async (queue: string, id: string | undefined, options: ChosenOptions) => {
    const where: Where = { vhost: options.vhost, queue };
    const names = namesOf(id, options);
    await toEach(command, shell, names, (server, message) =>
      server.call('queue.remove', { ...where, message }),
    );
  });
}

function defineDeadLetter(command: Command, shell: Shell): void {
  withChosen(command)
    .option('--to <queue>', 'the queue that they go to; without it, where failed ones of this queue go')
    .option('--reason <text>', 'kept with them as x-failure-reason', 'dead-lettered by an operator')
    .action(async (queue: string, id: string | undefined, options: DeadLetterOptions) => {
      const { vhost, to, reason } = options;
      const more = { reason, ...(to === undefined ? {} : { to }) };
      await toEach(command, shell, namesOf(id, options), (server, message) =>
        server.call('queue.dead-letter', { vhost, queue, message, ...more }),
      );
    });
}

interface ShownOptions {
  readonly vhost: string;
  readonly from: number;
}

function defineMessage(command: Command, shell: Shell): void {
  const parsed = command.argument('<queue>').argument('<position>', 'its number', wholeNumber(0));
  withVhost(parsed)
    .option('--from <byte>', 'show its body from here on, 1 MiB of it', wholeNumber(0), 0)
    .action(async (queue: string, position: number, { vhost, from }: ShownOptions) => {
      const message = await withServer(command, shell, (server) =>
        server.call('queue.message', { vhost, queue, position, from, bytes: bodyBytesMax }),
      );
      if (shell.isJson(command)) await shell.sayJson(message);
      else await shell.say(messageText(message, from));
    });
}

function messageText(message: FoundRow, from: number): string {
  const body = Buffer.from(message.body, 'base64');
  const end = from + body.length;
  const isWhole = from === 0 && end >= message.bodyBytes;
  const part = isWhole ? [] : [`(bytes ${from} to ${end} of ${message.bodyBytes})`];
  return [storedMessageLine(message, message.bodyBytes), bodyText(body), ...part].join('\n');
}

/** Defines the commands below `sluice queue`. */
export function defineChosen(queue: Command, shell: Shell): void {
  defineMessage(queue.command('message').description('show one message, whoever has it'), shell);
  defineRemove(queue.command('remove').description('remove messages that nobody has'), shell);
  defineDeadLetter(
    queue.command('dead-letter').description('send messages where failed ones of the queue go'),
    shell,
  );
}
