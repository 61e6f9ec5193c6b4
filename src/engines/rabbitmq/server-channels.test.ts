/** Channels of single operations, on a connection that goes while they are closed. */
import { EventEmitter } from 'node:events';
import type { ChannelModel } from 'amqplib';
import { expect, it } from 'vitest';
import { ServerChannels } from './server-channels.js';
import type { ServerConnection } from './server-connection.js';

/** As the client library's: it forgets who waits for the end of a channel whose connection goes first. */
class DyingChannel extends EventEmitter {
  close(): Promise<void> {
    queueMicrotask(() => this.emit('close'));
    return new Promise(() => undefined);
  }
}

it('an operation that is done is told of, though the connection goes before its channel is closed', async () => {
  const model = { createChannel: () => Promise.resolve(new DyingChannel()) } as unknown as ChannelModel;
  const connection = { model, wait: () => Promise.resolve(model) } as unknown as ServerConnection;
  expect(await new ServerChannels(connection).use(() => Promise.resolve('done'))).toBe('done');
});
