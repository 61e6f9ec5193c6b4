/** `sluice task workers`: what workers do now, and the waiting tasks that are due soonest. */
import type { Command } from 'commander';
import type { RunningTask, WaitingTask } from '../../tasks/index.js';
import type { Shell } from '../shell.js';
import { formatTable, type Column } from '../table.js';
import { withTasks } from '../task-engine.js';

const runningColumns: readonly Column<RunningTask>[] = [
  { title: 'worker', of: ({ worker }) => worker },
  { title: 'task', of: ({ task, queue }) => task ?? queue },
  { title: 'id', of: ({ taskId }) => taskId },
  { title: 'since', of: ({ since }) => since?.toISOString() },
  { title: 'expected end', of: ({ expectedEnd }) => expectedEnd?.toISOString() },
  { title: 'deadline', of: ({ deadline }) => deadline?.toISOString() },
  { title: 'risk', of: ({ risk }) => risk },
];

const waitingColumns: readonly Column<WaitingTask>[] = [
  { title: 'waiting', of: ({ task, queue }) => task ?? queue },
  { title: 'id', of: ({ taskId }) => taskId },
  { title: 'place', of: ({ position }) => position, align: 'right' },
  { title: 'expected start', of: ({ expectedStart }) => expectedStart?.toISOString() },
  { title: 'deadline', of: ({ deadline }) => deadline?.toISOString() },
  { title: 'risk', of: ({ risk }) => risk },
];

/** Defines the command. */
export function defineWorkers(command: Command, shell: Shell): void {
  command.action(async () => {
    const work = await withTasks(command, shell, (app) => app.tasks.workNow());
    if (shell.isJson(command)) {
      await shell.sayJson(work);
      return;
    }
    const { running, waiting, isCut } = work;
    if (running.length === 0) await shell.say('No task runs.');
    else await shell.out.write(await formatTable(shell.out, runningColumns, running));
    if (waiting.length > 0)
      await shell.out.write(`\n${await formatTable(shell.out, waitingColumns, waiting)}`);
    if (isCut) await shell.say('There are more queues or tasks than are told here.');
  });
}
