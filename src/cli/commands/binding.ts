/** `sluice binding …`. */
import type { Command } from 'commander';
import type { BindingRow } from '../../operations/index.js';
import { printOutcome, printRows } from '../listing.js';
import { pairs } from '../option-values.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import { bindingColumns } from '../topology-columns.js';
import { withAnyVhost, withVhost } from '../vhost-option.js';

function defineList(command: Command, shell: Shell): void {
  withAnyVhost(command).action(async ({ vhost }: { vhost?: string }) => {
    const rows: BindingRow[] = [];
    await withServer(command, shell, (server) =>
      server.call('binding.list', { vhost }, (piece) => {
        rows.push(...piece);
      }),
    );
    await printRows(command, shell, bindingColumns, rows, 'There are no bindings.');
  });
}

interface BindingOptions {
  vhost: string;
  key: string;
  toExchange?: boolean;
  argument?: Record<string, unknown>;
}

function defineChange(command: Command, shell: Shell, operation: 'declare' | 'delete', done: string): void {
  withVhost(command.argument('<source>', 'the exchange').argument('<destination>', 'the queue'))
    .option('-k, --key <key>', 'the routing key or pattern', '')
    .option('--to-exchange', 'the destination is an exchange')
    .option('-a, --argument <name=value>', 'an argument, such as x-match=all', pairs)
    .action(async (source: string, destination: string, options: BindingOptions) => {
      const input = {
        vhost: options.vhost,
        source,
        destination,
        destinationKind: options.toExchange === true ? ('exchange' as const) : ('queue' as const),
        routingKey: options.key,
        arguments: options.argument ?? {},
      };
      await withServer(command, shell, (server) => server.call(`binding.${operation}`, input));
      await printOutcome(command, shell, `${done} ${source} -> ${destination}.`, input);
    });
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  defineList(command.command('list').description('list bindings'), shell);
  defineChange(command.command('declare').description('bind a queue'), shell, 'declare', 'Bound');
  defineChange(command.command('delete').description('take a binding away'), shell, 'delete', 'Unbound');
}
