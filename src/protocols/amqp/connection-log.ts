/** The log lines of one connection: always named, and with its user and virtual host once they are known. */
import type { Identity } from '../../access/index.js';
import { replyCodes } from './codec/index.js';
import { amqpEvents, type Logger } from './logger.js';
import { printable, type Reply } from './reply-codes.js';

/** Whose connection it is. */
export interface LogOwner {
  readonly identity: Identity;
  readonly vhost: string;
}

export class ConnectionLog {
  readonly #logger: Logger;
  readonly #name: string;
  /** Set once the connection is open. */
  owner: LogOwner | undefined;

  constructor(logger: Logger, name: string) {
    this.#logger = logger;
    this.#name = name;
  }

  write(level: 'info' | 'warn', event: string, message: string): void {
    const { owner } = this;
    const whose =
      owner === undefined ? {} : { user: printable(owner.identity.name), vhost: printable(owner.vhost) };
    this.#logger[level]({ event, connection: this.#name, ...whose }, message);
  }

  /** A failure closes the connection; the cause of one of ours is logged, not told. */
  failed(thrown: unknown, reply: Reply): void {
    if (reply.code !== replyCodes.internalError) {
      const message = `connection closed with an error: ${reply.text}`;
      this.write('warn', amqpEvents.connectionFailed, message);
      return;
    }
    this.#logger.error(
      { event: amqpEvents.internalError, connection: this.#name, err: thrown },
      'an internal error closes the connection',
    );
  }
}
