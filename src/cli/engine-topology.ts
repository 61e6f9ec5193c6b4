/** `sluice engine exchanges|exchange|bindings|policies|effective ENGINE`: as their twins for the own engine. */
import { Argument, type Command } from 'commander';
import type { EngineExchange, EngineLink, EnginePolicy } from '../operations/index.js';
import { effectLines } from './effect-text.js';
import { printFields, printRows } from './listing.js';
import { withServer } from './server-call.js';
import type { Shell } from './shell.js';
import { singleLine } from './text.js';
import { bindingColumns, exchangeColumns, policyColumns } from './topology-columns.js';
import { withAnyVhost, withVhost } from './vhost-option.js';

interface AnyVhost {
  readonly vhost?: string;
}

function defineExchanges(command: Command, shell: Shell): void {
  withAnyVhost(command.argument('<engine>')).action(async (engine: string, { vhost }: AnyVhost) => {
    const rows: EngineExchange[] = [];
    await withServer(command, shell, (server) =>
      server.call('engine.exchange.list', { engine, vhost }, (piece) => {
        rows.push(...piece);
      }),
    );
    await printRows(command, shell, exchangeColumns, rows, `${engine} has no exchanges.`);
  });
}

function defineExchange(command: Command, shell: Shell): void {
  withVhost(command.argument('<engine>').argument('<exchange>')).action(
    async (engine: string, exchange: string, { vhost }: { readonly vhost: string }) => {
      const row = await withServer(command, shell, (server) =>
        server.call('engine.exchange.show', { engine, vhost, exchange }),
      );
      await printFields(command, shell, row);
    },
  );
}

interface BindingOptions extends AnyVhost {
  readonly source?: string;
  readonly destination?: string;
  readonly toExchange?: boolean;
}

function defineBindings(command: Command, shell: Shell): void {
  withAnyVhost(command.argument('<engine>'))
    .option('--source <exchange>', 'only those of this exchange')
    .option('--destination <name>', 'only those that lead to this queue')
    .option('--to-exchange', 'the destination is an exchange')
    .action(async (engine: string, { vhost, source, destination, toExchange }: BindingOptions) => {
      const kind = toExchange === true ? ('exchange' as const) : ('queue' as const);
      const destinationKind =
        destination === undefined && toExchange === undefined ? {} : { destinationKind: kind };
      const rows: EngineLink[] = [];
      await withServer(command, shell, (server) =>
        server.call(
          'engine.binding.list',
          { engine, vhost, source, destination, ...destinationKind },
          (piece) => {
            rows.push(...piece);
          },
        ),
      );
      await printRows(command, shell, bindingColumns, rows, `${engine} has no such bindings.`);
    });
}

function definePolicies(command: Command, shell: Shell): void {
  withAnyVhost(command.argument('<engine>'))
    .option('--operator', 'operator policies')
    .action(async (engine: string, { vhost, operator }: AnyVhost & { readonly operator?: boolean }) => {
      const kind = operator === true ? 'operator-policy' : 'policy';
      const rows: EnginePolicy[] = [];
      await withServer(command, shell, (server) =>
        server.call(`engine.${kind}.list`, { engine, vhost }, (piece) => {
          rows.push(...piece);
        }),
      );
      await printRows(command, shell, policyColumns, rows, `${engine} has none.`);
    });
}

const kinds = ['queue', 'exchange'] as const;

function defineEffective(command: Command, shell: Shell): void {
  const kindOf = new Argument('<kind>', 'what the name is that of').choices(kinds);
  withVhost(command.argument('<engine>').addArgument(kindOf).argument('<name>')).action(
    async (
      engine: string,
      kind: (typeof kinds)[number],
      name: string,
      { vhost }: { readonly vhost: string },
    ) => {
      const effect = await withServer(command, shell, (server) =>
        server.call('engine.policy.effect', { engine, kind, vhost, name }),
      );
      if (shell.isJson(command)) await shell.sayJson(effect);
      else for (const line of effectLines(effect)) await shell.say(singleLine(line));
    },
  );
}

/** Defines the commands below `sluice engine`. */
export function defineEngineTopology(engine: Command, shell: Shell): void {
  const below = (name: string, summary: string): Command => engine.command(name).description(summary);
  defineExchanges(below('exchanges', 'list the exchanges of an engine'), shell);
  defineExchange(below('exchange', 'show one exchange of an engine'), shell);
  defineBindings(below('bindings', 'list bindings of an engine'), shell);
  definePolicies(below('policies', 'list the policies of an engine'), shell);
  defineEffective(below('effective', 'show which policies are in effect for a queue or an exchange'), shell);
}
