/** `sluice engine queue|peek|publish|purge|move|pause|resume ENGINE QUEUE`. */
import type { Command } from 'commander';
import type { EngineMessageRow } from '../../operations/index.js';
import { exitCodes } from '../exit-codes.js';
import { CommandFailure } from '../failure.js';
import { printFields, printOutcome } from '../listing.js';
import { pairs, wholeNumber } from '../option-values.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import { singleLine } from '../text.js';
import { withVhost } from '../vhost-option.js';

interface Vhost {
  readonly vhost: string;
}

function onQueue(command: Command): Command {
  return withVhost(command.argument('<engine>').argument('<queue>'));
}

function defineQueue(command: Command, shell: Shell): void {
  onQueue(command).action(async (engine: string, queue: string, { vhost }: Vhost) => {
    const shown = await withServer(command, shell, (server) =>
      server.call('engine.queue.show', { engine, vhost, queue }),
    );
    await printFields(command, shell, shown);
  });
}

function lineOf({ routingKey, redelivered, properties, body, bodyBytes }: EngineMessageRow): string {
  const text = Buffer.from(body, 'base64').toString('utf8').slice(0, 200);
  const facts = [`${bodyBytes} bytes`, ...(redelivered ? ['redelivered'] : [])].join(', ');
  return singleLine(`${routingKey}  ${facts}  ${JSON.stringify(properties)}  ${text}`);
}

function definePeek(command: Command, shell: Shell): void {
  onQueue(command)
    .option('-n, --count <n>', 'how many messages, up to 50', wholeNumber(1, 50), 10)
    .action(async (engine: string, queue: string, { vhost, count }: Vhost & { readonly count: number }) => {
      const isJson = shell.isJson(command);
      await withServer(command, shell, (server) =>
        server.call('engine.queue.peek', { engine, vhost, queue, count }, (row) => {
          if (isJson) void shell.sayJson(row);
          else void shell.say(lineOf(row));
        }),
      );
    });
}

interface PublishOptions extends Vhost {
  readonly exchange?: string;
  readonly body: string;
  readonly contentType?: string;
  readonly header?: Record<string, unknown>;
}

function definePublish(command: Command, shell: Shell): void {
  withVhost(command.argument('<engine>').argument('<queue>', 'with --exchange, the routing key'))
    .requiredOption('-b, --body <text>', 'the body, as UTF-8')
    .option('-e, --exchange <name>', 'to an exchange rather than to a queue')
    .option('-H, --header <name=value>', 'a header, such as tries=3', pairs)
    .option('--content-type <type>', 'what the body is')
    .action(async (engine: string, key: string, options: PublishOptions) => {
      const { vhost, exchange, body, contentType, header } = options;
      const properties = {
        ...(contentType === undefined ? {} : { contentType }),
        ...(header === undefined ? {} : { headers: header }),
      };
      const message = { engine, vhost, properties, body: Buffer.from(body, 'utf8').toString('base64') };
      const outcome = await withServer(command, shell, (server) =>
        exchange === undefined
          ? server.call('engine.queue.publish', { ...message, queue: key })
          : server.call('engine.exchange.publish', { ...message, exchange, routingKey: key }),
      );
      if (!outcome.routed)
        throw new CommandFailure('No queue is bound for it: the message was dropped.', exitCodes.failure);
      await printOutcome(command, shell, singleLine(`${engine} has the message.`), outcome);
    });
}

function definePurge(command: Command, shell: Shell): void {
  onQueue(command).action(async (engine: string, queue: string, { vhost }: Vhost) => {
    const outcome = await withServer(command, shell, (server) =>
      server.call('engine.queue.purge', { engine, vhost, queue }),
    );
    await printOutcome(command, shell, singleLine(`Removed ${outcome.messages} from ${queue}.`), outcome);
  });
}

function defineMove(command: Command, shell: Shell): void {
  onQueue(command)
    .requiredOption('--to <queue>', 'where they go, in the same virtual host')
    .option('-n, --count <n>', 'how many at most, up to 1000', wholeNumber(1, 1_000), 100)
    .action(
      async (
        engine: string,
        queue: string,
        { vhost, to, count }: Vhost & { readonly to: string; readonly count: number },
      ) => {
        const outcome = await withServer(command, shell, (server) =>
          server.call('engine.queue.move', { engine, vhost, queue, to, count }),
        );
        const rest = outcome.isDone ? '' : ' The others were not to be had in time.';
        await printOutcome(command, shell, singleLine(`Moved ${outcome.moved} to ${to}.${rest}`), outcome);
      },
    );
}

function definePause(
  command: Command,
  shell: Shell,
  operation: 'engine.queue.pause' | 'engine.queue.resume',
): void {
  const [done, already] =
    operation === 'engine.queue.pause' ? ['Paused', 'is paused already'] : ['Resumed', 'is not paused'];
  onQueue(command).action(async (engine: string, queue: string, { vhost }: Vhost) => {
    const outcome = await withServer(command, shell, (server) =>
      server.call(operation, { engine, vhost, queue }),
    );
    const line = outcome.changed ? `${done} ${queue}.` : `${queue} ${already}.`;
    await printOutcome(command, shell, singleLine(line), outcome);
  });
}

/** Defines the commands below `sluice engine` that work on one queue. */
export function defineQueueActs(engine: Command, shell: Shell): void {
  const below = (name: string, summary: string): Command => engine.command(name).description(summary);
  defineQueue(below('queue', 'everything about one queue, and what can be done with it'), shell);
  definePeek(below('peek', 'show messages; another engine takes them and gives them back'), shell);
  definePublish(below('publish', 'publish a message to a queue, or to an exchange'), shell);
  definePurge(below('purge', 'remove all ready messages'), shell);
  defineMove(below('move', 'move messages to another queue'), shell);
  definePause(below('pause', 'deliver nothing until resumed'), shell, 'engine.queue.pause');
  definePause(below('resume', 'deliver again'), shell, 'engine.queue.resume');
}
