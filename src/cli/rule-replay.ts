/**
 * Replays a rule over history: by the server that owns the directory, or here where none runs. Invariant: without a
 * server the directory is claimed meanwhile, so that none starts, and nothing in it is changed.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Backtest, RuleDefinition } from '../alerts/index.js';
import { SluiceError, systemClock, systemDisk } from '../kernel/index.js';
import { dataDirectoryOf, shownPath, withServer } from './server-call.js';
import type { Shell } from './shell.js';

export type Replay = Backtest;

/** Rejects with `bad-input` for a rule that is wrong, and where there is neither a server nor any history. */
export async function replayOf(
  command: Command,
  shell: Shell,
  rule: RuleDefinition,
  sinceMs: number,
): Promise<Replay> {
  const directory = await dataDirectoryOf(command, shell);
  const { connectControl, claimDirectory } = await import('../control/index.js');
  const owner = await connectControl(directory);
  owner?.close();
  if (owner !== undefined || !existsSync(join(directory, 'history')))
    return withServer(command, shell, (server) => server.call('alert.backtest', { rule, sinceMs }));
  const claim = await claimDirectory(directory, systemClock());
  try {
    return await replayHere(directory, shownPath(shell, directory), rule, sinceMs);
  } finally {
    await claim.release();
  }
}

async function replayHere(
  directory: string,
  shown: string,
  definition: RuleDefinition,
  sinceMs: number,
): Promise<Replay> {
  const [{ backtest, parseRule }, { RecordedFigures }] = await Promise.all([
    import('../alerts/index.js'),
    import('../monitor/index.js'),
  ]);
  const rule = parseRule(definition);
  const clock = systemClock();
  const figures = await RecordedFigures.open({ clock, disk: systemDisk(), directory });
  try {
    const { second: toSecond, historySecond } = figures;
    if (toSecond === undefined) throw new SluiceError('bad-input', `the history in ${shown} is empty`);
    const fromSecond = toSecond - Math.round(sinceMs / 1_000);
    return await backtest(rule, {
      ...{ figures, clock, fromSecond, toSecond, historySecond },
      pause: () => nextTurn(),
    });
  } finally {
    await figures.close();
  }
}
