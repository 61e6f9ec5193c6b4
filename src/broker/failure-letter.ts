/** Checks what a client tells of a message that failed for good, before anything is done. */
import { SluiceError } from '../kernel/index.js';
import { fieldTableBytes } from './content/index.js';
import type { FailureReport } from './face.js';
import type { FailureLetter } from './mover.js';
import type { Queue } from './queue.js';
import type { VirtualHost } from './state.js';

/** Encoded bytes of the headers that may be added: an error's text and stack, not a second body. */
const headersBytesMax = 32 * 1024;

/** Headers that the broker reads or writes itself. */
const reserved = /^(?:cc|bcc|x-delay|x-after|x-death|x-(?:first|last)-death-.*)$/i;

/** Throws `not-found`, `precondition-failed` or `bad-input`, as `BrokerChannel.deadLetter` says. */
export function failureLetter(
  vhost: VirtualHost,
  from: Queue,
  { queue, headers }: FailureReport,
): FailureLetter {
  if (queue === undefined && from.settings.deadLetterExchange === undefined)
    throw new SluiceError(
      'precondition-failed',
      `queue '${from.name}' has no dead-letter exchange: name the queue that the message is to move to`,
    );
  if (queue !== undefined && !vhost.queues.has(queue))
    throw new SluiceError('not-found', `no queue '${queue}' in vhost '${vhost.name}'`);
  const bytes = fieldTableBytes(headers);
  if (bytes > headersBytesMax)
    throw new SluiceError(
      'bad-input',
      `what is told of a failure has ${bytes} bytes of headers, more than ${headersBytesMax}`,
    );
  for (const name of headers.keys())
    if (reserved.test(name)) throw new SluiceError('bad-input', `the header '${name}' is the broker's own`);
  return { queue, headers };
}
