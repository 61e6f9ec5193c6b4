/** Reads what queues and consumers have measured. Invariant: reading changes no state, only the readers' intervals. */
import { SluiceError } from '../../kernel/index.js';
import type { Consumer } from '../consumer.js';
import type { BrokerCore } from '../core.js';
import type { Queue } from '../queue.js';
import type { VirtualHost } from '../state.js';
import type {
  BrokerMeasures,
  MeasuredConsumer,
  MeasuredExchange,
  MeasuredQueue,
  RetiredLatencies,
  SummedLatencies,
  UnroutableCounts,
} from './face.js';
import { consumerFrame, fillConsumer } from './measured-consumer.js';
import { fillQueue, queueFrame, readCapacity } from './measured-queue.js';

export class MeasuresView implements BrokerMeasures {
  readonly #core: BrokerCore;

  constructor(core: BrokerCore) {
    this.#core = core;
  }

  get retiredLatencies(): ReadonlyMap<string, RetiredLatencies> {
    return this.#core.meters.retired;
  }

  latencies(): SummedLatencies | undefined {
    const { meters, clock } = this.#core;
    return meters.isOn ? meters.whole.read(clock.now()) : undefined;
  }

  latenciesOf(vhost: string): SummedLatencies | undefined {
    const { meters, clock, state } = this.#core;
    if (!meters.isOn || !state.virtualHosts.has(vhost)) return undefined;
    return meters.ofVirtualHost(vhost).read(clock.now());
  }

  *eachQueue(vhost?: string): Generator<MeasuredQueue, void, undefined> {
    const frame = queueFrame();
    for (const { queues } of this.#hosts(vhost))
      for (const queue of queues.values()) yield fillQueue(frame, queue, this.#core);
  }

  ofQueue(vhost: string, queue: string): MeasuredQueue {
    return fillQueue(queueFrame(), this.#queue(vhost, queue), this.#core);
  }

  capacityOf(vhost: string, name: string): number {
    const queue = this.#core.state.virtualHosts.get(vhost)?.queues.get(name);
    return queue === undefined ? NaN : readCapacity(queue, this.#core, this.#core.clock.now());
  }

  *eachConsumer(vhost?: string): Generator<MeasuredConsumer, void, undefined> {
    const frame = consumerFrame();
    for (const { queues } of this.#hosts(vhost))
      for (const queue of queues.values())
        for (const consumer of queue.consumers) yield fillConsumer(frame, queue, consumer, this.#core);
  }

  consumersOf(vhost: string, name: string): MeasuredConsumer[] {
    const queue = this.#queue(vhost, name);
    const filled = (consumer: Consumer): MeasuredConsumer =>
      fillConsumer(consumerFrame(), queue, consumer, this.#core);
    return [...queue.consumers].map(filled);
  }

  *eachExchange(vhost?: string): Generator<MeasuredExchange, void, undefined> {
    const frame: MeasuredExchange = { vhost: '', name: '', publishedIn: 0, publishedOut: 0 };
    for (const host of this.#hosts(vhost))
      for (const { name, published } of host.exchanges.values()) {
        frame.vhost = host.name;
        frame.name = name;
        frame.publishedIn = published.in;
        frame.publishedOut = published.out;
        yield frame;
      }
  }

  unroutable(): ReadonlyMap<string, Readonly<UnroutableCounts>> {
    const hosts = [...this.#core.state.virtualHosts.values()];
    return new Map(hosts.map(({ name, unroutable }) => [name, { ...unroutable }]));
  }

  #hosts(name: string | undefined): Iterable<VirtualHost> {
    return name === undefined ? this.#core.state.virtualHosts.values() : [this.#core.state.vhost(name)];
  }

  #queue(vhost: string, name: string): Queue {
    const queue = this.#core.state.vhost(vhost).queues.get(name);
    if (queue === undefined) throw new SluiceError('not-found', `no queue '${name}' in vhost '${vhost}'`);
    return queue;
  }
}
