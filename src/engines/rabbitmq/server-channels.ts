/** Short operations on a server, each on a channel of its own, because a refusal closes the channel. */
import type { Channel } from 'amqplib';
import { SluiceError } from '../../kernel/index.js';
import { closePolitely } from './close-politely.js';
import { isLostConnection, refusalOf } from './refusals.js';
import type { ServerConnection } from './server-connection.js';

export class ServerChannels {
  readonly #connection: ServerConnection;

  constructor(connection: ServerConnection) {
    this.#connection = connection;
  }

  /**
   * Runs `use` on a new channel. It may run again when the connection was lost meanwhile, so it only does what can be
   * done twice. Rejects with what the server refused, `connection-failed` or `closed`.
   */
  async use<Result>(use: (channel: Channel) => Promise<Result>): Promise<Result> {
    for (;;) {
      const model = await this.#connection.wait();
      try {
        const channel = await model.createChannel();
        // What it refuses also rejects the call.
        channel.on('error', () => undefined);
        const result = await use(channel);
        await closePolitely(channel);
        return result;
      } catch (error) {
        if (!isLostConnection(error) || this.#connection.model === model) throw refusalOf(error);
      }
    }
  }

  /** As `use`, but gives undefined where the server answers that it is not there. */
  async find<Result>(use: (channel: Channel) => Promise<Result>): Promise<Result | undefined> {
    try {
      return await this.use(use);
    } catch (error) {
      if (error instanceof SluiceError && error.code === 'not-found') return undefined;
      throw error;
    }
  }
}
