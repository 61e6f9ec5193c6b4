/** `sluice journal …`. */
import type { Command } from 'commander';
import { formatBytes } from '../../config/index.js';
import type { OperationResult } from '../../operations/index.js';
import { printOutcome } from '../listing.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';

type Stats = OperationResult<'journal.stats'>;

function linesOf(stats: Stats): [string, string][] {
  const { syncMs, batchBytes } = stats;
  return [
    ['Records', `${stats.lastSequence}, durable up to ${stats.durableSequence}`],
    ['On disk', `${formatBytes(stats.segmentBytes)} in ${stats.segments} segments`],
    ['Alive', formatBytes(stats.liveBytes)],
    ['Appended', `${stats.appendedRecords} records, ${formatBytes(stats.appendedBytes)} since the start`],
    ['Not yet synced', formatBytes(stats.unsyncedBytes)],
    ['Sync', `${syncMs.count} times, p50 ${syncMs.p50.toFixed(1)} ms, p99 ${syncMs.p99.toFixed(1)} ms`],
    ['Batch', `p50 ${formatBytes(batchBytes.p50)}, p99 ${formatBytes(batchBytes.p99)}`],
    ['Snapshots', String(stats.snapshots)],
    ['Space', stats.space],
  ];
}

function defineStats(command: Command, shell: Shell): void {
  command.action(async () => {
    const stats = await withServer(command, shell, (server) => server.call('journal.stats', {}));
    if (shell.isJson(command)) {
      await shell.sayJson(stats);
      return;
    }
    for (const [title, text] of linesOf(stats)) await shell.say(`${title.padEnd(15)} ${text}`);
  });
}

function defineCompact(command: Command, shell: Shell): void {
  command.action(async () => {
    const outcome = await withServer(command, shell, (server) => server.call('journal.compact', {}));
    const { before, after } = outcome;
    const line = `Snapshot written; the journal went from ${formatBytes(before.segmentBytes)} to ${formatBytes(after.segmentBytes)}.`;
    await printOutcome(command, shell, line, outcome);
  });
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  defineStats(command.command('stats').description('show the figures of the journal'), shell);
  defineCompact(command.command('compact').description('write a snapshot and free what is dead, now'), shell);
}
