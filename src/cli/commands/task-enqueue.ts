/** `sluice task enqueue`. Invariant: it never makes a queue, which a task's declaration describes. */
import { InvalidArgumentError, type Command } from 'commander';
import { messageOf, SluiceError } from '../../kernel/index.js';
import type { Duration } from '../../engines/index.js';
import { printOutcome } from '../listing.js';
import { duration } from '../option-values.js';
import type { Shell } from '../shell.js';
import { readInput } from '../standard-input.js';
import { queueNamed, withTasks } from '../task-engine.js';

const payloadBytesMax = 16 * 1_048_576;

/** Those of the command's options that are `enqueue`'s too. */
interface TaskOptions {
  readonly priority?: number | 'low' | 'normal' | 'high';
  readonly delay?: Duration;
  readonly deadline?: Duration;
  readonly expires?: Duration;
  readonly key?: string;
  readonly tenant?: string;
}

interface EnqueueOptions extends TaskOptions {
  readonly queue?: string;
  /** The longest to wait for the result, milliseconds. */
  readonly wait?: number;
}

function taskOptions({ priority, delay, deadline, expires, key, tenant }: EnqueueOptions): TaskOptions {
  return {
    ...(priority === undefined ? {} : { priority }),
    ...(delay === undefined ? {} : { delay }),
    ...(deadline === undefined ? {} : { deadline }),
    ...(expires === undefined ? {} : { expires }),
    ...(key === undefined ? {} : { key }),
    ...(tenant === undefined ? {} : { tenant }),
  };
}

function priorityFrom(text: string): EnqueueOptions['priority'] {
  if (text === 'low' || text === 'normal' || text === 'high') return text;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 255) return value;
  throw new InvalidArgumentError('It must be low, normal, high, or a whole number from 0 to 255.');
}

async function payloadOf(text: string): Promise<unknown> {
  const json = text === '-' ? (await readInput(process.stdin, payloadBytesMax)).toString('utf8') : text;
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new SluiceError('bad-input', `the payload is not JSON: ${messageOf(error)}`, { cause: error });
  }
}

/** Defines the command. */
export function defineEnqueue(command: Command, shell: Shell): void {
  command
    .argument('<name>', 'the task')
    .argument('<payload>', 'JSON; - for standard input')
    .option('-q, --queue <queue>', 'the queue that carries it, if it is not its own')
    .option('--priority <priority>', 'low, normal, high, or 0 to 255', priorityFrom)
    .option('--delay <duration>', 'not before', duration)
    .option('--deadline <duration>', 'to be done within', duration)
    .option('--expires <duration>', 'given up when no worker took it for so long', duration)
    .option('--key <key>', 'one after another with others of its key')
    .option('--tenant <tenant>', 'whose share of the queue it takes')
    .option('--wait <duration>', 'wait so long for the result, and print it', duration)
    .action(async (name: string, text: string, given: EnqueueOptions) => {
      const { wait, queue } = given;
      const payload = await payloadOf(text);
      await withTasks(command, shell, async (app) => {
        const carrier = await queueNamed(app, queue ?? name);
        const task = app.task<unknown>(name, { queue: carrier });
        const handle = await task.enqueue(payload, taskOptions(given));
        const { id } = handle;
        if (wait === undefined) return printOutcome(command, shell, id, { id, queue: carrier });
        const output = await handle.result({ timeout: wait });
        return printOutcome(command, shell, output === undefined ? '' : JSON.stringify(output), {
          id,
          queue: carrier,
          output,
        });
      });
    });
}
