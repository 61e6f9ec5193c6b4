/** Large bodies taken piece by piece, whatever becomes of their messages meanwhile. */
import { describe, expect, it } from 'vitest';
import {
  settle,
  SimulatedBroker,
  smallJournal,
  type Client,
} from '../../tests/simulation/simulated-broker.js';
import { RecordingSink } from '../../tests/simulation/recording-sink.js';
import { seededRandom, type SluiceError } from '../kernel/index.js';
import type { BodyReader, BrokerChannel, ChunkReference, MessageView } from './face.js';
import { fieldTable } from './content/index.js';

const pieceBytes = 40_000;
const body = seededRandom(3).bytes(1_000_001);

/** Takes large bodies as AMQP's channels do, and remembers them. */
class PieceSink extends RecordingSink {
  readonly takesPieces = true;
  readonly readers: BodyReader[] = [];

  override deliver(...delivery: Parameters<RecordingSink['deliver']>): void {
    this.open(delivery[4]);
    super.deliver(...delivery);
  }

  open({ large, bodyStart, bodyEnd }: MessageView): void {
    if (large === undefined) return;
    expect(bodyEnd).toBe(bodyStart);
    expect(large.bytes).toBe(body.length);
    expect(large.pieces.reduce((sum, { length }) => sum + length, 0)).toBe(body.length);
    this.readers.push(large.open());
  }
}

function publishLarge(at: SimulatedBroker, client: Client, routingKey: string): void {
  const chunks: ChunkReference[] = [];
  for (let from = 0; from < body.length; from += pieceBytes)
    chunks.push(at.broker.appendChunk(body, from, Math.min(body.length, from + pieceBytes)));
  client.publish({ routingKey, chunks });
}

/** The rest of a body; rejects where a piece cannot be read. */
async function rest(reader: BodyReader): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let bytes = 0; bytes < body.length; bytes += pieces.at(-1)!.length) {
    const piece = reader.take();
    if (piece !== undefined) pieces.push(Buffer.from(piece.buffer.subarray(piece.start, piece.end)));
    else {
      await new Promise<void>((resolve, reject) => {
        reader.load((error) => {
          if (error === undefined) resolve();
          else reject(error);
        });
      });
      pieces.push(Buffer.alloc(0));
    }
  }
  return Buffer.concat(pieces);
}

interface Reader {
  readonly at: SimulatedBroker;
  readonly client: Client;
  readonly sink: PieceSink;
  readonly channel: BrokerChannel;
  readonly consume: (queue: string, noAck?: boolean) => void;
  readonly close: () => void;
}

/** A queue with one large body that has left memory, and who takes it. */
async function withBody(): Promise<Reader> {
  const at = await SimulatedBroker.open({ journal: smallJournal });
  const client = at.client();
  client.declare('q');
  client.declare('dead');
  publishLarge(at, client, 'q');
  await fill(at, client);
  return { at, client, ...reading(at) };
}

function reading(at: SimulatedBroker): Pick<Reader, 'sink' | 'channel' | 'consume' | 'close'> {
  const sink = new PieceSink();
  const connection = at.broker.connect({ name: 'reader', user: 'guest', vhost: '/' });
  const channel = connection.openChannel(sink);
  const consume = (queue: string, noAck = false): void => {
    const request = { queue, consumerTag: '', noAck, exclusive: false, arguments: fieldTable({}) };
    channel.start(channel.consume(request));
  };
  return { sink, channel, consume, close: () => connection.close() };
}

/** Writes and drops enough for caches to forget what they held, and for segments to go. */
async function fill(at: SimulatedBroker, client: Client): Promise<void> {
  client.declare('other');
  for (let n = 0; n < 60; n++) client.publish({ routingKey: 'other', body: Buffer.alloc(30_000, n) });
  client.channel.purgeQueue('other');
  await at.broker.administration.durable();
}

async function delivered(sink: PieceSink): Promise<BodyReader> {
  while (sink.readers.length === 0) await settle(1);
  return sink.readers[0]!;
}

const ends: readonly (readonly [string, (reader: Reader) => void])[] = [
  [
    'acknowledged',
    ({ channel }) => {
      channel.acknowledge(1, false);
    },
  ],
  [
    'rejected',
    ({ channel }) => {
      channel.reject(1, false, false);
    },
  ],
  ['deleted with its queue', ({ client }) => void client.channel.deleteQueue('q', false, false)],
  [
    'purged after its channel had closed',
    ({ client, close }) => {
      close();
      client.channel.purgeQueue('q');
    },
  ],
];

