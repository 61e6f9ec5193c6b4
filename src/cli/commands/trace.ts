/** `sluice trace MESSAGE`: one message's life, of a server that runs, or of the journal of one that does not. */
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { connectControl } from '../../control/index.js';
import type { OperationInput, TraceAnswer } from '../../operations/index.js';
import { exitCodes } from '../exit-codes.js';
import { CommandFailure } from '../failure.js';
import { withOfflineJournal } from '../offline-journal.js';
import { wholeNumber } from '../option-values.js';
import { dataDirectoryOf, ServerCalls } from '../server-call.js';
import type { Shell } from '../shell.js';
import { traceLines } from '../trace-text.js';
import { withVhost } from '../vhost-option.js';

interface TraceOptions {
  readonly vhost: string;
  readonly queue?: string;
  readonly position?: number;
}

async function traced(
  command: Command,
  shell: Shell,
  input: OperationInput<'message.trace'>,
): Promise<TraceAnswer> {
  const client = await connectControl(await dataDirectoryOf(command, shell));
  if (client === undefined) return tracedOffline(command, shell, input);
  try {
    return await new ServerCalls(client).call('message.trace', input);
  } finally {
    client.close();
  }
}

function tracedOffline(
  command: Command,
  shell: Shell,
  input: OperationInput<'message.trace'>,
): Promise<TraceAnswer> {
  return withOfflineJournal(command, shell, async (journal, disk) => {
    const { traceStopped } = await import('../../operations/index.js');
    return traceStopped(dirname(journal), disk, input);
  });
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  withVhost(command.argument('[message]', 'its message-id; of a task: its id'))
    .option('--queue <name>', 'with --position: the place of the message')
    .option('--position <number>', 'its position in the queue', wholeNumber(0))
    .action(async (messageId: string | undefined, { vhost, queue, position }: TraceOptions) => {
      const isByPlace = queue !== undefined && position !== undefined;
      if ((messageId !== undefined) === isByPlace)
        throw new CommandFailure(
          'Name the message by its message-id, or by --queue and --position.',
          exitCodes.usage,
        );
      const input = messageId === undefined && isByPlace ? { vhost, queue, position } : { messageId };
      const answer = await traced(command, shell, input);
      if (shell.isJson(command)) await shell.sayJson(answer);
      else await shell.say(traceLines(answer).join('\n'));
      if (answer.lives.length === 0) shell.exitCode = exitCodes.failure;
    });
}
