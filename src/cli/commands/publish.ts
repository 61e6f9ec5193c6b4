/** `sluice publish`: returns when the message is durable. */
import type { Command } from 'commander';
import { SluiceError } from '../../kernel/index.js';
import { exitCodes } from '../exit-codes.js';
import { CommandFailure } from '../failure.js';
import { printOutcome } from '../listing.js';
import { readNamedFile } from '../named-file.js';
import { duration, pairs, wholeNumber } from '../option-values.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import { withVhost } from '../vhost-option.js';

interface PublishOptions {
  vhost: string;
  exchange: string;
  body?: string;
  file?: string;
  header?: Record<string, unknown>;
  contentType?: string;
  contentEncoding?: string;
  correlationId?: string;
  replyTo?: string;
  messageId?: string;
  type?: string;
  appId?: string;
  priority?: number;
  expiration?: number;
  transient?: boolean;
}

/** Larger than any message that a server would take through the control socket. */
const bodyBytesMax = 32 * 1_048_576;

async function bodyOf(shell: Shell, { body, file }: PublishOptions): Promise<Buffer> {
  if (body !== undefined && file !== undefined) {
    throw new SluiceError('bad-input', 'Give the body by --body or by --file, not both.');
  }
  if (body !== undefined) return Buffer.from(body);
  return readNamedFile(shell, file ?? '-', bodyBytesMax);
}

function propertiesOf(options: PublishOptions) {
  const { contentType, contentEncoding, correlationId, replyTo, messageId, type, appId, priority } = options;
  return {
    contentType,
    contentEncoding,
    correlationId,
    replyTo,
    messageId,
    type,
    appId,
    priority,
    headers: options.header,
    deliveryMode: options.transient === true ? 1 : 2,
    expiration: options.expiration === undefined ? undefined : String(options.expiration),
  };
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  withVhost(command.argument('<key>', 'the routing key; without --exchange, the name of the queue'))
    .option('-e, --exchange <name>', 'the exchange; left out, the default one', '')
    .option('-b, --body <text>', 'the body; left out, standard input')
    .option('-f, --file <file>', 'a file that holds the body')
    .option('-H, --header <name=value>', 'a header, such as x-deadline=1767225600000', pairs)
    .option('--content-type <type>', 'for example application/json')
    .option('--content-encoding <encoding>', 'for example gzip')
    .option('--correlation-id <id>', 'for replies')
    .option('--reply-to <queue>', 'where replies go')
    .option('--message-id <id>', 'names the message')
    .option('--type <type>', "the application's type of message")
    .option('--app-id <id>', 'names the application')
    .option('--priority <n>', 'from 0 to 255', wholeNumber(0, 255))
    .option('--expiration <time>', 'how long it may wait in a queue', duration)
    .option('--transient', 'it need not survive a restart')
    .action(async (routingKey: string, options: PublishOptions) => {
      const body = await bodyOf(shell, options);
      const outcome = await withServer(command, shell, (server) =>
        server.call('publish', {
          vhost: options.vhost,
          exchange: options.exchange,
          routingKey,
          properties: propertiesOf(options),
          body: body.toString('base64'),
        }),
      );
      if (!outcome.routed) {
        const where =
          options.exchange === '' ? `There is no queue ${routingKey}` : 'No queue is bound for it';
        throw new CommandFailure(`${where}: the message was dropped.`, exitCodes.failure);
      }
      await printOutcome(command, shell, 'Published.', outcome);
    });
}
