/** What the commands for policies and operator policies share: list, set and clear. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { policyTargets, type PolicyKind, type PolicyReport, type PolicyTarget } from '../operations/index.js';
import { printOutcome, printRows } from './listing.js';
import { pairs } from './option-values.js';
import { withServer } from './server-call.js';
import type { Shell } from './shell.js';
import { policyColumns } from './topology-columns.js';
import { withAnyVhost, withVhost } from './vhost-option.js';

interface SetOptions {
  vhost: string;
  priority: number;
  applyTo: PolicyTarget;
  define?: Record<string, unknown>;
}

/** Defines `list`, `set` and `clear` for policies of one kind. */
export function defineChanges(command: Command, shell: Shell, kind: PolicyKind): void {
  const title = kind.replace('-', ' ');
  const plural = title.replace('policy', 'policies');
  defineList(command.command('list').description(`list ${plural}`), shell, kind, plural);
  defineSet(command.command('set').description(`set a ${title}`.replace('a o', 'an o')), shell, kind);
  defineClear(command.command('clear').description(`remove a ${title}`.replace('a o', 'an o')), shell, kind);
}

function defineList(command: Command, shell: Shell, kind: PolicyKind, plural: string): void {
  withAnyVhost(command).action(async ({ vhost }: { vhost?: string }) => {
    const rows: PolicyReport[] = [];
    await withServer(command, shell, (server) =>
      server.call(`${kind}.list`, { vhost }, (piece) => {
        rows.push(...piece);
      }),
    );
    await printRows(command, shell, policyColumns, rows, `There are no ${plural}.`);
  });
}

function defineSet(command: Command, shell: Shell, kind: PolicyKind): void {
  withVhost(
    command
      .argument('<name>')
      .argument('<pattern>', 'a regular expression over names of queues and exchanges')
      .argument('[definition]', 'as JSON, such as {"max-length":1000}', jsonObject),
  )
    .option('-d, --define <key=value>', 'a key of the definition, such as max-length=1000', pairs)
    .option('--priority <number>', 'the highest that matches is in effect', priority, 0)
    .addOption(new Option('--apply-to <what>', 'what it is for').choices(policyTargets).default('all'))
    .action(
      async (name: string, pattern: string, given: Record<string, unknown> = {}, options: SetOptions) => {
        const { vhost, applyTo, define = {} } = options;
        const definition = { ...given, ...define } as Record<string, never>;
        const input = { vhost, name, pattern, applyTo, priority: options.priority, definition };
        const set = await withServer(command, shell, (server) => server.call(`${kind}.set`, input));
        const ignored = set.ignored.length === 0 ? '' : ` Without effect here: ${set.ignored.join(', ')}.`;
        await printOutcome(command, shell, `Set ${name}.${ignored}`, set);
      },
    );
}

function defineClear(command: Command, shell: Shell, kind: PolicyKind): void {
  withVhost(command.argument('<name>')).action(async (name: string, { vhost }: { vhost: string }) => {
    await withServer(command, shell, (server) => server.call(`${kind}.clear`, { vhost, name }));
    await printOutcome(command, shell, `Removed ${name}.`, { name });
  });
}

function priority(text: string): number {
  if (/^-?\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw new InvalidArgumentError('It must be a JSON object, such as {"max-length":1000}.');
}
