/** `sluice exchange …`. */
import type { Command } from 'commander';
import type { ExchangeRow } from '../../operations/index.js';
import { printOutcome, printRows } from '../listing.js';
import { pairs } from '../option-values.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import type { Column } from '../table.js';
import { withAnyVhost, withVhost } from '../vhost-option.js';

const columns: readonly Column<ExchangeRow>[] = [
  { title: 'vhost', of: (exchange) => exchange.vhost },
  { title: 'name', of: (exchange) => exchange.name },
  { title: 'type', of: (exchange) => exchange.type },
  { title: 'durable', of: (exchange) => exchange.durable },
  { title: 'auto-delete', of: (exchange) => exchange.autoDelete },
  { title: 'internal', of: (exchange) => exchange.internal },
  { title: 'arguments', of: (exchange) => JSON.stringify(exchange.arguments) },
];

function defineList(command: Command, shell: Shell): void {
  withAnyVhost(command).action(async ({ vhost }: { vhost?: string }) => {
    const rows: ExchangeRow[] = [];
    await withServer(command, shell, (server) =>
      server.call('exchange.list', { vhost }, (piece) => {
        rows.push(...piece);
      }),
    );
    await printRows(command, shell, columns, rows, 'There are no exchanges.');
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
      await withServer(command, shell, (server) =>
        server.call('exchange.delete', { vhost, exchange, ifUnused: ifUnused === true }),
      );
      await printOutcome(command, shell, `Deleted ${exchange}.`, { exchange });
    });
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  defineList(command.command('list').description('list exchanges'), shell);
  defineDeclare(command.command('declare').description('declare an exchange'), shell);
  defineDelete(command.command('delete').description('delete an exchange'), shell);
}
