/** One client connection: its channels, and the exclusive queues that go with it. */
import { Channel } from './channel.js';
import type { DeliveryGate } from './consumer.js';
import type { BrokerCore } from './core.js';
import { ReturnCause } from './custody/custody-runs.js';
import { Party } from './custody/party.js';
import type { BrokerChannel, BrokerConnection, ChannelSink, ConnectionInfo } from './face.js';
import type { Queue } from './queue.js';
import type { VirtualHost } from './state.js';

export class Connection implements BrokerConnection {
  readonly #core: BrokerCore;
  readonly name: string;
  readonly user: string;
  readonly vhost: VirtualHost;
  /** Who it is, for what is published, got or purged through it. */
  readonly party: Party;
  readonly channels = new Set<Channel>();
  readonly exclusiveQueues = new Set<Queue>();
  isWritable = true;
  readonly #onClose: (connection: Connection) => void;
  #isClosed = false;
  #channelsNumbered = 0;

  constructor(
    core: BrokerCore,
    info: ConnectionInfo,
    vhost: VirtualHost,
    onClose: (connection: Connection) => void,
  ) {
    this.#core = core;
    this.name = info.name;
    this.user = info.user;
    this.party = partyOf(info);
    this.vhost = vhost;
    this.#onClose = onClose;
  }

  openChannel(sink: ChannelSink): BrokerChannel {
    const channel = new Channel(this.#core, this, sink);
    this.channels.add(channel);
    return channel;
  }

  /** Who a channel belongs to, and its number: the protocol's, or else counted here. */
  clientOf(sink: ChannelSink): DeliveryGate['client'] {
    return { connection: this.name, user: this.user, channel: sink.number ?? ++this.#channelsNumbered };
  }

  setWritable(writable: boolean): void {
    if (this.isWritable === writable) return;
    this.isWritable = writable;
    if (writable) for (const channel of this.channels) channel.wake();
  }

  /** `cause`: why what its channels held comes back. */
  close(cause: ReturnCause = ReturnCause.connectionClosed): number {
    if (this.#isClosed) return 0;
    this.#isClosed = true;
    for (const channel of [...this.channels]) channel.close(cause);
    for (const queue of this.exclusiveQueues) if (!queue.isDeleted) this.#core.topology.removeQueue(queue);
    this.#onClose(this);
    return this.#core.journal.lastSequence;
  }
}

function partyOf({ name, user, clientName = '', isOperator }: ConnectionInfo): Party {
  return new Party({
    ...{ user, connection: name },
    ...(clientName === '' ? {} : { clientName }),
    ...(isOperator === true ? { isOperator } : {}),
  });
}
