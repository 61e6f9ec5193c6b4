/** `sluice definitions …`: RabbitMQ's definitions JSON, in and out. */
import type { Command } from 'commander';
import { sluiceVersion } from '../../config/index.js';
import { readNamedText } from '../named-file.js';
import type { OperationEvent, OperationResult } from '../../operations/index.js';
import { exitCodes } from '../exit-codes.js';
import { withServer, type ServerCalls } from '../server-call.js';
import type { Shell } from '../shell.js';
import { formatTable } from '../table.js';
import { singleLine } from '../text.js';
import { withAnyVhost, withVhost } from '../vhost-option.js';

type Report = OperationResult<'definitions.import'>;

const documentBytesMax = 512 * 1_048_576;

interface ImportOptions {
  vhost: string;
  dryRun?: boolean;
}

async function importDocument(
  server: ServerCalls,
  text: string,
  { vhost, dryRun }: ImportOptions,
): Promise<Report> {
  const { definitionsPieces, parseDefinitions } = await import('../../definitions/index.js');
  const document = parseDefinitions(text);
  const call = server.open('definitions.import', { vhost, dryRun: dryRun === true });
  // A refusal of the whole import must not wait for the pieces to be sent.
  const sending = (async () => {
    for (const piece of definitionsPieces(document)) await call.send(piece);
    call.end();
  })();
  const [report] = await Promise.all([call.result, sending]);
  return report;
}

async function printReport(shell: Shell, report: Report, dryRun: boolean): Promise<void> {
  const rows = Object.entries(report.counts).map(([kind, counts]) => ({ kind, ...counts }));
  if (dryRun) await shell.say('Nothing was changed; an import would do this:');
  if (rows.length === 0) await shell.say('The document holds nothing to import.');
  else {
    const table = await formatTable(
      shell.out,
      [
        { title: '', of: ({ kind }) => kind.replaceAll('_', ' ') },
        { title: 'created', of: (row) => row.created, align: 'right' },
        { title: 'updated', of: (row) => row.updated, align: 'right' },
        { title: 'unchanged', of: (row) => row.unchanged, align: 'right' },
        { title: 'unsupported', of: (row) => row.unsupported, align: 'right' },
        { title: 'failed', of: (row) => row.failed, align: 'right' },
      ],
      rows,
    );
    await shell.out.write(table);
  }
  for (const { kind, item, outcome, reason } of report.problems) {
    await shell.say(singleLine(`${outcome}: ${kind}: ${item}: ${reason}`));
  }
  if (report.problemsLeftOut > 0) await shell.say(`and ${report.problemsLeftOut} more`);
}

function defineImport(command: Command, shell: Shell): void {
  withVhost(command.argument('<file>', '-: standard input'))
    .option('--dry-run', 'say what would be done, and do nothing')
    .addHelpText('after', '\nThe virtual host is for a document that names none: the export of a single one.')
    .action(async (file: string, options: ImportOptions) => {
      const text = await readNamedText(shell, file, documentBytesMax);
      const report = await withServer(command, shell, (server) => importDocument(server, text, options));
      if (shell.isJson(command)) await shell.sayJson(report);
      else await printReport(shell, report, options.dryRun === true);
      const failed = report.problems.some(({ outcome }) => outcome === 'failed');
      if (failed) shell.exitCode = exitCodes.failure;
    });
}

type ExportedItem = OperationEvent<'definitions.export'>[number];

function documentOf(items: readonly ExportedItem[], kinds: readonly string[]): Record<string, unknown> {
  const document: Record<string, unknown> = {
    product_name: 'Sluice',
    product_version: sluiceVersion(),
  };
  for (const kind of kinds) document[kind] = [];
  for (const { kind, item } of items) (document[kind] as unknown[]).push(item);
  return document;
}

function defineExport(command: Command, shell: Shell): void {
  withAnyVhost(command.argument('[file]', 'left out, standard output')).action(
    async (file: string | undefined, { vhost }: { vhost?: string }) => {
      const items: ExportedItem[] = [];
      await withServer(command, shell, (server) =>
        server.call('definitions.export', { vhost }, (piece) => {
          items.push(...piece);
        }),
      );
      const { definitionKinds } = await import('../../definitions/index.js');
      const text = `${JSON.stringify(documentOf(items, definitionKinds), null, 2)}\n`;
      if (file === undefined) await shell.out.write(text);
      else await writeDocument(shell, file, text);
    },
  );
}

/** It holds password hashes: for its owner alone. */
async function writeDocument(shell: Shell, file: string, text: string): Promise<void> {
  const { writeFile } = await import('node:fs/promises');
  await writeFile(file, text, { mode: 0o600 });
  await shell.say(`Wrote ${file}. It holds password hashes: keep it to yourself.`);
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  defineImport(command.command('import').description("import RabbitMQ's or Sluice's definitions"), shell);
  defineExport(command.command('export').description('export definitions that RabbitMQ can import'), shell);
}
