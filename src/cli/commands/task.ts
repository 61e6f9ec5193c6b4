/** `sluice task`: tasks of the engine in the data directory, or of a server. */
import type { Command } from 'commander';
import { SluiceError } from '../../kernel/index.js';
import type { ListedTaskState } from '../../tasks/index.js';
import { exitCodes } from '../exit-codes.js';
import { printOutcome, printRows } from '../listing.js';
import { wholeNumber } from '../option-values.js';
import type { Shell } from '../shell.js';
import { actOnTasks, queueNamed, withEngine, withTasks } from '../task-engine.js';
import {
  deadJson,
  deadLines,
  failedLine,
  messageLines,
  outcomeLines,
  payloadOf,
  queueColumns,
  taskColumns,
  type TaskRow,
} from '../task-text.js';
import { singleLine } from '../text.js';
import { defineDead, defineRedrive } from './task-dead.js';
import { defineEnqueue } from './task-enqueue.js';
import { defineSchedules, defineUnschedule } from './task-schedules.js';
import { defineWorkers } from './task-workers.js';

const states: readonly ListedTaskState[] = ['running', 'waiting', 'held', 'delayed'];

interface QueueOption {
  readonly queue?: string;
}

async function list(command: Command, shell: Shell, name: string | undefined, count: number): Promise<void> {
  if (name === undefined) {
    const queues = await withTasks(command, shell, (app) => app.tasks.queues());
    await printRows(command, shell, queueColumns, queues, 'No task was ever enqueued.');
    return;
  }
  const rows = await withTasks(command, shell, async (app) => {
    const queue = await queueNamed(app, name);
    const found: TaskRow[] = [];
    for (const state of states)
      for (const task of await app.tasks.list(queue, state, count)) found.push({ state, ...task });
    return found;
  });
  await printRows(command, shell, taskColumns, rows, `No task of ${name} waits or runs.`);
}

async function show(command: Command, shell: Shell, id: string, queue: string | undefined): Promise<void> {
  const { found, why, dead, failed, progress } = await withTasks(command, shell, async (app) => {
    const place = await app.tasks.find(id, queue);
    return {
      found: place,
      why: await app.tasks.why(id, queue),
      dead: place.kind === 'there' ? undefined : await app.tasks.findDead(id, queue),
      failed: await app.tasks.failedAttempts(id),
      progress: await app.tasks.progress(id),
    };
  });
  if (found.kind === 'unknown' && dead === undefined) throw unknownTask(id);
  const isDeadAlone = found.kind === 'unknown';
  if (shell.isJson(command)) {
    const report = found.kind === 'there' ? found.report : undefined;
    const { body, ...facts } = report ?? { body: undefined };
    await shell.sayJson({
      id,
      ...(isDeadAlone ? { kind: 'dead' } : why),
      ...(report === undefined ? {} : { message: { ...facts, payload: payloadOf(body) } }),
      ...(dead === undefined ? {} : { dead: deadJson(dead) }),
      failedAttempts: failed,
      progress,
    });
    return;
  }
  const lines = [
    `${id}  ${isDeadAlone ? 'among the dead letters' : why.text}`,
    ...(found.kind === 'there' ? messageLines(found.report) : []),
    ...(found.kind === 'ended' ? outcomeLines(found.outcome) : []),
    ...failed.map(failedLine),
    ...(dead === undefined ? [] : deadLines(dead)),
    ...(progress === undefined ? [] : [`Progress  ${JSON.stringify(progress)}`]),
  ];
  await shell.say(lines.join('\n'));
}

async function why(command: Command, shell: Shell, id: string, queue: string | undefined): Promise<void> {
  const told = await withTasks(command, shell, (app) => app.tasks.why(id, queue));
  await printOutcome(command, shell, singleLine(told.text), { id, ...told });
  if (told.kind === 'unknown') shell.exitCode = exitCodes.failure;
}

const cancelTexts = {
  cancelled: 'Cancelled',
  asked: 'It runs; its worker was told to stop',
  done: 'It had ended already:',
  unknown: 'There is no task',
} as const;

async function cancel(
  command: Command,
  shell: Shell,
  id: string,
  { reason, queue }: QueueOption & { readonly reason?: string },
): Promise<void> {
  const outcome = await actOnTasks(command, shell, {
    over: (app) => app.tasks.cancel(id, reason, queue),
    by: async (server) => (await server.call('task.cancel', { id, reason, queue })).outcome,
  });
  await printOutcome(command, shell, singleLine(`${cancelTexts[outcome]} ${id}.`), { id, outcome });
  if (outcome === 'done' || outcome === 'unknown') shell.exitCode = exitCodes.failure;
}

const retryTexts = {
  redriven: 'Sent back',
  released: 'Its delay has ended:',
  'not-failed': 'It has not failed:',
  unknown: 'There is no task',
} as const;

async function retry(command: Command, shell: Shell, id: string, queue: string | undefined): Promise<void> {
  const outcome = await actOnTasks(command, shell, {
    over: (app) => app.tasks.retry(id, queue),
    by: async (server) => (await server.call('task.retry', { id, queue })).outcome,
  });
  await printOutcome(command, shell, singleLine(`${retryTexts[outcome]} ${id}.`), { id, outcome });
  if (outcome === 'not-failed' || outcome === 'unknown') shell.exitCode = exitCodes.failure;
}

function unknownTask(id: string): SluiceError {
  return new SluiceError('not-found', `there is no task ${id}, and nothing is kept of its end`);
}

/** A command about one task. */
function aboutOne(task: Command, name: string, description: string): Command {
  return withEngine(task.command(name).description(description))
    .argument('<id>')
    .option('-q, --queue <queue>', 'where it is; without it, every queue of tasks is looked through');
}

/** Defines the commands. */
export function define(task: Command, shell: Shell): void {
  const ls = withEngine(
    task.command('list').alias('ls').description('list queues of tasks, or the tasks of one'),
  );
  ls.argument('[name]', 'a task, or a queue')
    .option('-n, --count <n>', 'how many of each state, up to 1000', wholeNumber(1, 1_000), 100)
    .action((name: string | undefined, { count }: { count: number }) => list(ls, shell, name, count));
  const shown = aboutOne(task, 'show', 'show everything about a task');
  shown.action((id: string, { queue }: QueueOption) => show(shown, shell, id, queue));
  const asked = aboutOne(task, 'why', 'say what a task waits for');
  asked.action((id: string, { queue }: QueueOption) => why(asked, shell, id, queue));
  defineEnqueue(withEngine(task.command('enqueue').description('enqueue a task')), shell);
  const cancelled = aboutOne(task, 'cancel', 'stop a task').option(
    '--reason <text>',
    'told to who waits for it',
  );
  cancelled.action((id: string, options: QueueOption) => cancel(cancelled, shell, id, options));
  const retried = aboutOne(task, 'retry', 'send a dead task back, or end the delay of one');
  retried.action((id: string, { queue }: QueueOption) => retry(retried, shell, id, queue));
  defineDead(withEngine(task.command('dead').description('list the dead tasks of a name')), shell);
  defineRedrive(withEngine(task.command('redrive').description('send dead tasks back')), shell);
  defineWorkers(withEngine(task.command('workers').description('show what workers do now')), shell);
  defineSchedules(withEngine(task.command('schedules').description('list kept schedules')), shell);
  defineUnschedule(withEngine(task.command('unschedule').description('remove a kept schedule')), shell);
}
