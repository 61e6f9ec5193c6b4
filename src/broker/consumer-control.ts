/**
 * What operators do to consumers from outside: end one, or let it hold more or fewer messages. Invariant: what a
 * consumer held is back in its queue, as after a lost connection, before `close` returns; nothing here is recorded.
 */
import { SluiceError } from '../kernel/index.js';
import type { ConsumerAdministration } from './administration-face.js';
import type { Consumer } from './consumer.js';
import type { BrokerCore } from './core.js';
import { ReturnCause } from './custody/custody-runs.js';
import type { Queue } from './queue.js';

const prefetchMax = 65_535;

export class ConsumerControl implements ConsumerAdministration {
  readonly #core: BrokerCore;

  constructor(core: BrokerCore) {
    this.#core = core;
  }

  close(vhost: string, name: string, identity: string, reason: string): { readonly returned: number } {
    const { queue, consumer } = this.#find(vhost, name, identity);
    const { gate, holder, unacknowledged: returned } = consumer;
    const isTold = gate.endConsumer({
      holder,
      queue,
      consumer,
      message: reason,
      cause: ReturnCause.consumerEnded,
    });
    if (!isTold) gate.sink.channelFailed('precondition-failed', reason);
    this.#core.recorder.flushSettled();
    return { returned };
  }

  setPrefetch(
    vhost: string,
    name: string,
    identity: string,
    prefetch: number,
  ): { readonly previous: number } {
    if (!Number.isInteger(prefetch) || prefetch < 0 || prefetch > prefetchMax)
      throw new SluiceError('bad-input', `a prefetch is a whole number from 0 to ${prefetchMax}`);
    const { queue, consumer } = this.#find(vhost, name, identity);
    const previous = consumer.prefetch;
    consumer.prefetch = prefetch;
    queue.isIdle = false;
    this.#core.dispatcher.request(queue);
    return { previous };
  }

  #find(vhost: string, name: string, identity: string): { queue: Queue; consumer: Consumer } {
    const queue = this.#core.state.vhost(vhost).queues.get(name);
    if (queue === undefined) throw new SluiceError('not-found', `no queue '${name}' in vhost '${vhost}'`);
    for (const consumer of queue.consumers) if (consumer.identity === identity) return { queue, consumer };
    throw new SluiceError('not-found', `queue '${name}' has no consumer '${identity}'`);
  }
}
