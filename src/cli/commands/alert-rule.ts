/** `sluice alert rule put|delete|list|show|test`. */
import type { Command } from 'commander';
import type { RuleTrial, TriedObject } from '../../alerts/index.js';
import { formatDuration } from '../../config/index.js';
import { SluiceError } from '../../kernel/index.js';
import type { RuleRow } from '../../operations/index.js';
import { printOutcome, printRows } from '../listing.js';
import { checkRules, readRule, readRules } from '../rule-file.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import { formatTable, type Column } from '../table.js';

const ruleColumns: readonly Column<RuleRow>[] = [
  { title: 'rule', of: ({ name }) => name },
  { title: 'from', of: ({ source }) => source },
  { title: 'kind', of: ({ rule }) => rule.kind },
  { title: 'of', of: ({ rule }) => rule.of },
  { title: 'severity', of: ({ rule }) => rule.severity },
  { title: 'for', of: ({ rule }) => formatDuration(rule.for * 1_000) },
  { title: 'on', of: ({ rule }) => rule.enabled },
];

const triedColumns: readonly Column<TriedObject>[] = [
  { title: 'object', of: ({ labels }) => Object.values(labels).join(' ') },
  { title: 'now', of: ({ verdict }) => verdict },
  { title: 'value', of: ({ text }) => text, align: 'right' },
];
const triedShownMax = 20;

/** Lists the rules in force, as `sluice alert rules` does too. */
export function defineRuleList(command: Command, shell: Shell): void {
  command.action(async () => {
    const { rules } = await withServer(command, shell, (server) => server.call('alert.rules', {}));
    await printRows(command, shell, ruleColumns, rules, 'There are no rules.');
  });
}

function defineShow(command: Command, shell: Shell): void {
  command.argument('<name>').action(async (name: string) => {
    const { rules } = await withServer(command, shell, (server) => server.call('alert.rules', {}));
    const row = rules.find((each) => each.name === name);
    if (row === undefined) throw new SluiceError('not-found', `there is no rule ${name}`);
    if (shell.isJson(command)) return shell.sayJson(row);
    const { stringify } = await import('yaml');
    await shell.say(
      `# from ${row.source}${row.help === undefined ? '' : `: ${row.help}`}; durations in seconds`,
    );
    return shell.out.write(stringify(row.rule));
  });
}

function definePut(command: Command, shell: Shell): void {
  command.argument('<file>', 'a rule or a list of them, in YAML or JSON; - for standard input');
  command.action(async (file: string) => {
    const written = await readRules(shell, file);
    await checkRules(written);
    const rules = await withServer(command, shell, async (server) => {
      const put = [];
      for (const { definition } of written)
        put.push(await server.call('alert.rule.put', { rule: definition }));
      return put;
    });
    const names = rules.map(({ name }) => name).join(', ');
    await printOutcome(command, shell, `In force: ${names}.`, rules);
  });
}

function defineDelete(command: Command, shell: Shell): void {
  command.argument('<name>').action(async (name: string) => {
    await withServer(command, shell, (server) => server.call('alert.rule.delete', { name }));
    await printOutcome(command, shell, `Removed rule ${name}.`, { name });
  });
}

function defineTest(command: Command, shell: Shell): void {
  command.argument('<file>', 'a rule, in YAML or JSON; - for standard input');
  command.action(async (file: string) => {
    const written = await readRule(shell, file);
    await checkRules([written]);
    const { definition: rule } = written;
    const trial = await withServer(command, shell, (server) => server.call('alert.rule.test', { rule }));
    if (shell.isJson(command)) await shell.sayJson(trial);
    else await printTrial(shell, trial);
  });
}

async function printTrial(
  shell: Shell,
  { rule, condition, counts, objects, leftOut }: RuleTrial,
): Promise<void> {
  await shell.say(`${rule.name}: ${condition}`);
  const { fires, between, unknown, quiet } = counts;
  await shell.say(
    `Now it holds of ${fires} of ${fires + between + unknown + quiet} objects; ${unknown} are unknown` +
      `${leftOut > 0 ? `, and ${leftOut} more were not looked at` : ''}.`,
  );
  if (objects.length === 0) return;
  await shell.out.write(await formatTable(shell.out, triedColumns, objects.slice(0, triedShownMax)));
}

/** Defines the commands on single rules below `sluice alert`. */
export function defineRule(alert: Command, shell: Shell): void {
  const rule = alert.command('rule').description('put, remove, show or try a rule');
  defineRuleList(rule.command('list').description('list the rules in force'), shell);
  defineShow(rule.command('show').description('show one rule'), shell);
  definePut(rule.command('put').description('put rules in force'), shell);
  defineDelete(rule.command('delete').description('remove a rule that was put'), shell);
  defineTest(rule.command('test').description('check a rule, and say what it would judge now'), shell);
}
