/** `sluice silence …`. */
import type { Command } from 'commander';
import type { Silence } from '../../alerts/index.js';
import { systemClock } from '../../kernel/index.js';
import { printOutcome, printRows } from '../listing.js';
import { durationOption, pairs } from '../option-values.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import type { Column } from '../table.js';

const columns: readonly Column<Silence>[] = [
  { title: 'id', of: ({ id }) => id },
  { title: 'matches', of: ({ match }) => matchText(match) },
  { title: 'until', of: ({ toMs }) => new Date(toMs).toISOString().slice(0, 19) },
  { title: 'in force', of: ({ fromMs, toMs }) => isInForce(fromMs, toMs) },
  { title: 'by', of: ({ by }) => by },
  { title: 'reason', of: ({ reason }) => reason },
];

function matchText(match: Silence['match']): string {
  return Object.entries(match)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

function isInForce(fromMs: number, toMs: number): boolean {
  const nowMs = systemClock().now();
  return nowMs >= fromMs && nowMs < toMs;
}

interface AddOptions {
  readonly match: Readonly<Record<string, unknown>>;
  readonly for: number;
  readonly reason: string;
}

function defineAdd(command: Command, shell: Shell): void {
  command
    .requiredOption('-m, --match <name=value>', 'rule, kind, severity or a label; several times', pairs)
    .addOption(durationOption('--for <duration>', 'how long', '1h'))
    .requiredOption('--reason <text>', 'why, for those who look later')
    .action(async (options: AddOptions) => {
      const match = Object.fromEntries(
        Object.entries(options.match).map(([name, value]) => [name, String(value)]),
      );
      const silence = await withServer(command, shell, (server) =>
        server.call('silence.add', { match, forMs: options.for, reason: options.reason }),
      );
      const until = new Date(silence.toMs).toISOString().slice(0, 19);
      await printOutcome(command, shell, `Silence ${silence.id}, until ${until}.`, silence);
    });
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  defineAdd(command.command('add').description('tell nobody of the alerts that match'), shell);
  const list = command.command('list').description('list silences');
  list.action(async () => {
    const { silences } = await withServer(list, shell, (server) => server.call('silence.list', {}));
    await printRows(list, shell, columns, silences, 'There are no silences.');
  });
  const end = command.command('end').description('end a silence now').argument('<id>');
  end.action(async (id: string) => {
    const silence = await withServer(end, shell, (server) => server.call('silence.end', { id }));
    await printOutcome(end, shell, `Ended ${id}.`, silence);
  });
}