describe('a large body on its way out', () => {
  it.each(ends)(
    'stays readable when its message is %s, through compaction, and goes then',
    async (_, end) => {
      const reader = await withBody();
      const { at, client, sink } = reader;
      reader.consume('q');
      const taken = await delivered(sink);
      end(reader);
      await fill(at, client);
      await at.broker.snapshot();
      await at.broker.snapshot();
      expect(at.broker.journal.stats().liveBytes).toBe(body.length);
      expect((await rest(taken)).equals(body)).toBe(true);
      const { segments } = at.broker.journal.stats();
      taken.close();
      taken.close();
      expect(at.broker.journal.stats().liveBytes).toBe(0);
      for (let round = 0; round < 3; round++) {
        client.publish({ routingKey: 'other' });
        await at.broker.administration.durable();
        await at.broker.snapshot();
      }
      expect(at.broker.journal.stats().segments).toBeLessThan(segments);
      await at.broker.close();
    },
  );

  it('is taken without being acknowledged, and by a get', async () => {
    const { at, client, sink, channel, consume } = await withBody();
    channel.get('q', true, (answer) => {
      if (answer.kind === 'message') sink.open(answer.message);
    });
    const first = await delivered(sink);
    expect(at.queue('q').ready + at.queue('q').unacknowledged).toBe(0);
    publishLarge(at, client, 'q');
    consume('q', true);
    while (sink.readers.length < 2) await settle(1);
    for (const reader of [sink.readers[1]!, first]) expect((await rest(reader)).equals(body)).toBe(true);
    await at.broker.close();
  });

  it('comes whole to whom it must, also when it was on its way to one who takes pieces', async () => {
    const { at, client, sink, channel, consume } = await withBody();
    at.disk.slow('read', 1);
    client.consume('q');
    await settle();
    // The body is being put together: its consumer goes, and another takes it as it is.
    client.connection.close();
    consume('q');
    while (sink.readers.length === 0) {
      at.clock.advance(1);
      await settle(1);
    }
    at.disk.slow('read', 0);
    expect((await rest(sink.readers[0]!)).equals(body)).toBe(true);
    channel.reject(1, false, true);
    channel.cancel(sink.deliveries[0]!.consumerTag);
    const whole = at.client();
    whole.consume('q');
    await settle();
    while (!whole.sink.deliveries.some((one) => one.body.equals(body))) await settle(1);
    await at.broker.close();
  });

  it('moves to its dead-letter exchange without being read', async () => {
    const { at, client, channel, sink, consume } = await withBody();
    client.declare('dying', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' });
    publishLarge(at, client, 'dying');
    await fill(at, client);
    consume('dying');
    await delivered(sink);
    const reads = at.disk.operations('read');
    channel.reject(1, false, false);
    await settle();
    expect(at.queue('dead').ready).toBe(1);
    expect(at.disk.operations('read') - reads).toBeLessThan(3);
    consume('dead');
    while (sink.readers.length < 2) await settle(1);
    expect((await rest(sink.readers[1]!)).equals(body)).toBe(true);
    await at.broker.close();
  });

  it('that cannot be read stands aside once it is back, and those behind it may pass', async () => {
    const { at, client, sink, consume, close } = await withBody();
    client.publish({ routingKey: 'q', body: 'behind' });
    await at.broker.administration.durable();
    consume('q');
    const taken = await delivered(sink);
    for (const path of await segments(at)) at.disk.failReads(path);
    const error = await rest(taken).then(
      () => undefined,
      (failure: unknown) => failure as SluiceError,
    );
    expect(error?.code).toBe('disk-failed');
    taken.giveUp(error!);
    expect(at.events.filter((event) => event === 'message.unreadable')).toHaveLength(1);
    taken.close();
    close();
    // It was with its client when the broker heard of it.
    taken.giveUp(error!);
    const next = at.client();
    next.consume('q');
    await settle();
    expect(next.sink.bodies).toEqual(['behind']);
    await at.broker.close();
  });

  it('calls nobody back after it was closed', async () => {
    const { at, sink, consume } = await withBody();
    consume('q');
    const taken = await delivered(sink);
    let calls = 0;
    at.disk.slow('read', 1);
    while (taken.take() !== undefined);
    taken.load(() => calls++);
    taken.close();
    for (let turn = 0; turn < 20; turn++) {
      at.clock.advance(1);
      await settle(1);
    }
    expect(calls).toBe(0);
    at.disk.heal();
    await at.broker.close();
  });
});

async function segments(at: SimulatedBroker): Promise<string[]> {
  const directory = '/data/journal/segments';
  return (await at.disk.list(directory)).map((name) => `${directory}/${name}`);
}
