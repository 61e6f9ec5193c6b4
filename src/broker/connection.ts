/** One client connection: its channels, and the exclusive queues that go with it. */
import { Channel } from './channel.js';
import type { BrokerCore } from './core.js';
import type { BrokerChannel, BrokerConnection, ChannelSink } from './face.js';
import type { Queue } from './queue.js';
import type { VirtualHost } from './state.js';

export class Connection implements BrokerConnection {
  readonly #core: BrokerCore;
  readonly name: string;
  readonly user: string;
  readonly vhost: VirtualHost;
  readonly channels = new Set<Channel>();
  readonly exclusiveQueues = new Set<Queue>();
  isWritable = true;
  readonly #onClose: (connection: Connection) => void;
  #isClosed = false;

  constructor(
    core: BrokerCore,
    info: { readonly name: string; readonly user: string },
    vhost: VirtualHost,
    onClose: (connection: Connection) => void,
  ) {
    this.#core = core;
    this.name = info.name;
    this.user = info.user;
    this.vhost = vhost;
    this.#onClose = onClose;
  }

  openChannel(sink: ChannelSink): BrokerChannel {
    const channel = new Channel(this.#core, this, sink);
    this.channels.add(channel);
    return channel;
  }

  setWritable(writable: boolean): void {
    if (this.isWritable === writable) return;
    this.isWritable = writable;
    if (writable) for (const channel of this.channels) channel.wake();
  }

  close(): number {
    if (this.#isClosed) return 0;
    this.#isClosed = true;
    for (const channel of [...this.channels]) channel.close();
    for (const queue of this.exclusiveQueues) if (!queue.isDeleted) this.#core.topology.removeQueue(queue);
    this.#onClose(this);
    return this.#core.journal.lastSequence;
  }
}
