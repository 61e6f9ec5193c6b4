/** The properties of messages under RabbitMQ's names, both ways. */
import { SluiceError } from '../../kernel/index.js';
import type { MessageRow, OperationInput } from '../../operations/index.js';
import type { Fields } from './fields.js';

type Properties = OperationInput<'publish'>['properties'];

const texts = [
  ['content_type', 'contentType'],
  ['content_encoding', 'contentEncoding'],
  ['correlation_id', 'correlationId'],
  ['reply_to', 'replyTo'],
  ['message_id', 'messageId'],
  ['type', 'type'],
  ['app_id', 'appId'],
  ['cluster_id', 'clusterId'],
] as const;

const integers = [
  ['delivery_mode', 'deliveryMode'],
  ['priority', 'priority'],
  ['timestamp', 'timestamp'],
] as const;

/** Properties as they are sent; names that nobody knows are passed over. Throws `bad-input`. */
export function sentProperties(fields: Fields, caller: string): Properties {
  const properties: Record<string, unknown> = {};
  for (const [theirs, ours] of texts) if (fields.has(theirs)) properties[ours] = fields.text(theirs);
  for (const [theirs, ours] of integers) if (fields.has(theirs)) properties[ours] = fields.integer(theirs);
  const expiration = fields.get('expiration');
  if (expiration !== undefined) properties['expiration'] = String(fields.integer('expiration'));
  if (fields.has('headers')) properties['headers'] = fields.table('headers');
  const user = fields.text('user_id');
  if (user !== undefined && user !== caller) {
    throw new SluiceError(
      'bad-input',
      `user_id property set to '${user}' but authenticated user was '${caller}'`,
    );
  }
  if (user !== undefined) properties['userId'] = user;
  return properties;
}

const names: ReadonlyMap<string, string> = new Map<string, string>([
  ...[...texts, ...integers].map(([theirs, ours]) => [ours, theirs] as const),
  ['headers', 'headers'],
  ['expiration', 'expiration'],
  ['userId', 'user_id'],
]);

/** Properties as they came. RabbitMQ writes none as an empty list. */
export function namedProperties(properties: MessageRow['properties']): unknown {
  const entries = Object.entries(properties).map(
    ([ours, value]) => [names.get(ours) ?? ours, value] as const,
  );
  return entries.length === 0 ? [] : Object.fromEntries(entries);
}
