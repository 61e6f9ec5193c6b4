/** `sluice export prometheus`: Sluice's alert rules as Prometheus's, with their cases. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { duration } from './option-values.js';
import { rulesInForce } from './rules-in-force.js';
import type { Shell } from './shell.js';

interface ExportOptions {
  readonly out?: string;
  /** Milliseconds. */
  readonly for?: number;
}

async function exportRules(shell: Shell, command: Command, options: ExportOptions): Promise<void> {
  const { exportedGroups, ruleFiles, rulesText } = await import('../alerts/index.js');
  const rules = await rulesInForce(command, shell);
  const timing = options.for === undefined ? {} : { forSeconds: options.for / 1_000 };
  if (options.out === undefined) {
    const groups = exportedGroups(rules, timing);
    if (shell.isJson(command)) await shell.sayJson({ groups: groups.groups, leftOut: groups.leftOut });
    else await shell.out.write(rulesText(groups));
    return;
  }
  const directory = resolve(shell.workingDirectory, options.out);
  await mkdir(directory, { recursive: true });
  const files = ruleFiles(rules, timing);
  for (const { name, text } of files) await writeFile(join(directory, name), text);
  await shell.say(`Wrote to ${options.out}: ${files.map(({ name }) => name).join(', ')}.`);
}

/** Defines it. */
export function exportPrometheus(command: Command, shell: Shell): void {
  command
    .option(
      '--out <directory>',
      'where to write rules, their cases and the scrape (rules to standard output)',
    )
    .option('--for <duration>', "instead of each rule's own times, to try an installation", duration)
    .addHelpText('after', '\nCheck them with: promtool test rules sluice.rules.test.yml')
    .action(async (options: ExportOptions) => {
      await exportRules(shell, command, options);
    });
}
