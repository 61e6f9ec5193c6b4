/** `sluice engine queues ENGINE`: as `sluice queue list`. Invariant: what the engine does not tell is shown as unknown. */
import type { Command } from 'commander';
import { formatBytes } from '../config/index.js';
import type { EngineQueueRow } from '../operations/index.js';
import { printRows } from './listing.js';
import { arranged, figuresAsked, withColumns, type ColumnOptions } from './queue-columns.js';
import { withServer } from './server-call.js';
import type { Shell } from './shell.js';
import type { Column } from './table.js';
import { withAnyVhost } from './vhost-option.js';

const unknown = '?';
const told = (value: number | undefined): string | number => value ?? unknown;

const usual: readonly Column<EngineQueueRow>[] = [
  { title: 'vhost', of: ({ vhost }) => vhost },
  { title: 'name', of: ({ name }) => name },
  { title: 'type', of: ({ type }) => type ?? unknown },
  { title: 'ready', of: ({ ready }) => told(ready), align: 'right' },
  { title: 'unacked', of: ({ unacknowledged }) => told(unacknowledged), align: 'right' },
  {
    title: 'size',
    of: ({ bytes }) => (bytes === undefined ? unknown : formatBytes(bytes)),
    align: 'right',
  },
  { title: 'consumers', of: ({ consumers }) => told(consumers), align: 'right' },
  { title: 'copies', of: ({ copies }) => copies, align: 'right' },
];

/** Defines the command. */
export function defineEngineQueues(command: Command, shell: Shell): void {
  withColumns(withAnyVhost(command.argument('<engine>'))).action(
    async (engine: string, { vhost, ...options }: ColumnOptions & { readonly vhost?: string }) => {
      const rows: EngineQueueRow[] = [];
      await withServer(command, shell, (server) =>
        server.call('engine.queue.list', { engine, vhost, ...figuresAsked(options) }, (piece) => {
          rows.push(...piece);
        }),
      );
      const shown = arranged(rows, usual, options);
      await printRows(command, shell, shown.columns, shown.rows, `${engine} has no queues.`);
    },
  );
}
