/** `sluice figures [KIND]`: everything that is measured, as it is now. */
import type { Command } from 'commander';
import type { FigureRow, OperationInput } from '../../operations/index.js';
import { labelsIn, withLabels, type LabelOptions } from '../label-options.js';
import { printRows } from '../listing.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import type { Column } from '../table.js';

interface Line {
  readonly object: string;
  readonly series: string;
  readonly value: number;
}

const columns: readonly Column<Line>[] = [
  { title: 'of', of: ({ object }) => object },
  { title: 'figure', of: ({ series }) => series },
  { title: 'value', of: ({ value }) => shown(value), align: 'right' },
];

function shown(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

function linesOf({ labels, figures }: FigureRow): Line[] {
  const object = Object.values(labels).join(' ');
  return Object.entries(figures).map(([series, value]) => ({
    object,
    series: series.replace(/^sluice_/, ''),
    value,
  }));
}

const meanings: readonly Column<Meaning>[] = [
  { title: 'figure', of: ({ name }) => name },
  { title: 'of', of: ({ of }) => of },
  { title: 'unit', of: ({ unit }) => unit },
  { title: 'kind', of: ({ kind }) => kind },
  { title: 'meaning', of: ({ help }) => help },
];

interface Meaning {
  readonly name: string;
  readonly of: string;
  readonly unit: string;
  readonly kind: string;
  readonly help: string;
}

async function printCatalogue(command: Command, shell: Shell): Promise<void> {
  const { kinds } = await withServer(command, shell, (server) => server.call('metric.list', {}));
  if (shell.isJson(command)) {
    await shell.sayJson({ kinds });
    return;
  }
  const rows = kinds.flatMap(({ name: of, metrics }) =>
    metrics.map(({ name, unit, kind, help }) => ({ name, of, unit, kind, help })),
  );
  await printRows(command, shell, meanings, rows, 'Nothing is measured.');
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  withLabels(
    command
      .argument('[kind]', 'queue, consumer, connection, task, vhost, engine, node', 'queue')
      .option('--catalogue', 'everything that is measured, and what it means'),
  ).action(async (kind: string, options: LabelOptions & { catalogue?: boolean }) => {
    if (options.catalogue === true) {
      await printCatalogue(command, shell);
      return;
    }
    const rows: FigureRow[] = [];
    const input = { kind, ...labelsIn(options) } as OperationInput<'figure.list'>;
    await withServer(command, shell, (server) =>
      server.call('figure.list', input, (piece) => {
        rows.push(...piece);
      }),
    );
    if (shell.isJson(command)) await shell.sayJson(rows);
    else await printRows(command, shell, columns, rows.flatMap(linesOf), 'Nothing of that is measured.');
  });
}
