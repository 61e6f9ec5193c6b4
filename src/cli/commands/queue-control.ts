/** `sluice queue pause|resume|release|find|keys|skip`. */
import type { Command } from 'commander';
import type { OperationEvent, OperationResult } from '../../operations/index.js';
import { printOutcome, printRows } from '../listing.js';
import { wholeNumber } from '../option-values.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import type { Column } from '../table.js';
import { singleLine } from '../text.js';
import { withVhost } from '../vhost-option.js';

type KeyRow = OperationEvent<'queue.keys'>;
type Found = NonNullable<OperationResult<'queue.find'>['message']>;

interface Vhost {
  readonly vhost: string;
}

/** What a message waits for, in words. */
function stateText(state: Found['state']): string {
  switch (state.kind) {
    case 'ready':
      return `ready, ${state.isEstimate ? 'about ' : ''}${state.ahead} before it`;
    case 'gated':
      return `waits for #${state.behind} of its key`;
    case 'limited':
      return 'held back by a limit on its key';
    case 'delayed':
      return `delayed until ${new Date(state.dueMs).toISOString()}`;
    case 'held':
      return heldText(state);
    case 'moving':
      return 'on its way to another queue';
    case 'unacknowledged':
      return state.holder === undefined
        ? 'unacknowledged'
        : `with ${state.holder.connection} since ${new Date(state.holder.sinceMs).toISOString()}`;
  }
}

function heldText({ missing, records }: Extract<Found['state'], { kind: 'held' }>): string {
  const more = missing > records.length ? ` and ${missing - records.length} more` : '';
  return `waits for ${records.join(', ')}${more} to be written`;
}

function definePause(command: Command, shell: Shell, operation: 'queue.pause' | 'queue.resume'): void {
  const [done, already] =
    operation === 'queue.pause' ? ['Paused', 'is paused already'] : ['Resumed', 'is not paused'];
  withVhost(command.argument('<queue>')).action(async (queue: string, { vhost }: Vhost) => {
    const outcome = await withServer(command, shell, (server) => server.call(operation, { vhost, queue }));
    await printOutcome(
      command,
      shell,
      outcome.changed ? `${done} ${queue}.` : `${queue} ${already}.`,
      outcome,
    );
  });
}

function defineRelease(command: Command, shell: Shell): void {
  const parsed = command
    .argument('<queue>', 'a queue, or an exchange that delays')
    .argument('<position>', 'its number in the list', wholeNumber(0));
  withVhost(parsed).action(async (queue: string, position: number, { vhost }: Vhost) => {
    const outcome = await withServer(command, shell, (server) =>
      server.call('queue.release', { vhost, queue, position }),
    );
    const line = outcome.changed ? `Released #${position}.` : `#${position} is not delayed.`;
    await printOutcome(command, shell, line, outcome);
  });
}

function defineFind(command: Command, shell: Shell): void {
  withVhost(command.argument('<queue>').argument('<id>', "the message's message-id")).action(
    async (queue: string, messageId: string, { vhost }: Vhost) => {
      const { message } = await withServer(command, shell, (server) =>
        server.call('queue.find', { vhost, queue, message: { messageId } }),
      );
      const line =
        message === undefined
          ? `${messageId} is not in ${queue}.`
          : `#${message.position} ${stateText(message.state)}; ${message.deliveryCount} failed deliveries`;
      await printOutcome(command, shell, singleLine(line), { message });
    },
  );
}

const outcomeTexts = {
  removed: 'Removed',
  moved: 'Moved',
  active: 'Somebody is at work on',
  absent: 'There is no',
} as const;

const keyColumns: readonly Column<KeyRow>[] = [
  { title: 'key', of: (row) => row.key ?? '' },
  { title: 'waiting', of: (row) => row.waiting, align: 'right' },
  { title: 'first', of: (row) => row.head.position, align: 'right' },
  { title: 'id', of: (row) => row.head.messageId ?? '' },
  { title: 'failed', of: (row) => row.head.deliveryCount, align: 'right' },
  { title: 'state', of: (row) => stateText(row.head.state) },
];

function defineKeys(command: Command, shell: Shell): void {
  withVhost(command.argument('<queue>'))
    .option('-n, --count <n>', 'how many keys to show, up to 1000', wholeNumber(1, 1_000), 20)
    .action(async (queue: string, { vhost, count }: Vhost & { readonly count: number }) => {
      const rows: KeyRow[] = [];
      await withServer(command, shell, (server) =>
        server.call('queue.keys', { vhost, queue, count }, (row) => {
          rows.push(row);
        }),
      );
      await printRows(command, shell, keyColumns, rows, `No key of ${queue} holds others back.`);
    });
}

interface SkipOptions extends Vhost {
  readonly to?: string;
  readonly reason: string;
}

function defineSkip(command: Command, shell: Shell): void {
  const parsed = command.argument('<queue>').argument('<position>', 'of the first message', wholeNumber(0));
  withVhost(parsed)
    .option('--to <queue>', 'move it there; without it, it is removed')
    .option('--reason <text>', 'kept with a message that is moved', 'skipped by an operator')
    .action(async (queue: string, position: number, { vhost, to, reason }: SkipOptions) => {
      const name = { vhost, queue, message: { position } };
      const outcome = await withServer<{ readonly outcome: keyof typeof outcomeTexts }>(
        command,
        shell,
        (server) =>
          to === undefined
            ? server.call('queue.remove', name)
            : server.call('queue.dead-letter', { ...name, to, reason }),
      );
      await printOutcome(command, shell, `${outcomeTexts[outcome.outcome]} #${position}.`, outcome);
    });
}

/** Defines the commands below `sluice queue`. */
export function defineControl(queue: Command, shell: Shell): void {
  definePause(queue.command('pause').description('deliver nothing until resumed'), shell, 'queue.pause');
  definePause(queue.command('resume').description('deliver again'), shell, 'queue.resume');
  defineRelease(queue.command('release').description('end the delay of a message'), shell);
  defineFind(queue.command('find').description('find a message by its id'), shell);
  defineKeys(queue.command('keys').description('list keys whose first message others wait for'), shell);
  defineSkip(queue.command('skip').description('take the first message of a stuck key away'), shell);
}
