/** How programs describe a queue, and what the engine port makes of it. */
import { requireKnownOptions, SluiceError, type OptionNames } from '../kernel/index.js';
import {
  dispatchDeclarationOf,
  dispatchOptionNames,
  dispatchOptions,
  type DispatchOptions,
} from './dispatch-options.js';
import { millisecondsOf, type Duration } from './duration.js';
import type { DispatchDeclaration, QueueDeclaration, QueueOrder } from './topology.js';

const orders: Readonly<Record<string, QueueOrder>> = {
  fifo: 'fifo',
  priority: 'priority',
  deadline: 'deadline',
  edf: 'deadline',
  'rate-monotonic': 'rate-monotonic',
  rm: 'rate-monotonic',
  laxity: 'laxity',
  llf: 'laxity',
};

const dispatchNames = new Set<string>(dispatchOptionNames);

/** A queue's options. With any of them given, a queue that exists must stand as described. */
export interface QueueOptions
  extends
    DispatchOptions,
    Omit<QueueDeclaration, 'order' | 'messageTtlMs' | 'expiresMs' | keyof DispatchDeclaration> {
  /** How the next message is chosen; `edf`, `rm` and `llf` are other names for the last three. */
  readonly order?: QueueOrder | 'edf' | 'rm' | 'llf';
  /** How long a message may wait. */
  readonly messageTtl?: Duration;
  /** The queue goes when it was unused for so long. */
  readonly expires?: Duration;
}

const optionNames: OptionNames<QueueOptions> = {
  ...dispatchOptions,
  durable: true,
  exclusive: true,
  autoDelete: true,
  order: true,
  priorityMax: true,
  deadLetter: true,
  messageTtl: true,
  expires: true,
  lengthMax: true,
  bytesMax: true,
  overflow: true,
  deliveryLimit: true,
  singleActiveConsumer: true,
  messageIndex: true,
  type: true,
  arguments: true,
};

/** Throws `bad-input` for an option that does not exist or makes no sense. */
export function declarationOf(options: QueueOptions): QueueDeclaration {
  requireKnownOptions(options, optionNames, 'a queue');
  const { order, messageTtl, expires, ...rest } = options;
  if (order !== undefined && orders[order] === undefined) {
    throw new SluiceError(
      'bad-input',
      `'${order}' is no order of a queue: give ${Object.keys(orders).join(', ')}`,
    );
  }
  const dispatch = dispatchDeclarationOf(rest);
  const plain = Object.entries(rest).filter(([name]) => !dispatchNames.has(name));
  if (dispatch.fairBudget !== undefined && (order === undefined || orders[order] !== 'deadline'))
    throw new SluiceError('bad-input', "fairBudget is for queues of order 'deadline'");
  return {
    ...Object.fromEntries(plain),
    ...dispatch,
    ...(order === undefined ? {} : { order: orders[order]! }),
    ...(messageTtl === undefined ? {} : { messageTtlMs: millisecondsOf(messageTtl, 'messageTtl') }),
    ...(expires === undefined ? {} : { expiresMs: millisecondsOf(expires, 'expires') }),
  };
}

/** Throws `bad-input` unless `name` can name a queue or an exchange on every engine. */
export function checkName(name: string, what: string): void {
  if (typeof name === 'string' && name !== '' && Buffer.byteLength(name) <= 255) return;
  throw new SluiceError('bad-input', `the name of ${what} has 1 to 255 bytes`, { details: { name } });
}
