/** `sluice alert list|rules|rule|backtest`. */
import type { Command } from 'commander';
import type { Alert } from '../../alerts/index.js';
import { formatDuration } from '../../config/index.js';
import { systemClock } from '../../kernel/index.js';
import { printRows } from '../listing.js';
import { durationOption } from '../option-values.js';
import { checkRules, readRule } from '../rule-file.js';
import { replayOf, type Replay } from '../rule-replay.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import { formatTable, type Column } from '../table.js';
import { singleLine } from '../text.js';
import { defineRule, defineRuleList } from './alert-rule.js';

type Replayed = Replay['objects'][number];

const alertColumns: readonly Column<Alert>[] = [
  { title: 'state', of: ({ state }) => state },
  { title: 'severity', of: ({ severity }) => severity },
  { title: 'rule', of: ({ rule }) => rule },
  { title: 'for', of: ({ sinceMs }) => formatDuration(systemClock().now() - sinceMs) },
  { title: 'summary', of: ({ summary }) => summary },
  {
    title: 'held back by',
    of: ({ silencedBy, inhibitedBy }) =>
      silencedBy === undefined
        ? inhibitedBy === undefined
          ? undefined
          : 'another alert'
        : `silence ${silencedBy}`,
  },
];

const replayColumns: readonly Column<Replayed>[] = [
  { title: 'object', of: ({ labels }) => Object.values(labels).join(' ') },
  { title: 'fired', of: ({ firing }) => firing.length, align: 'right' },
  { title: 'pending', of: ({ pendingSeconds }) => formatDuration(pendingSeconds * 1_000), align: 'right' },
  { title: 'firing', of: ({ firingSeconds }) => formatDuration(firingSeconds * 1_000), align: 'right' },
  { title: 'unknown', of: ({ unknownSeconds }) => formatDuration(unknownSeconds * 1_000), align: 'right' },
  { title: 'furthest value', of: ({ worst }) => worst, align: 'right' },
  { title: 'first', of: ({ firing }) => momentOf(firing[0]?.fromSecond) },
  { title: 'last', of: ({ firing }) => momentOf(firing.at(-1)?.fromSecond) },
];

function momentOf(second: number | undefined): string | undefined {
  return second === undefined ? undefined : new Date(second * 1_000).toISOString().slice(0, 19);
}

async function printReplay(shell: Shell, replay: Replay): Promise<void> {
  const { rule, fromSecond, toSecond, stepSeconds, objects, objectsLookedAt, notifications } = replay;
  await shell.say(
    `${rule} over ${formatDuration((toSecond - fromSecond) * 1_000)}, in steps of ${stepSeconds} s: ` +
      `${notifications.fired} alerts, ${notifications.resolved} of them over again, ` +
      `in ${objectsLookedAt} objects.`,
  );
  if (replay.leftOut > 0) await shell.say(`${replay.leftOut} more objects were not looked at.`);
  if (objects.length === 0) return;
  await shell.out.write(await formatTable(shell.out, replayColumns, objects));
  const first = objects.find(({ firing }) => firing.length > 0);
  for (const { fromSecond: from, toSecond: to } of first?.firing.slice(0, 20) ?? [])
    await shell.say(singleLine(`  ${momentOf(from) ?? ''}  to  ${momentOf(to) ?? 'the end'}`));
}

function defineBacktest(command: Command, shell: Shell): void {
  command
    .argument('<file>', 'a rule, in YAML or JSON; - for standard input')
    .addOption(durationOption('--since <duration>', 'how far back, up to 30d', '7d'))
    .action(async (file: string, { since }: { since: number }) => {
      const written = await readRule(shell, file);
      await checkRules([written]);
      const replay = await replayOf(command, shell, written.definition, since);
      if (shell.isJson(command)) await shell.sayJson(replay);
      else await printReplay(shell, replay);
    });
}

/** Defines the commands on alerts and rules. */
export function defineRules(command: Command, shell: Shell): void {
  const list = command.command('list').description('show what is the matter, and what may become so');
  list.action(async () => {
    const { alerts } = await withServer(list, shell, (server) => server.call('alert.list', {}));
    await printRows(list, shell, alertColumns, alerts, 'Nothing is the matter.');
  });
  defineRuleList(command.command('rules').description('list the rules in force'), shell);
  defineRule(command, shell);
  defineBacktest(command.command('backtest').description('replay a rule over recorded history'), shell);
}
