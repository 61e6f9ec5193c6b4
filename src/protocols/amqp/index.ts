/** The AMQP 0-9-1 server. */
export type { ChannelReport } from './channel-session.js';
export type { ConnectionFigures, ConnectionReport } from './connection-report.js';
export type { Tuning } from './handshake.js';
export type { ListenerOptions } from './listeners.js';
export { amqpEvents, silentLogger, type Logger, type LogLine } from './logger.js';
export type { Churn } from './server-context.js';
export { AmqpServer, type AmqpServerOptions } from './server.js';
export type { PublisherLimit, ThrottleTarget } from './publisher-throttle.js';
export { matchedRabbitmqVersion } from './server-properties.js';
export { amqpSettings, type AmqpSettings } from './settings.js';
