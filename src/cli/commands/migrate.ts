/** `sluice migrate`: brings the jobs of another system, which is only read. */
import { Option, type Command } from 'commander';
import { parseEngineAddress } from '../../engines/index.js';
import { systemClock } from '../../kernel/index.js';
import {
  migrate,
  openBullmqSource,
  parseBullmqAddress,
  parseTaskMap,
  type MigrationOptions,
  type Naming,
  type Report,
} from '../../migration/index.js';
import { readNamedText } from '../named-file.js';
import { openDry, openTarget } from '../migration-target.js';
import { printReport, ProgressLine } from '../migration-text.js';
import type { Shell } from '../shell.js';

interface MigrateOptions {
  readonly from: string;
  readonly to?: string;
  readonly queue?: string[];
  readonly taskMap?: string;
  readonly name?: string;
  readonly active: NonNullable<MigrationOptions['active']>;
  readonly pause?: boolean;
  readonly dryRun?: boolean;
}

const taskMapBytesMax = 1_048_576;

async function namingOf({ name, taskMap }: MigrateOptions, shell: Shell): Promise<Naming> {
  if (taskMap === undefined) return { template: name };
  return { template: name, map: parseTaskMap(await readNamedText(shell, taskMap, taskMapBytesMax)) };
}

async function run(command: Command, shell: Shell, options: MigrateOptions): Promise<Report> {
  const { queue = [], active, pause = false, dryRun = false, to } = options;
  const address = parseBullmqAddress(options.from, shell.environment['SLUICE_SOURCE_PASSWORD']);
  if (to !== undefined) parseEngineAddress(to);
  const naming = await namingOf(options, shell);
  const source = openBullmqSource(address, shell.workingDirectory);
  const progress = new ProgressLine(shell);
  try {
    const app = await (dryRun ? openDry : openTarget)(to, command, shell);
    try {
      return await migrate(source, app, {
        ...{ queues: queue, naming, active, pause, dryRun, clock: systemClock() },
        onProgress: (name, state, found) => {
          progress.show(name, state, found);
        },
      });
    } finally {
      await app?.close();
    }
  } finally {
    await progress.end();
    await source.close();
  }
}

const help = `
Nothing is removed from the source; its workers must be stopped, or its queues paused (--pause), or jobs
would run there as well. Run it as often as you like: a job that was brought is not brought again for 90 days.
A password may stand in SLUICE_SOURCE_PASSWORD instead of the address.`;

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  command
    .requiredOption('--from <url>', 'bullmq://user:password@host:port/db?prefix=bull&queue=a,b')
    .option('--to <engine>', 'a directory, or a server (amqp://…), instead of the data directory')
    .option('--queue <names...>', 'only these queues')
    .option('--name <template>', "a task's name, of {queue} and {job} ({queue}.{job})")
    .option('--task-map <file>', 'JSON: names of tasks by "queue" or "queue/job"')
    .option('--pause', "pause the source's queues first, and leave them so")
    .addOption(
      new Option('--active <what>', 'what becomes of jobs that are being worked on')
        .choices(['refuse', 'leave', 'bring'])
        .default('refuse'),
    )
    .option('--dry-run', 'count what would be brought, and write nothing')
    .addHelpText('after', help)
    .action(async (options: MigrateOptions) => {
      const report = await run(command, shell, options);
      await printReport(command, shell, report, options.dryRun === true);
    });
}
