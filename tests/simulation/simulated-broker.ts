/** A broker on a simulated disk and a clock that moves when told: what tests of the broker begin with. */
import {
  fieldTable,
  openBroker,
  type Broker,
  type BrokerChannel,
  type BrokerConnection,
  type BrokerOptions,
  type QueueReport,
} from '../../src/broker/index.js';
import { FakeClock, seededRandom, SimulatedDisk, type SluiceError } from '../../src/kernel/index.js';
import { inboundMessage, type MessageChoice } from './inbound-message.js';
import { RecordingSink } from './recording-sink.js';

export const directory = '/data';

/** Small sizes, so that segments fill, caches overflow and snapshots come soon. */
export const smallJournal: NonNullable<BrokerOptions['journal']> = {
  segmentBytes: 256 * 1024,
  segmentBytesFirst: 128 * 1024,
  tailCacheBytes: 256 * 1024,
  blockCacheBytes: 512 * 1024,
  freeBytesMin: 64 * 1024,
};

export interface SimulatedBrokerOptions {
  readonly disk?: SimulatedDisk;
  readonly clock?: FakeClock;
  readonly seed?: number;
  readonly settings?: BrokerOptions['settings'];
  readonly journal?: BrokerOptions['journal'];
  readonly hashEveryRecords?: number;
}

/** Lets everything that waits for nothing but promises and turns of the loop come to its end. */
export async function settle(turns = 4): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export class SimulatedBroker {
  readonly broker: Broker;
  readonly disk: SimulatedDisk;
  readonly clock: FakeClock;
  readonly failures: SluiceError[];
  /** Codes of what the broker and its journal logged. */
  readonly events: string[];
  readonly #seed: number;

  private constructor(
    broker: Broker,
    disk: SimulatedDisk,
    clock: FakeClock,
    failures: SluiceError[],
    events: string[],
    seed: number,
  ) {
    this.broker = broker;
    this.disk = disk;
    this.clock = clock;
    this.failures = failures;
    this.events = events;
    this.#seed = seed;
  }

  static async open(options: SimulatedBrokerOptions = {}): Promise<SimulatedBroker> {
    const { clock = new FakeClock(), seed = 1 } = options;
    const disk = options.disk ?? new SimulatedDisk({ random: seededRandom(seed), clock });
    const failures: SluiceError[] = [];
    const events: string[] = [];
    const broker = await openBroker({
      directory,
      disk,
      clock,
      random: seededRandom(seed + 1),
      settings: options.settings ?? {},
      journal: { ...smallJournal, ...options.journal },
      ...(options.hashEveryRecords === undefined ? {} : { hashEveryRecords: options.hashEveryRecords }),
      onFailure: (error) => failures.push(error),
      log: (event) => events.push(event),
    });
    return new SimulatedBroker(broker, disk, clock, failures, events, seed);
  }

  /** Kills the broker, loses what the disk had not synced with it, and opens it again. */
  async crash(survival?: number, options: SimulatedBrokerOptions = {}): Promise<SimulatedBroker> {
    const disk = this.disk.crash(survival);
    return SimulatedBroker.open({ disk, clock: this.#clockAfter(), seed: this.#seed + 2, ...options });
  }

  async restart(options: SimulatedBrokerOptions = {}): Promise<SimulatedBroker> {
    await this.broker.close();
    const disk = this.disk.kill();
    return SimulatedBroker.open({ disk, clock: this.#clockAfter(), seed: this.#seed + 2, ...options });
  }

  /** The timers of a dead process do not fire in the next. */
  #clockAfter(): FakeClock {
    return new FakeClock(this.clock.now());
  }

  client(vhost = '/'): Client {
    return new Client(this.broker.connect({ name: 'test', user: 'guest', vhost }));
  }

  queue(name: string, vhost = '/'): QueueReport {
    return this.broker.administration.listQueues(vhost).find((queue) => queue.name === name)!;
  }
}

/** A connection with one channel. */
export class Client {
  readonly connection: BrokerConnection;
  readonly sink = new RecordingSink();
  readonly channel: BrokerChannel;

  constructor(connection: BrokerConnection) {
    this.connection = connection;
    this.channel = connection.openChannel(this.sink);
  }

  /** Declares a durable queue with arguments given as plain values. */
  declare(name: string, plainArguments: Readonly<Record<string, unknown>> = {}, durable = true): void {
    this.channel.declareQueue({
      name,
      durable,
      exclusive: false,
      autoDelete: false,
      arguments: fieldTable(plainArguments),
    });
  }

  declareExchange(name: string, type: string, plainArguments: Readonly<Record<string, unknown>> = {}): void {
    this.channel.declareExchange({
      name,
      type,
      durable: true,
      autoDelete: false,
      internal: false,
      arguments: fieldTable(plainArguments),
    });
  }

  bind(source: string, destination: string, routingKey = ''): void {
    this.channel.bindQueue({ source, destination, routingKey, arguments: fieldTable({}) });
  }

  publish(choice: MessageChoice): ReturnType<BrokerChannel['publish']> {
    return this.channel.publish(inboundMessage(choice));
  }

  /** Consumes and starts at once. */
  consume(
    queue: string,
    options: { readonly noAck?: boolean; readonly arguments?: Readonly<Record<string, unknown>> } = {},
  ): string {
    const tag = this.channel.consume({
      queue,
      consumerTag: '',
      noAck: options.noAck ?? false,
      exclusive: false,
      arguments: fieldTable(options.arguments ?? {}),
    });
    this.channel.start(tag);
    return tag;
  }

  /** Takes one message; the body as text, or undefined when there is none. */
  async get(queue: string, noAck = true): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      this.channel.get(queue, noAck, (reply) => {
        if (reply.kind === 'failed') reject(new Error(reply.message));
        else if (reply.kind === 'empty') resolve(undefined);
        else {
          const { bodyBuffer, bodyStart, bodyEnd } = reply.message;
          resolve(bodyBuffer.toString('utf8', bodyStart, bodyEnd));
        }
      });
    });
  }
}
