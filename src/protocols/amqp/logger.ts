/** What the AMQP server needs of a logger (pino's shape), and its stable event codes: programs match on them. */

/** Writes one line: fields for programs, a message for people. */
export type LogLine = (fields: Readonly<Record<string, unknown>>, message: string) => void;

export interface Logger {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  readonly error: LogLine;
}

/** The `event` field of every line that `protocols/amqp` writes. */
export const amqpEvents = {
  listening: 'amqp.listening',
  stopped: 'amqp.stopped',
  listenerFailed: 'amqp.listener-failed',
  tlsFailed: 'amqp.tls-failed',
  connectionLimit: 'amqp.connection-limit',
  connectionOpened: 'amqp.connection-opened',
  connectionClosed: 'amqp.connection-closed',
  connectionLost: 'amqp.connection-lost',
  connectionFailed: 'amqp.connection-failed',
  connectionBlocked: 'amqp.connection-blocked',
  foreignProtocol: 'amqp.foreign-protocol',
  handshakeTimeout: 'amqp.handshake-timeout',
  heartbeatMissed: 'amqp.heartbeat-missed',
  signInRefused: 'amqp.sign-in-refused',
  channelFailed: 'amqp.channel-failed',
  internalError: 'amqp.internal-error',
} as const;

/** For those who want no log. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
