/** Whether a declaration repeats what stands, and RabbitMQ's words for where it does not. */
import { SluiceError } from '../kernel/index.js';
import { plainValue, valuesEquivalent, type FieldTable, type FieldValue } from './content/index.js';
import type { Exchange } from './exchange.js';
import type { ExchangeDeclaration, QueueDeclaration } from './face.js';
import { comparedArguments } from './queue-settings.js';
import type { Queue } from './queue.js';

/** Throws `exclusive` for another connection's queue, `precondition-failed` naming what differs. */
export function checkSameQueue(queue: Queue, declaration: QueueDeclaration, owner: object): void {
  if (queue.owner !== undefined && queue.owner !== owner) throw lockedQueue(queue);
  const where = `queue '${queue.name}' in vhost '${queue.vhost}'`;
  if (queue.exclusive !== declaration.exclusive) throw lockedQueue(queue);
  checkFlag('durable', queue.durable, declaration.durable, where);
  checkFlag('auto_delete', queue.autoDelete, declaration.autoDelete, where);
  for (const name of comparedArguments) checkArgument(name, queue.arguments, declaration.arguments, where);
}

/** What somebody hears who may not use an exclusive queue. */
export function lockedQueue(queue: Queue): SluiceError {
  return new SluiceError(
    'exclusive',
    `cannot obtain exclusive access to locked queue '${queue.name}' in vhost '${queue.vhost}'. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.`,
  );
}

/** Throws `precondition-failed` naming what differs. */
export function checkSameExchange(exchange: Exchange, declaration: ExchangeDeclaration): void {
  const where = `exchange '${exchange.name}' in vhost '${exchange.vhost}'`;
  if (exchange.type !== declaration.type)
    throw inequivalent('type', where, `'${declaration.type}'`, `'${exchange.type}'`);
  checkFlag('durable', exchange.durable, declaration.durable, where);
  checkFlag('auto_delete', exchange.autoDelete, declaration.autoDelete, where);
  checkFlag('internal', exchange.internal, declaration.internal, where);
  checkArgument('alternate-exchange', exchange.arguments, declaration.arguments, where);
  checkArgument('x-delayed-type', exchange.arguments, declaration.arguments, where);
}

function checkFlag(name: string, current: boolean, received: boolean, where: string): void {
  if (current !== received) throw inequivalent(name, where, `'${received}'`, `'${current}'`);
}

function checkArgument(name: string, current: FieldTable, received: FieldTable, where: string): void {
  const [now, asked] = [current.get(name), received.get(name)];
  if (now === asked || (now !== undefined && asked !== undefined && valuesEquivalent(now, asked))) return;
  // A classic queue may say so or not.
  if (name === 'x-queue-type' && (now ?? 'classic') === (asked ?? 'classic')) return;
  throw inequivalent(name, where, describeArgument(asked), describeArgument(now));
}

function describeArgument(value: FieldValue | undefined): string {
  if (value === undefined) return 'none';
  const type = typeof value === 'string' ? 'longstr' : typeof value === 'boolean' ? 'bool' : 'signedint';
  const plain = plainValue(value);
  const text = typeof plain === 'string' ? plain : JSON.stringify(plain);
  return `the value '${text}' of type '${type}'`;
}

function inequivalent(name: string, where: string, received: string, current: string): SluiceError {
  return new SluiceError(
    'precondition-failed',
    `inequivalent arg '${name}' for ${where}: received ${received} but current is ${current}`,
  );
}
