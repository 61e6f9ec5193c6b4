/** `sluice queue list`: the queues of the own engine, with the columns and in the order that one asks for. */
import type { Command } from 'commander';
import { formatBytes } from '../config/index.js';
import type { QueueRow } from '../operations/index.js';
import { printRows } from './listing.js';
import { arranged, featuresOf, figuresAsked, withColumns, type ColumnOptions } from './queue-columns.js';
import { withServer } from './server-call.js';
import type { Shell } from './shell.js';
import type { Column } from './table.js';
import { withAnyVhost } from './vhost-option.js';

const usual: readonly Column<QueueRow>[] = [
  { title: 'vhost', of: (queue) => queue.vhost },
  { title: 'name', of: (queue) => queue.name },
  { title: 'ready', of: (queue) => queue.ready, align: 'right' },
  { title: 'unacked', of: (queue) => queue.unacknowledged, align: 'right' },
  { title: 'delayed', of: (queue) => queue.delayed, align: 'right' },
  { title: 'held', of: (queue) => queue.held, align: 'right' },
  { title: 'size', of: (queue) => formatBytes(queue.bytes), align: 'right' },
  { title: 'consumers', of: (queue) => queue.consumers, align: 'right' },
  { title: 'features', of: featuresOf },
];

/** Defines the command. */
export function defineQueueList(command: Command, shell: Shell): void {
  withColumns(withAnyVhost(command)).action(
    async ({ vhost, ...options }: ColumnOptions & { readonly vhost?: string }) => {
      const rows: QueueRow[] = [];
      await withServer(command, shell, (server) =>
        server.call('queue.list', { vhost, ...figuresAsked(options) }, (piece) => {
          rows.push(...piece);
        }),
      );
      const shown = arranged(rows, usual, options);
      await printRows(command, shell, shown.columns, shown.rows, 'There are no queues.');
    },
  );
}
