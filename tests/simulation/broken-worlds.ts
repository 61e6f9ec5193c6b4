/** Worlds that break a promise on purpose, one each: if the simulation finds nothing in them, it would find nothing. */
import type { Broker, BrokerChannel, ChannelSink } from '../../src/broker/index.js';
import type { Disk, DiskFile, SimulatedDisk } from '../../src/kernel/index.js';
import { brokenRecords } from './broken-records.js';
import type { Sabotage } from './life.js';
import { overriding, withChannels } from './overriding.js';

export interface BrokenWorld {
  readonly name: string;
  readonly sabotage: Sabotage;
  /** What the checker should say, one of these. */
  readonly finds: RegExp;
}

/** A record that is gone may be one of a message, or of its settlement, or what a queue still points at. */
const lost =
  /were lost|is damaged|seen after its settlement|do not come out|were told of|^record .*: (?:lost|shown)/;

export const brokenWorlds: readonly BrokenWorld[] = [
  {
    name: 'answers do not wait for the disk',
    sabotage: { earlyWire: true },
    finds: new RegExp(`${lost.source}|delivered twice, and not marked|records were durable`),
  },
  {
    name: 'one sync in five is skipped',
    sabotage: { disk: (disk) => skippingSyncs(disk, 5) },
    // The mark that a message may have been delivered is lost as any other record is.
    finds: new RegExp(`${lost.source}|delivered twice, and not marked`),
  },
  {
    name: 'syncs of directories are skipped',
    sabotage: { disk: skippingDirectorySyncs },
    finds: new RegExp(`${lost.source}|missing|not found|ENOENT`),
  },
  {
    name: 'acknowledgements are called durable at once',
    sabotage: { broker: callingAllDurable },
    finds: /seen after its settlement was durable/,
  },
  {
    name: 'redeliveries are not marked',
    sabotage: { broker: (broker) => withSinks(broker, unmarked) },
    finds: /delivered twice, and not marked/,
  },
  {
    name: 'one delivery in fifty is swallowed',
    sabotage: { broker: (broker) => withSinks(broker, swallowing) },
    // Given back, it comes again as a redelivery of what nobody got.
    finds: /do not come out|wait beside|were lost|redelivery without a reason/,
  },
  {
    name: 'one delivery in fifty has a bit flipped',
    sabotage: { broker: (broker) => withSinks(broker, flipping) },
    finds: /that nobody sent/,
  },
  {
    name: 'retries come at once',
    sabotage: { broker: (broker) => withChannels(broker, impatient) },
    finds: /retried before its delay/,
  },
  {
    name: 'retries go without their key',
    sabotage: { broker: (broker) => withChannels(broker, keyless) },
    finds: /of its key|were lost|never sent/,
  },
  {
    name: 'neighbours change places',
    sabotage: { broker: (broker) => withSinks(broker, swapping) },
    finds: /out of order|of its key/,
  },
  ...brokenRecords,
];

/** A disk that says of every `nth` sync of a segment that it was made. */
function skippingSyncs(disk: SimulatedDisk, nth: number): Disk {
  let syncs = 0;
  return overriding(disk, {
    open: async (path, mode) => {
      const file = await disk.open(path, mode);
      if (!path.includes('/segments/')) return file;
      const sync = (): Promise<void> => (++syncs % nth === 0 ? Promise.resolve() : file.sync());
      return overriding<DiskFile>(file, { sync });
    },
  });
}

function skippingDirectorySyncs(disk: SimulatedDisk): Disk {
  return overriding<Disk>(disk, { syncDirectory: () => Promise.resolve() });
}

function callingAllDurable(broker: Broker): Broker {
  const administration = overriding(broker.administration, { durable: () => Promise.resolve() });
  return overriding(broker, { administration });
}

/** Wraps the sink of every channel. */
function withSinks(broker: Broker, wrap: (sink: ChannelSink) => ChannelSink): Broker {
  return overriding(broker, {
    connect: (info) => {
      const connection = broker.connect(info);
      const openChannel = (sink: ChannelSink): BrokerChannel => connection.openChannel(wrap(sink));
      return overriding(connection, { openChannel });
    },
  });
}

function impatient(channel: BrokerChannel): BrokerChannel {
  return overriding(channel, {
    retry: (tag) => {
      channel.reject(tag, false, true);
      return 0;
    },
  });
}

/** The message is gone from its place, as if it had been sent again behind the others. */
function keyless(channel: BrokerChannel): BrokerChannel {
  return overriding(channel, {
    retry: (tag) => {
      channel.acknowledge(tag, false);
      return 0;
    },
  });
}

type Delivery = Parameters<ChannelSink['deliver']>;

function unmarked(sink: ChannelSink): ChannelSink {
  return overriding(sink, {
    deliver: (tag, bytes, deliveryTag, _redelivered, message, release) => {
      sink.deliver(tag, bytes, deliveryTag, false, message, release);
    },
  });
}

function swallowing(sink: ChannelSink): ChannelSink {
  let deliveries = 0;
  return overriding(sink, {
    deliver: (...delivery: Delivery) => {
      if (++deliveries % 50 !== 0) sink.deliver(...delivery);
    },
  });
}

function flipping(sink: ChannelSink): ChannelSink {
  let deliveries = 0;
  return overriding(sink, {
    deliver: (tag, bytes, deliveryTag, redelivered, message, release) => {
      const bodyBuffer = Buffer.from(message.bodyBuffer);
      if (++deliveries % 50 === 0) bodyBuffer[message.bodyStart + 9]! ^= 1;
      sink.deliver(tag, bytes, deliveryTag, redelivered, { ...message, bodyBuffer }, release);
    },
  });
}

/** Holds every fiftieth delivery back until the next one has gone, if that comes at once. */
function swapping(sink: ChannelSink): ChannelSink {
  let deliveries = 0;
  let held: Delivery | undefined;
  const letGo = (): void => {
    const late = held;
    held = undefined;
    if (late !== undefined) sink.deliver(...late);
  };
  return overriding(sink, {
    deliver: (...delivery: Delivery) => {
      if (++deliveries % 50 === 0) {
        const [tag, bytes, deliveryTag, redelivered, message, release] = delivery;
        const copy = {
          ...message,
          bodyBuffer: Buffer.from(message.bodyBuffer),
          buffer: Buffer.from(message.buffer),
        };
        held = [tag, bytes, deliveryTag, redelivered, copy, release];
        queueMicrotask(letGo);
        return;
      }
      sink.deliver(...delivery);
      letGo();
    },
  });
}
