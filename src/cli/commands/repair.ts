/**
 * `sluice repair`: makes a damaged journal open again. What cannot be read is kept aside and said; nothing is
 * dropped in silence.
 */
import type { Command } from 'commander';
import { repairJournal, type Repair, type RepairReport } from '../../journal/index.js';
import { withOfflineJournal } from '../offline-journal.js';
import type { Shell } from '../shell.js';

function linesOf({ path, from, to, firstSequence, lastSequence, keptAside }: Repair): string[] {
  const held =
    firstSequence === undefined
      ? 'the header of a segment'
      : `records ${firstSequence} to ${lastSequence ?? firstSequence}`;
  return [
    `Set aside: ${path}, bytes ${from} to ${to}: ${held}.`,
    ...keptAside.map((copy) => `  kept in ${copy}`),
  ];
}

function summaryOf({ repairs }: RepairReport): string {
  if (repairs.length === 0) return 'The journal is whole; nothing was changed.';
  return [
    ...repairs.flatMap(linesOf),
    'The journal opens again. Messages in those records are missing, and so are changes they recorded.',
  ].join('\n');
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  command.action(async () => {
    const report = await withOfflineJournal(command, shell, repairJournal);
    if (shell.isJson(command)) await shell.sayJson(report);
    else await shell.say(summaryOf(report));
  });
}
