/** `sluice queue …`. */
import type { Command } from 'commander';
import type { StoredMessageRow } from '../../operations/index.js';
import { printOutcome } from '../listing.js';
import { defineChosen } from './queue-chosen.js';
import { defineControl } from './queue-control.js';
import { defineMessages } from './queue-messages.js';
import { defineForecast } from '../queue-forecast.js';
import { defineQueueList } from '../queue-list.js';
import { bodyText, storedMessageLine } from '../message-text.js';
import { waitText } from '../wait-text.js';
import { pairs, wholeNumber } from '../option-values.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import { counted, singleLine } from '../text.js';
import { withVhost } from '../vhost-option.js';

function defineShow(command: Command, shell: Shell): void {
  withVhost(command.argument('<queue>')).action(async (queue: string, { vhost }: { vhost: string }) => {
    const row = await withServer(command, shell, (server) => server.call('queue.show', { vhost, queue }));
    if (shell.isJson(command)) {
      await shell.sayJson(row);
      return;
    }
    for (const [name, value] of Object.entries(row)) {
      await shell.say(
        singleLine(`${name.padEnd(15)} ${typeof value === 'string' ? value : JSON.stringify(value)}`),
      );
    }
  });
}

interface DeclareOptions {
  vhost: string;
  transient?: boolean;
  autoDelete?: boolean;
  argument?: Record<string, unknown>;
}

function defineDeclare(command: Command, shell: Shell): void {
  withVhost(command.argument('<queue>'))
    .option('--transient', 'declare it non-durable')
    .option('--auto-delete', 'delete it when its last consumer goes')
    .option('-a, --argument <name=value>', 'an argument, such as x-max-length=1000', pairs)
    .action(async (queue: string, options: DeclareOptions) => {
      const { vhost, transient, autoDelete, argument } = options;
      const declared = await withServer(command, shell, (server) =>
        server.call('queue.declare', {
          vhost,
          queue,
          durable: transient !== true,
          autoDelete: autoDelete === true,
          arguments: argument ?? {},
        }),
      );
      await printOutcome(command, shell, `Declared ${declared.queue}.`, declared);
    });
}

interface DeleteOptions {
  vhost: string;
  ifUnused?: boolean;
  ifEmpty?: boolean;
}

function defineDelete(command: Command, shell: Shell): void {
  withVhost(command.argument('<queue>'))
    .option('--if-unused', 'only when it has no consumers')
    .option('--if-empty', 'only when it has no messages')
    .action(async (queue: string, { vhost, ifUnused, ifEmpty }: DeleteOptions) => {
      const input = { vhost, queue, ifUnused: ifUnused === true, ifEmpty: ifEmpty === true };
      const deleted = await withServer(command, shell, async (server) => {
        // AMQP deletes what is not there without a word; a person misspelt it.
        await server.call('queue.show', { vhost, queue });
        return server.call('queue.delete', input);
      });
      const text = `Deleted ${queue} with ${counted(deleted.messages, 'message')}.`;
      await printOutcome(command, shell, text, deleted);
    });
}

function definePurge(command: Command, shell: Shell): void {
  withVhost(command.argument('<queue>')).action(async (queue: string, { vhost }: { vhost: string }) => {
    const purged = await withServer(command, shell, (server) => server.call('queue.purge', { vhost, queue }));
    await printOutcome(
      command,
      shell,
      `Deleted ${counted(purged.messages, 'message')} from ${queue}.`,
      purged,
    );
  });
}

/** Prints messages that stay where they are: a line and the body each, or JSON lines. */
async function printStored(
  command: Command,
  shell: Shell,
  messages: readonly StoredMessageRow[],
  none: string,
): Promise<void> {
  const isJson = shell.isJson(command);
  if (messages.length === 0 && !isJson) await shell.say(none);
  for (const message of messages) {
    const body = Buffer.from(message.body, 'base64');
    if (isJson) await shell.sayJson(message);
    else await shell.say(`${storedMessageLine(message, body.length)}\n${bodyText(body)}`);
  }
}

interface PeekOptions {
  vhost: string;
  count: number;
}

function definePeek(command: Command, shell: Shell): void {
  withVhost(command.argument('<queue>'))
    .option('-n, --count <n>', 'how many messages to show, up to 1000', wholeNumber(1, 1_000), 10)
    .action(async (queue: string, { vhost, count }: PeekOptions) => {
      const messages: StoredMessageRow[] = [];
      await withServer(command, shell, (server) =>
        server.call('queue.peek', { vhost, queue, count }, (message) => messages.push(message)),
      );
      await printStored(command, shell, messages, `${queue} is empty.`);
    });
}

function defineDelayed(command: Command, shell: Shell): void {
  const list = command.command('list').description('show delayed messages, soonest first');
  withVhost(list.argument('<queue>', 'a queue, or an exchange that delays'))
    .option('-n, --count <n>', 'how many messages to show, up to 1000', wholeNumber(1, 1_000), 10)
    .action(async (queue: string, { vhost, count }: PeekOptions) => {
      const messages: StoredMessageRow[] = [];
      await withServer(list, shell, (server) =>
        server.call('queue.delayed.list', { vhost, queue, count }, (message) => messages.push(message)),
      );
      await printStored(list, shell, messages, `${queue} has no delayed messages.`);
    });
  const cancel = command.command('cancel').description('delete a delayed message');
  withVhost(
    cancel.argument('<queue>').argument('<position>', 'its number in the list', wholeNumber(0)),
  ).action(async (queue: string, position: number, { vhost }: { vhost: string }) => {
    const outcome = await withServer(cancel, shell, (server) =>
      server.call('queue.delayed.cancel', { vhost, queue, position }),
    );
    const line = outcome.cancelled ? `Cancelled #${position}.` : `#${position} is no longer delayed.`;
    await printOutcome(cancel, shell, line, outcome);
  });
}

function defineWhy(command: Command, shell: Shell): void {
  withVhost(
    command.argument('<queue>').argument('<position>', 'its number, as peek shows it', wholeNumber(0)),
  ).action(async (queue: string, position: number, { vhost }: { vhost: string }) => {
    const why = await withServer(command, shell, (server) =>
      server.call('queue.why', { vhost, queue, position }),
    );
    await printOutcome(command, shell, `#${position}: ${waitText(why)}`, why);
  });
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  defineQueueList(command.command('list').description('list queues'), shell);
  defineShow(command.command('show').description('show one queue'), shell);
  defineDeclare(command.command('declare').description('declare a queue'), shell);
  defineForecast(command.command('forecast').description('say how it grows, and when it is full'), shell);
  definePeek(command.command('peek').description('show messages without consuming them'), shell);
  defineWhy(command.command('why').description('say what a message waits for'), shell);
  definePurge(command.command('purge').description('delete the ready messages'), shell);
  defineDelete(command.command('delete').description('delete a queue'), shell);
  defineChosen(command, shell);
  defineControl(command, shell);
  defineMessages(command, shell);
  defineDelayed(command.command('delayed').description('list and cancel delayed messages'), shell);
}
