/** `sluice task dead|redrive`: tasks that were given up. */
import type { Command } from 'commander';
import { deadLetterQueueOf, parseEngineAddress } from '../../engines/index.js';
import type { TaskApp } from '../../tasks/index.js';
import { followed } from '../dead-redrive.js';
import { exitCodes } from '../exit-codes.js';
import { printOutcome, printRows } from '../listing.js';
import { wholeNumber } from '../option-values.js';
import { withServerOn, type ServerCalls } from '../server-call.js';
import type { Shell } from '../shell.js';
import { singleLine } from '../text.js';
import { queueNamed, withTasks } from '../task-engine.js';
import { deadColumns, deadJson } from '../task-text.js';

interface RedriveOptions {
  readonly id?: string;
  readonly whereReason?: string;
  readonly rate?: number;
  readonly dryRun?: boolean;
  readonly guard: boolean;
}

/** What was done, or would be. */
interface Redriven {
  readonly seen: number;
  readonly redriven: number;
  readonly problem?: string | undefined;
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

/** On a directory: by whoever owns it, as every redrive. */
async function redriveOn(
  server: ServerCalls,
  shell: Shell,
  queue: string,
  { id, whereReason, rate, dryRun, guard }: RedriveOptions,
): Promise<Redriven> {
  const asked = {
    ...{ vhost: '/', queue: deadLetterQueueOf(queue), duplicateGuard: guard },
    ...{ messageId: id, reason: whereReason, ratePerSecond: rate },
  };
  if (dryRun === true) {
    const { seen, sendable } = await server.call('redrive.plan', asked);
    return { seen, redriven: sendable };
  }
  const started = await server.call('redrive.start', asked);
  const end = (): void => {
    void server.call('redrive.cancel', { id: started.id }).catch(() => undefined);
  };
  process.once('SIGINT', end);
  try {
    const { seen = 0, sent, problem, ...job } = await followed(server, shell, started);
    return { ...job, seen, redriven: sent, problem };
  } finally {
    process.off('SIGINT', end);
  }
}

/** On another engine, which has no redrives of its own: taken, sent and acknowledged one by one. */
function redriveOver(
  app: TaskApp,
  queue: string,
  { id, whereReason, rate, dryRun = false }: RedriveOptions,
): Promise<Redriven> {
  return app.deadLetters(queue).redrive({
    where: ({ taskId, reason }) =>
      (id === undefined || taskId === id) && (whereReason === undefined || reason.includes(whereReason)),
    dryRun,
    ...(rate === undefined ? {} : { perSecond: rate }),
  });
}

async function redrive(
  command: Command,
  shell: Shell,
  name: string,
  options: RedriveOptions,
): Promise<Redriven> {
  return withTasks(command, shell, async (app, address) => {
    const queue = await queueNamed(app, name);
    const parsed = parseEngineAddress(address);
    if (parsed.kind !== 'embedded') return redriveOver(app, queue, options);
    if ((await app.engine.topology.describeQueue(deadLetterQueueOf(queue))) === undefined)
      return { seen: 0, redriven: 0 };
    return withServerOn(parsed.directory, shell, (server) => redriveOn(server, shell, queue, options));
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
    .option('--no-guard', 'send copies of what was redriven already, too')
    .action(async (name: string, options: RedriveOptions) => {
      const { dryRun = false } = options;
      const { problem, ...report } = await redrive(command, shell, name, options);
      const done = dryRun ? 'Would send back' : 'Sent back';
      const why = problem === undefined ? '' : ` ${singleLine(problem)}.`;
      const line = `${done} ${report.redriven} of ${report.seen} dead tasks of ${name}.${why}`;
      await printOutcome(command, shell, line, { ...report, problem, dryRun });
      if (problem !== undefined) shell.exitCode = exitCodes.failure;
    });
}
