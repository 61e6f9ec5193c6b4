/** `sluice report`: the hand-over on call, as text, and its owners as CSV. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { messageOf } from '../../kernel/index.js';
import type { OperationInput } from '../../operations/index.js';
import { exitCodes } from '../exit-codes.js';
import { CommandFailure } from '../failure.js';
import { durationOption } from '../option-values.js';
import { printReport } from '../report-text.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';

interface ReportOptions {
  readonly since: number;
  readonly format: 'text' | 'csv' | 'json';
  readonly owner?: string;
  readonly prices?: string;
}

type Prices = Pick<OperationInput<'report'>, 'currency' | 'perMillionMessages' | 'perGib'>;

const priceNames: readonly (keyof Prices)[] = ['currency', 'perMillionMessages', 'perGib'];

/** What they must be is checked by the operation. */
async function pricesIn(shell: Shell, file: string): Promise<Prices> {
  const wrong = (why: string): CommandFailure => new CommandFailure(`${file}: ${why}`, exitCodes.usage);
  let document: unknown;
  try {
    const [{ parse }, text] = await Promise.all([
      import('yaml'),
      readFile(resolve(shell.workingDirectory, file), 'utf8'),
    ]);
    document = parse(text);
  } catch (problem) {
    throw wrong(messageOf(problem));
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw wrong(`must hold ${priceNames.join(', ')}`);
  const stranger = Object.keys(document).find((name) => !(priceNames as readonly string[]).includes(name));
  if (stranger !== undefined) throw wrong(`${stranger} is unknown; there are ${priceNames.join(', ')}`);
  return document;
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  command
    .addOption(durationOption('--since <time>', 'how far back', '12h'))
    .addOption(
      new Option('--format <format>', 'csv: the owners alone')
        .choices(['text', 'csv', 'json'])
        .default('text'),
    )
    .option('--owner <name>', 'of this owner alone')
    .option('--prices <file>', 'YAML or JSON with currency, perMillionMessages, perGib')
    .action(async ({ since, format, owner, prices }: ReportOptions) => {
      const given = prices === undefined ? {} : await pricesIn(shell, prices);
      const input = { sinceMs: since, ...given, ...(owner === undefined ? {} : { owner }) };
      const report = await withServer(command, shell, (server) => server.call('report', input));
      if (format === 'json' || shell.isJson(command)) await shell.sayJson(report);
      else if (format === 'csv') {
        const { reportCsv } = await import('../../alerts/index.js');
        await shell.out.write(reportCsv(report));
      } else await printReport(shell, report);
    });
}
