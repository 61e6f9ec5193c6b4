/**
 * The broker alone, without sockets: two of them in this process, one that measures and one that does not, take turns
 * every few thousand messages, so that whatever else the machine does falls on both alike.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  encodeProperties,
  fieldTable,
  openBroker,
  PropertyScan,
  scanProperties,
} from '../../dist/broker/index.js';
import { systemClock, systemDisk, systemRandom } from '../../dist/kernel/index.js';

const batch = 64;

/** A message as a protocol hands it over. */
function inbound(queue, bytes, headers) {
  const name = Buffer.from(queue);
  const route = Buffer.concat([Buffer.from([0, name.length]), name]);
  const properties = encodeProperties({
    deliveryMode: 2,
    ...(headers === undefined ? {} : { headers: fieldTable(headers) }),
  });
  const scan = new PropertyScan();
  scanProperties(properties, 0, properties.length, scan);
  const body = Buffer.alloc(bytes, 'x');
  return {
    ...{ exchange: '', routingKey: queue, routeBuffer: route, routeStart: 0, routeEnd: route.length },
    ...{
      mandatory: false,
      propertiesBuffer: properties,
      propertiesStart: 0,
      propertiesEnd: properties.length,
    },
    ...{ scan, bodyBuffer: body, bodyStart: 0, bodyEnd: body.length, chunks: undefined },
  };
}

/** One broker with queues that the same channel publishes to, consumes from and acknowledges, each delivery by itself. */
export class LoadedBroker {
  static async open(measures, { queues = 1, sizeBytes = 128, order = 'fifo', clock = systemClock() } = {}) {
    const loaded = new LoadedBroker();
    loaded.directory = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
    loaded.broker = await openBroker({
      ...{ directory: loaded.directory, disk: systemDisk(), clock, random: systemRandom() },
      settings: { measures },
      onFailure: (error) => {
        throw error;
      },
    });
    const connection = loaded.broker.connect({ name: 'bench', user: 'guest', vhost: '/' });
    loaded.tags = [];
    loaded.channel = connection.openChannel({
      deliver: (_tag, _bytes, deliveryTag) => loaded.tags.push(deliveryTag),
      consumerCancelled: () => undefined,
      channelFailed: () => undefined,
    });
    loaded.messages = [];
    for (let index = 0; index < queues; index++) loaded.declare(`bench.${index}`, sizeBytes, order);
    loaded.next = 0;
    return loaded;
  }

  declare(name, sizeBytes, order) {
    const { channel } = this;
    const table = fieldTable(order === 'fifo' ? {} : { 'x-order': order });
    channel.declareQueue({ name, durable: true, exclusive: false, autoDelete: false, arguments: table });
    const request = { queue: name, consumerTag: '', noAck: false, exclusive: false };
    channel.start(channel.consume({ ...request, arguments: fieldTable({}) }));
    const headers = order === 'fifo' ? undefined : { 'x-deadline': Date.now() + 60_000 };
    this.messages.push(inbound(name, sizeBytes, headers ?? undefined));
  }

  /** Publishes, takes and acknowledges so many messages; gives the processor time, in µs, all threads together. */
  async run(count) {
    const before = process.cpuUsage();
    for (let left = count; left > 0; left -= batch) {
      for (let index = 0; index < batch; index++)
        this.channel.publish(this.messages[this.next++ % this.messages.length]);
      await new Promise(setImmediate);
      for (const tag of this.tags.splice(0)) this.channel.acknowledge(tag, false);
    }
    await this.broker.administration.durable();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  }

  /** One reading of everything, as the sampler makes it once a second; gives what it took, in µs. */
  read() {
    const before = process.cpuUsage();
    let queues = 0;
    for (const queue of this.broker.administration.measures.eachQueue()) queues += queue.name === '' ? 0 : 1;
    const { user, system } = process.cpuUsage(before);
    return queues === 0 ? 0 : user + system;
  }

  async close() {
    await this.broker.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}

const slice = 4_096;

/**
 * One pair: `slices` turns of each, the first to go changing. Processor time a message, in µs, and the ratio of each two
 * turns that follow each other.
 */
export async function brokerPair(on, off, slices) {
  const spent = { on: 0, off: 0 };
  const turnRatios = [];
  for (let index = 0; index < slices; index++) {
    const order = index % 2 === 0 ? ['on', 'off'] : ['off', 'on'];
    const turn = {};
    for (const name of order) turn[name] = await (name === 'on' ? on : off).run(slice);
    spent.on += turn.on;
    spent.off += turn.off;
    turnRatios.push(turn.on / turn.off);
  }
  const messages = slices * slice;
  const [onMicroseconds, offMicroseconds] = [spent.on / messages, spent.off / messages];
  return {
    on: { microseconds: onMicroseconds },
    off: { microseconds: offMicroseconds },
    ratio: onMicroseconds / offMicroseconds,
    turnRatios,
  };
}
