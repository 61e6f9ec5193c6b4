/** What the server says of itself where RabbitMQ's clients ask: its name as a node, and the release it is like. */
import { hostname } from 'node:os';

/** The RabbitMQ release whose behaviour is matched, as AMQP clients are told it too. */
export const likeRabbitmqVersion = '4.3.6';

/** The one node there is. */
export const nodeName = `sluice@${hostname()}`;

/** Exchange types with RabbitMQ's descriptions; those that Sluice has. */
export const exchangeTypes = [
  { name: 'direct', description: 'AMQP direct exchange, as per the AMQP specification', enabled: true },
  { name: 'fanout', description: 'AMQP fanout exchange, as per the AMQP specification', enabled: true },
  { name: 'headers', description: 'AMQP headers exchange, as per the AMQP specification', enabled: true },
  { name: 'topic', description: 'AMQP topic exchange, as per the AMQP specification', enabled: true },
  { name: 'x-consistent-hash', description: 'Consistent hashing exchange', enabled: true },
  { name: 'x-delayed-message', description: 'Delayed message exchange', enabled: true },
] as const;
