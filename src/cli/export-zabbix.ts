/** `sluice export zabbix`: the templates, as a file that Zabbix imports. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ExportedRule, RuleTriggers } from '../alerts/index.js';
import { rulesInForce } from './rules-in-force.js';
import type { Shell } from './shell.js';

type ZabbixText = Pick<RuleTriggers, 'leftOut'> & { readonly text: string };

/** YAML, as Zabbix itself exports; JSON with `--json`, which it imports too. */
async function documentText(rules: readonly ExportedRule[], isJson: boolean): Promise<ZabbixText> {
  const { zabbixExport } = await import('../monitor/zabbix/index.js');
  const { ruleTriggers } = await import('../alerts/index.js');
  const { triggers, leftOut } = ruleTriggers(rules);
  const document = zabbixExport(triggers);
  if (isJson) return { leftOut, text: `${JSON.stringify(document, null, 2)}\n` };
  const { stringify } = await import('yaml');
  // Zabbix reads every value as a text: nothing may look like a number.
  const text = stringify(document, {
    defaultStringType: 'QUOTE_SINGLE',
    defaultKeyType: 'PLAIN',
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
  return { leftOut, text };
}

/** Defines it. */
export function exportZabbix(command: Command, shell: Shell): void {
  command
    .option('--out <file>', 'the file to write (standard output)')
    .addHelpText(
      'after',
      '\nImport it in Zabbix under Configuration, Templates, Import. It holds two templates: "Sluice by HTTP", for a Zabbix that asks, and "Sluice by Zabbix trapper", for the setting "zabbix" in sluice.yaml.',
    )
    .action(async ({ out }: { out?: string }) => {
      const rules = await rulesInForce(command, shell);
      const { text, leftOut } = await documentText(rules, shell.isJson(command));
      if (out === undefined) {
        await shell.out.write(text);
        return;
      }
      await writeFile(resolve(shell.workingDirectory, out), text);
      for (const { rule, reason } of leftOut) await shell.say(`Left out: ${rule}: ${reason}.`);
      await shell.say(`Wrote ${out}. Import it in Zabbix under Configuration, Templates, Import.`);
    });
}
