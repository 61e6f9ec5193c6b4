/**
 * AMQP 0-9-1's methods and content properties with RabbitMQ's additions, as the conformance client reads and
 * writes them. Written apart from the server's own codec on purpose, so that a mistake in one shows.
 */

/** The type of one field of a method. Consecutive bits share octets. */
export type FieldType = 'u8' | 'u16' | 'u32' | 'u64' | 'bit' | 'short' | 'long' | 'table' | 'timestamp';

/** One named field. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
}

/** One method: its numbers and its fields in order. */
export interface Method {
  readonly name: string;
  readonly classId: number;
  readonly methodId: number;
  readonly fields: readonly Field[];
}

const lines = `
connection.start 10.10 major:u8 minor:u8 properties:table mechanisms:long locales:long
connection.start-ok 10.11 properties:table mechanism:short response:long locale:short
connection.secure 10.20 challenge:long
connection.secure-ok 10.21 response:long
connection.tune 10.30 channelMax:u16 frameMax:u32 heartbeat:u16
connection.tune-ok 10.31 channelMax:u16 frameMax:u32 heartbeat:u16
connection.open 10.40 virtualHost:short reserved1:short reserved2:bit
connection.open-ok 10.41 reserved1:short
connection.close 10.50 replyCode:u16 replyText:short classId:u16 methodId:u16
connection.close-ok 10.51
connection.blocked 10.60 reason:short
connection.unblocked 10.61
connection.update-secret 10.70 secret:long reason:short
connection.update-secret-ok 10.71
channel.open 20.10 reserved1:short
channel.open-ok 20.11 reserved1:long
channel.flow 20.20 active:bit
channel.flow-ok 20.21 active:bit
channel.close 20.40 replyCode:u16 replyText:short classId:u16 methodId:u16
channel.close-ok 20.41
access.request 30.10 realm:short exclusive:bit passive:bit active:bit write:bit read:bit
access.request-ok 30.11 reserved1:u16
exchange.declare 40.10 reserved1:u16 exchange:short type:short passive:bit durable:bit autoDelete:bit internal:bit noWait:bit arguments:table
exchange.declare-ok 40.11
exchange.delete 40.20 reserved1:u16 exchange:short ifUnused:bit noWait:bit
exchange.delete-ok 40.21
exchange.bind 40.30 reserved1:u16 destination:short source:short routingKey:short noWait:bit arguments:table
exchange.bind-ok 40.31
exchange.unbind 40.40 reserved1:u16 destination:short source:short routingKey:short noWait:bit arguments:table
exchange.unbind-ok 40.51
queue.declare 50.10 reserved1:u16 queue:short passive:bit durable:bit exclusive:bit autoDelete:bit noWait:bit arguments:table
queue.declare-ok 50.11 queue:short messageCount:u32 consumerCount:u32
queue.bind 50.20 reserved1:u16 queue:short exchange:short routingKey:short noWait:bit arguments:table
queue.bind-ok 50.21
queue.purge 50.30 reserved1:u16 queue:short noWait:bit
queue.purge-ok 50.31 messageCount:u32
queue.delete 50.40 reserved1:u16 queue:short ifUnused:bit ifEmpty:bit noWait:bit
queue.delete-ok 50.41 messageCount:u32
queue.unbind 50.50 reserved1:u16 queue:short exchange:short routingKey:short arguments:table
queue.unbind-ok 50.51
basic.qos 60.10 prefetchSize:u32 prefetchCount:u16 global:bit
basic.qos-ok 60.11
basic.consume 60.20 reserved1:u16 queue:short consumerTag:short noLocal:bit noAck:bit exclusive:bit noWait:bit arguments:table
basic.consume-ok 60.21 consumerTag:short
basic.cancel 60.30 consumerTag:short noWait:bit
basic.cancel-ok 60.31 consumerTag:short
basic.publish 60.40 reserved1:u16 exchange:short routingKey:short mandatory:bit immediate:bit
basic.return 60.50 replyCode:u16 replyText:short exchange:short routingKey:short
basic.deliver 60.60 consumerTag:short deliveryTag:u64 redelivered:bit exchange:short routingKey:short
basic.get 60.70 reserved1:u16 queue:short noAck:bit
basic.get-ok 60.71 deliveryTag:u64 redelivered:bit exchange:short routingKey:short messageCount:u32
basic.get-empty 60.72 reserved1:short
basic.ack 60.80 deliveryTag:u64 multiple:bit
basic.reject 60.90 deliveryTag:u64 requeue:bit
basic.recover-async 60.100 requeue:bit
basic.recover 60.110 requeue:bit
basic.recover-ok 60.111
basic.nack 60.120 deliveryTag:u64 multiple:bit requeue:bit
confirm.select 85.10 noWait:bit
confirm.select-ok 85.11
tx.select 90.10
tx.select-ok 90.11
tx.commit 90.20
tx.commit-ok 90.21
tx.rollback 90.30
tx.rollback-ok 90.31
`;

function parseField(word: string): Field {
  const [name, type] = word.split(':') as [string, FieldType];
  return { name, type };
}

function parseMethod(line: string): Method {
  const [name, numbers, ...fields] = line.split(' ') as [string, string, ...string[]];
  const [classId, methodId] = numbers.split('.').map(Number) as [number, number];
  return { name, classId, methodId, fields: fields.map(parseField) };
}

const methods = lines.trim().split('\n').map(parseMethod);
const byName = new Map(methods.map((method) => [method.name, method]));
const byNumbers = new Map(methods.map((method) => [`${method.classId}.${method.methodId}`, method]));

/** Methods after which a content header and body follow. */
export const contentMethods = new Set(['basic.publish', 'basic.return', 'basic.deliver', 'basic.get-ok']);

/** The class of all content. */
export const basicClass = 60;

export function methodNamed(name: string): Method {
  const method = byName.get(name);
  if (method === undefined) throw new Error(`no method ${name}`);
  return method;
}

export function methodNumbered(classId: number, methodId: number): Method {
  const method = byNumbers.get(`${classId}.${methodId}`);
  if (method === undefined) throw new Error(`the server sent an unknown method ${classId}.${methodId}`);
  return method;
}

/** The content properties, the first at flag bit 15. */
export const propertyFields: readonly Field[] = (
  'contentType:short contentEncoding:short headers:table deliveryMode:u8 priority:u8 correlationId:short ' +
  'replyTo:short expiration:short messageId:short timestamp:timestamp type:short userId:short appId:short ' +
  'clusterId:short'
)
  .split(' ')
  .map(parseField);
