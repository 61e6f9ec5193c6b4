/** `sluice task dead|redrive`: tasks that were given up. */
import type { Command } from 'commander';
import type { TaskApp } from '../../tasks/index.js';
import { printOutcome, printRows } from '../listing.js';
import { wholeNumber } from '../option-values.js';
import type { Shell } from '../shell.js';
import { queueNamed, withTasks } from '../task-engine.js';
import { deadColumns, deadJson } from '../task-text.js';

interface RedriveOptions {
  readonly id?: string;
  readonly whereReason?: string;
  readonly rate?: number;
  readonly dryRun?: boolean;
}

async function deadLettersOf(app: TaskApp, name: string) {
  return app.deadLetters(await queueNamed(app, name));
}

/** Defines `dead`. */
export function defineDead(command: Command, shell: Shell): void {
  command
    .argument('<name>', 'a task, or a queue')
    .option('-n, --count <n>', 'how many', wholeNumber(1, 10_000), 100)
    .action(async (name: string, { count }: { count: number }) => {
      const tasks = await withTasks(command, shell, async (app) =>
        (await deadLettersOf(app, name)).list(count),
      );
      if (shell.isJson(command)) await shell.sayJson(tasks.map(deadJson));
      else await printRows(command, shell, deadColumns, tasks, `No task of ${name} is dead.`);
    });
}

/** Defines `redrive`. */
export function defineRedrive(command: Command, shell: Shell): void {
  command
    .argument('<name>', 'a task, or a queue')
    .option('--id <id>', 'only this one')
    .option('--where-reason <text>', 'only those whose reason has this text')
    .option('--rate <n>', 'at most so many a second', wholeNumber(1))
    .option('--dry-run', 'send nothing, and tell how many would be sent')
    .action(async (name: string, { id, whereReason, rate, dryRun = false }: RedriveOptions) => {
      const report = await withTasks(command, shell, async (app) =>
        (await deadLettersOf(app, name)).redrive({
          where: ({ taskId, reason }) =>
            (id === undefined || taskId === id) &&
            (whereReason === undefined || reason.includes(whereReason)),
          dryRun,
          ...(rate === undefined ? {} : { perSecond: rate }),
        }),
      );
      const done = dryRun ? 'Would send back' : 'Sent back';
      const line = `${done} ${report.redriven} of ${report.seen} dead tasks of ${name}.`;
      await printOutcome(command, shell, line, { ...report, dryRun });
    });
}
