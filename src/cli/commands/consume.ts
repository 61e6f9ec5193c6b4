/**
 * `sluice consume`: prints each message and then acknowledges it. The program ends well only when the
 * acknowledgements are durable; a message printed just before a crash may come again.
 */
import type { Command } from 'commander';
import type { DeliveredRow } from '../../operations/index.js';
import { exitCodes } from '../exit-codes.js';
import { bodyText } from '../message-text.js';
import { duration, wholeNumber } from '../option-values.js';
import { withServer, type ServerCalls } from '../server-call.js';
import type { Shell } from '../shell.js';
import { withVhost } from '../vhost-option.js';

interface ConsumeOptions {
  vhost: string;
  count?: number;
  timeout?: number;
}

interface ConsumeJob extends ConsumeOptions {
  readonly queue: string;
  readonly print: (message: DeliveredRow) => Promise<void>;
}

/** On a terminal the body is made safe; elsewhere its bytes are passed on as they are. */
async function printMessage(shell: Shell, isJson: boolean, message: DeliveredRow): Promise<void> {
  const body = Buffer.from(message.body, 'base64');
  if (isJson) await shell.sayJson(message);
  else if (shell.out.isTerminal) await shell.say(bodyText(body));
  else await shell.out.write(Buffer.concat([body, Buffer.from('\n')]));
}

/** Ends the call on the first Ctrl-C and after the timeout; gives the way to stop listening for them. */
function endOnSignal(cancel: () => void, timeoutMs: number | undefined): () => void {
  const timer = timeoutMs === undefined ? undefined : setTimeout(cancel, timeoutMs);
  process.once('SIGINT', cancel).once('SIGTERM', cancel);
  return () => {
    clearTimeout(timer);
    process.off('SIGINT', cancel).off('SIGTERM', cancel);
  };
}

async function consume(server: ServerCalls, job: ConsumeJob): Promise<number> {
  const { vhost, queue, count, timeout, print } = job;
  // One after another: a message is acknowledged only once it was written out.
  let printed = Promise.resolve();
  const call = server.open('consume', { vhost, queue, count }, (message) => {
    printed = printed.then(async () => {
      await print(message);
      await call.send({ acknowledge: message.tag });
    });
  });
  const stop = endOnSignal(() => {
    void printed.then(() => {
      call.cancel();
    });
  }, timeout);
  try {
    const { acknowledged } = await call.result;
    return acknowledged;
  } finally {
    stop();
  }
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  withVhost(command.argument('<queue>'))
    .option('-n, --count <n>', 'stop after this many messages', wholeNumber(1))
    .option('--timeout <time>', 'stop after this time, with exit code 75 when messages are missing', duration)
    .action(async (queue: string, options: ConsumeOptions) => {
      const isJson = shell.isJson(command);
      const print = (message: DeliveredRow) => printMessage(shell, isJson, message);
      const acknowledged = await withServer(command, shell, (server) =>
        consume(server, { ...options, queue, print }),
      );
      if (options.count !== undefined && acknowledged < options.count) shell.exitCode = exitCodes.retry;
    });
}
