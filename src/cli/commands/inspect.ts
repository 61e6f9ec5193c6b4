/** `sluice inspect`: reads the journal of a stopped server and changes nothing. */
import { basename } from 'node:path';
import type { Command } from 'commander';
import { formatBytes } from '../../config/index.js';
import { inspectJournal, type JournalInspection, type SegmentInspection } from '../../journal/index.js';
import { exitCodes } from '../exit-codes.js';
import { withOfflineJournal } from '../offline-journal.js';
import type { Shell } from '../shell.js';
import { formatTable, type Column } from '../table.js';

const columns: readonly Column<SegmentInspection>[] = [
  { title: 'segment', of: ({ path }) => basename(path) },
  { title: 'size', of: ({ bytes }) => formatBytes(bytes), align: 'right' },
  { title: 'records', of: ({ records }) => records, align: 'right' },
  { title: 'first', of: ({ firstSequence }) => firstSequence, align: 'right' },
  { title: 'last', of: ({ lastSequence }) => lastSequence, align: 'right' },
  { title: 'compacted', of: ({ compacted }) => compacted },
];

function findingsOf(inspection: JournalInspection): string[] {
  const { snapshotSequence, damagedSnapshots, damaged, refusal } = inspection;
  return [
    snapshotSequence === undefined
      ? 'There is no snapshot.'
      : `The newest snapshot is of record ${snapshotSequence}.`,
    ...damagedSnapshots.map((path) => `Damaged snapshot: ${path}`),
    ...damaged.map(({ path, from, to, what }) => `Unreadable ${what}: ${path}, bytes ${from} to ${to}`),
    refusal === undefined
      ? 'The journal would open.'
      : `The journal would not open: ${refusal}. Set the damage aside with: sluice repair`,
  ];
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  command.action(async () => {
    const inspection = await withOfflineJournal(command, shell, inspectJournal);
    if (shell.isJson(command)) await shell.sayJson(inspection);
    else {
      await shell.out.write(await formatTable(shell.out, columns, inspection.segments));
      await shell.say(findingsOf(inspection).join('\n'));
    }
    if (inspection.refusal !== undefined) shell.exitCode = exitCodes.data;
  });
}
