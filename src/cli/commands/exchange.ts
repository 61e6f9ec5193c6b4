/** `sluice exchange …`. */
import type { Command } from 'commander';
import type { ExchangeRow } from '../../operations/index.js';
import { printOutcome, printRows } from '../listing.js';
import { pairs } from '../option-values.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import { exchangeColumns } from '../topology-columns.js';
import { singleLine } from '../text.js';
import { withAnyVhost, withVhost } from '../vhost-option.js';

function defineList(command: Command, shell: Shell): void {
  withAnyVhost(command).action(async ({ vhost }: { vhost?: string }) => {
    const rows: ExchangeRow[] = [];
    await withServer(command, shell, (server) =>
      server.call('exchange.list', { vhost }, (piece) => {
        rows.push(...piece);
      }),
    );
    await printRows(command, shell, exchangeColumns, rows, 'There are no exchanges.');
  });
}

function defineShow(command: Command, shell: Shell): void {
  withVhost(command.argument('<exchange>')).action(async (exchange: string, { vhost }: { vhost: string }) => {
    const row = await withServer(command, shell, (server) =>
      server.call('exchange.show', { vhost, exchange }),
    );
    if (shell.isJson(command)) {
      await shell.sayJson(row);
      return;
    }
    for (const [name, value] of Object.entries(row))
      await shell.say(
        singleLine(`${name.padEnd(15)} ${typeof value === 'string' ? value : JSON.stringify(value)}`),
      );
  });
}

interface DeclareOptions {
  vhost: string;
  type: string;
  transient?: boolean;
  autoDelete?: boolean;
  internal?: boolean;
  argument?: Record<string, unknown>;
}

function defineDeclare(command: Command, shell: Shell): void {
  withVhost(command.argument('<exchange>'))
    .option(
      '-t, --type <type>',
      'direct, fanout, topic, headers, x-delayed-message, x-consistent-hash',
      'direct',
    )
    .option('--transient', 'declare it non-durable')
    .option('--auto-delete', 'delete it when its last binding goes')
    .option('--internal', 'publishers may not use it')
    .option('-a, --argument <name=value>', 'an argument, such as alternate-exchange=other', pairs)
    .action(async (exchange: string, options: DeclareOptions) => {
      const { vhost, type, transient, autoDelete, internal, argument } = options;
      await withServer(command, shell, (server) =>
        server.call('exchange.declare', {
          vhost,
          exchange,
          type,
          durable: transient !== true,
          autoDelete: autoDelete === true,
          internal: internal === true,
          arguments: argument ?? {},
        }),
      );
      await printOutcome(command, shell, `Declared ${exchange}.`, { exchange });
    });
}

function defineDelete(command: Command, shell: Shell): void {
  withVhost(command.argument('<exchange>'))
    .option('--if-unused', 'only when nothing is bound to it')
    .action(async (exchange: string, { vhost, ifUnused }: { vhost: string; ifUnused?: boolean }) => {
      await withServer(command, shell, async (server) => {
        // AMQP deletes what is not there without a word; a person misspelt it.
        await server.call('exchange.show', { vhost, exchange });
        return server.call('exchange.delete', { vhost, exchange, ifUnused: ifUnused === true });
      });
      await printOutcome(command, shell, `Deleted ${exchange}.`, { exchange });
    });
}

interface RouteOptions {
  vhost: string;
  header?: Record<string, unknown>;
}

function defineRoute(command: Command, shell: Shell): void {
  withVhost(command.argument('<exchange>').argument('[key]', 'the routing key', ''))
    .option('-H, --header <name=value>', 'a header of the message', pairs)
    .action(async (exchange: string, key: string, { vhost, header }: RouteOptions) => {
      const headers = header === undefined ? {} : { headers: JSON.stringify(header) };
      const route = await withServer(command, shell, (server) =>
        server.call('exchange.route', { vhost, exchange, key, ...headers }),
      );
      if (shell.isJson(command)) {
        await shell.sayJson(route);
        return;
      }
      for (const name of route.delayedBy) await shell.say(singleLine(`held first by exchange ${name}`));
      for (const name of route.queues) await shell.say(singleLine(name));
      if (route.queues.length + route.delayedBy.length === 0) await shell.say('No queue would take it.');
    });
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  defineList(command.command('list').description('list exchanges'), shell);
  defineShow(command.command('show').description('show one exchange'), shell);
  defineDeclare(command.command('declare').description('declare an exchange'), shell);
  defineDelete(command.command('delete').description('delete an exchange'), shell);
  defineRoute(command.command('route').description('tell which queues a message would come to'), shell);
}
