/** `sluice dead list|groups|show|redrive|redrives|cancel`: dead letters of queues and of tasks, and sending them back. */
import type { Command } from 'commander';
import type { DeadLetterQueue, DeathGroup, OperationResult } from '../../operations/index.js';
import { defineRedrive } from '../dead-redrive.js';
import { printOutcome, printRows } from '../listing.js';
import { bodyText } from '../message-text.js';
import { wholeNumber } from '../option-values.js';
import { jobColumns } from '../redrive-text.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import type { Column } from '../table.js';
import { severalLines, singleLine } from '../text.js';
import { withAnyVhost, withVhost } from '../vhost-option.js';

interface Vhost {
  readonly vhost: string;
}

type Letter = OperationResult<'dead-letter.messages'>['items'][number];

const momentOf = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();

const queueColumns: readonly Column<DeadLetterQueue>[] = [
  { title: 'vhost', of: ({ vhost }) => vhost },
  { title: 'queue', of: ({ queue }) => queue },
  { title: 'letters', of: ({ count }) => count, align: 'right' },
  { title: 'oldest', of: ({ oldestMs }) => momentOf(oldestMs) },
  { title: 'newest', of: ({ newestMs }) => momentOf(newestMs) },
  { title: 'from', of: ({ sources }) => (sources.length === 0 ? undefined : sources.join(', ')) },
];

function defineList(command: Command, shell: Shell): void {
  withAnyVhost(command).action(async ({ vhost }: { readonly vhost?: string }) => {
    const rows: DeadLetterQueue[] = [];
    await withServer(command, shell, (server) =>
      server.call('dead-letter.list', vhost === undefined ? {} : { vhost }, (piece) => {
        rows.push(...piece);
      }),
    );
    rows.sort((a, b) => b.count - a.count);
    await printRows(command, shell, queueColumns, rows, 'No queue holds dead letters of others.');
  });
}

const groupColumns: readonly Column<DeathGroup>[] = [
  { title: 'group', of: ({ fingerprint }) => fingerprint },
  { title: 'letters', of: ({ count }) => count, align: 'right' },
  { title: 'reason', of: ({ reason }) => reason },
  { title: 'from', of: ({ source }) => source },
  { title: 'exception', of: ({ exception }) => exception },
  { title: 'last', of: ({ lastMs }) => momentOf(lastMs) },
  { title: 'where or what', of: ({ frames, words }) => frames[0] ?? words },
];

function defineGroups(command: Command, shell: Shell): void {
  withVhost(command.argument('<queue>', 'a queue of dead letters'))
    .option('-n, --count <n>', 'how many groups', wholeNumber(1, 200), 50)
    .option('--from <position>', 'where to begin', wholeNumber(0), 0)
    .action(async (queue: string, given: Vhost & { readonly count: number; readonly from: number }) => {
      const { vhost, count, from } = given;
      const answer = await withServer(command, shell, (server) =>
        server.call('dead-letter.groups', { vhost, queue, count, from }),
      );
      if (shell.isJson(command)) {
        await shell.sayJson(answer);
        return;
      }
      await printRows(command, shell, groupColumns, answer.groups, `${queue} holds no dead letters.`);
      const more = answer.next === undefined ? '' : `; go on with --from ${answer.next}`;
      if (answer.seen < answer.there || answer.next !== undefined)
        await shell.say(`Looked at ${answer.seen} of ${answer.there} letters${more}.`);
    });
}

function letterText(letter: Letter): string {
  const { position, arrivalMs, reason, source, exception, message, stack, origin, redriven, body } = letter;
  const lines = [
    [
      `#${position}`,
      new Date(arrivalMs).toISOString(),
      reason,
      source === undefined ? 'from an unknown queue' : `from ${source}`,
      ...(origin === undefined || origin === source ? [] : [`first in ${origin}`]),
      ...(redriven === 0 ? [] : [`redriven ${redriven} times before`]),
      `group ${letter.fingerprint}`,
    ].join('  '),
    ...(exception === undefined && message === undefined
      ? []
      : [`${exception ?? 'error'}: ${message ?? ''}`]),
  ].map(singleLine);
  if (stack !== undefined) lines.push(severalLines(stack));
  const text = body === undefined ? `(${letter.bodyBytes} bytes)` : bodyText(Buffer.from(body, 'base64'));
  return [...lines, text, ''].join('\n');
}

interface ShowOptions extends Vhost {
  readonly count: number;
  readonly from: number;
  readonly group?: string;
}

function defineShow(command: Command, shell: Shell): void {
  withVhost(command.argument('<queue>', 'a queue of dead letters'))
    .option('-n, --count <n>', 'how many', wholeNumber(1, 200), 10)
    .option('--from <position>', 'where to begin', wholeNumber(0), 0)
    .option('--group <fingerprint>', 'only letters of this group')
    .action(async (queue: string, { vhost, count, from, group }: ShowOptions) => {
      const given = { vhost, queue, count, from, ...(group === undefined ? {} : { group }) };
      const answer = await withServer(command, shell, (server) => server.call('dead-letter.messages', given));
      if (shell.isJson(command)) {
        await shell.sayJson(answer);
        return;
      }
      for (const letter of answer.items) await shell.say(letterText(letter));
      if (answer.items.length === 0) await shell.say(`No such letter in ${queue}.`);
      if (answer.next !== undefined) await shell.say(`There may be more: --from ${answer.next}`);
    });
}

function defineRedrives(command: Command, shell: Shell): void {
  withAnyVhost(command).action(async ({ vhost }: { readonly vhost?: string }) => {
    const { items } = await withServer(command, shell, (server) =>
      server.call('redrive.list', vhost === undefined ? {} : { vhost }),
    );
    await printRows(command, shell, jobColumns, items, 'Nothing was redriven lately.');
  });
}

function defineCancel(command: Command, shell: Shell): void {
  command.argument('<id>', 'of a redrive').action(async (id: string) => {
    const outcome = await withServer(command, shell, (server) => server.call('redrive.cancel', { id }));
    const line = outcome.changed ? `Cancelled ${id}; what it has sent stays sent.` : `${id} has ended.`;
    await printOutcome(command, shell, line, outcome);
  });
}

/** Defines `sluice dead`. */
export function define(dead: Command, shell: Shell): void {
  defineList(dead.command('list').description('list the queues of dead letters'), shell);
  defineGroups(dead.command('groups').description('say what the letters of a queue died of'), shell);
  defineShow(dead.command('show').description('show dead letters, with error and stack'), shell);
  defineRedrive(dead.command('redrive').description('send dead letters back'), shell);
  defineRedrives(dead.command('redrives').description('list redrives, newest first'), shell);
  defineCancel(dead.command('cancel').description('end a redrive'), shell);
}
