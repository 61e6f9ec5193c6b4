/** `sluice task schedules|unschedule`: schedules that are kept in the engine, and that no program declares. */
import type { Command } from 'commander';
import { SluiceError } from '../../kernel/index.js';
import type { ListedSchedule } from '../../tasks/index.js';
import { printOutcome, printRows } from '../listing.js';
import type { Shell } from '../shell.js';
import type { Column } from '../table.js';
import { actOnTasks, withTasks } from '../task-engine.js';

const columns: readonly Column<ListedSchedule>[] = [
  { title: 'task', of: ({ task }) => task },
  { title: 'id', of: ({ id }) => id },
  { title: 'fires', of: ({ schedule }) => whenText(schedule) },
  { title: 'next', of: ({ next }) => next?.toISOString() },
];

function whenText({ cron, timezone, everyMs }: ListedSchedule['schedule']): string {
  return cron === undefined ? `every ${everyMs ?? 0} ms` : `${cron} (${timezone ?? 'UTC'})`;
}

/** Defines `schedules`. */
export function defineSchedules(command: Command, shell: Shell): void {
  command.action(async () => {
    const listed = await withTasks(command, shell, (app) => app.tasks.schedules());
    await printRows(command, shell, columns, listed, 'No schedule is kept.');
  });
}

/** Defines `unschedule`. */
export function defineUnschedule(command: Command, shell: Shell): void {
  command
    .argument('<task>')
    .argument('<id>')
    .action(async (task: string, id: string) => {
      const removed = await actOnTasks(command, shell, {
        over: (app) => app.tasks.unschedule(task, id),
        by: async (server) => (await server.call('task.unschedule', { task, id })).removed,
      });
      if (!removed) throw new SluiceError('not-found', `there is no schedule '${id}' of task '${task}'`);
      await printOutcome(command, shell, `Removed schedule ${id} of ${task}.`, { task, id });
    });
}
