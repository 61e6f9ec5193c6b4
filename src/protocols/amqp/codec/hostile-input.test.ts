/** The whole reading side against streams that were valid once: only typed errors, in bounded time. */
import { describe, expect, it } from 'vitest';
import {
  encodeProperties,
  fieldTable,
  HeaderScanner,
  PropertyScan,
  scanProperties,
} from '../../../broker/content/index.js';
import { seededRandom, SluiceError, type Random } from '../../../kernel/index.js';
import {
  ContentAssembler,
  ContentSource,
  decodeMethod,
  encodeMethod,
  FrameParser,
  frameTypes,
  heartbeatFrame,
  methodNumberAt,
  methodNumbers,
  PublishView,
  writeBody,
  writeContentHeader,
  type FrameHandler,
} from './index.js';

/** A session that reads everything and believes nothing. */
class Reader implements FrameHandler {
  private readonly view = new PublishView();
  private readonly channels = new Map<number, ContentAssembler>();
  private readonly scan = new PropertyScan();
  private readonly headers = new HeaderScanner(['CC', 'BCC', 'x-delay']);
  readonly messages: string[] = [];
  frames = 0;

  protocolHeader(): void {
    this.frames++;
  }

  frame(type: number, channel: number, buffer: Buffer, start: number, end: number): void {
    this.frames++;
    if (type === frameTypes.heartbeat) return;
    const content = this.content(channel);
    if (type === frameTypes.header) this.step(content.header(buffer, start, end));
    else if (type === frameTypes.body) this.step(content.body(buffer, start, end));
    else if (methodNumberAt(buffer, start, end) === methodNumbers.basicPublish)
      content.publish(buffer, start, end);
    else {
      content.requireIdle();
      decodeMethod(buffer, start, end);
    }
  }

  publish(channel: number, message: PublishView): void {
    this.frames++;
    this.content(channel).requireIdle();
    this.take(message);
  }

  private content(channel: number): ContentAssembler {
    const known = this.channels.get(channel);
    const limits = { streamAboveBytes: 2000, messageBytesMax: 100_000 };
    const content = known ?? new ContentAssembler(limits, this.view);
    this.channels.set(channel, content);
    return content;
  }

  private step(step: string): void {
    if (step === 'message' || step === 'stream') this.take(this.view);
  }

  private take(message: PublishView): void {
    scanProperties(message.buffer, message.propertiesStart, message.propertiesEnd, this.scan);
    if (this.scan.headersStart !== -1) {
      this.headers.scan(message.buffer, this.scan.headersStart, this.scan.headersEnd);
    }
    expect(message.bodyEnd).toBeLessThanOrEqual(message.bodyBuffer.length);
    this.messages.push(message.buffer.toString('latin1', message.routingKeyStart, message.routingKeyEnd));
  }
}

function publication(random: Random, channel: number): Buffer[] {
  const properties = encodeProperties({
    deliveryMode: 2,
    ...(random.integer(2) === 0
      ? {}
      : { headers: fieldTable({ CC: ['a', 'b'], deep: { er: [1, null, true] } }) }),
    ...(random.integer(3) === 0 ? { expiration: '1000', userId: 'guest' } : {}),
  });
  const body = random.bytes(random.integer(4) === 0 ? random.integer(6000) : random.integer(200));
  const source = new ContentSource();
  source.properties = properties;
  source.propertiesEnd = properties.length;
  const frames = Buffer.alloc(8000);
  const bodyAt = writeContentHeader(frames, 0, channel, body.length, source);
  const end = writeBody(frames, bodyAt, channel, body, 0, body.length, 1500);
  const method = {
    name: 'basic.publish',
    exchange: 'orders',
    routingKey: `k${random.integer(1000)}`,
    mandatory: false,
    immediate: false,
  } as const;
  return [encodeMethod(channel, method), frames.subarray(0, end)];
}

function validStream(random: Random): Buffer {
  const parts: Buffer[] = [];
  for (let count = 0; count < 12; count++) {
    const channel = 1 + random.integer(3);
    switch (random.integer(4)) {
      case 0:
        parts.push(
          heartbeatFrame,
          encodeMethod(channel, { name: 'basic.ack', deliveryTag: count, multiple: true }),
        );
        break;
      case 1:
        parts.push(encodeMethod(channel, declaration));
        break;
      default:
        parts.push(...publication(random, channel));
    }
  }
  return Buffer.concat(parts);
}

const declaration = {
  name: 'queue.declare',
  queue: 'q',
  passive: false,
  durable: true,
  exclusive: false,
  autoDelete: false,
  noWait: false,
  arguments: fieldTable({ 'x-max-length': 10, 'x-nested': { list: [[], {}, 'text'] } }),
} as const;

/** Reads the stream in random chunks; returns what happened, with anything but a typed error thrown on. */
function read(stream: Buffer, random: Random): { reader: Reader; error: SluiceError | undefined } {
  const reader = new Reader();
  const parser = new FrameParser(reader, 4096, false);
  try {
    for (let at = 0; at < stream.length;) {
      const end = Math.min(stream.length, at + 1 + random.integer(random.integer(2) === 0 ? 40 : 4000));
      parser.push(Buffer.from(stream.subarray(at, end)));
      at = end;
    }
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'protocol') return { reader, error };
    throw error;
  }
  return { reader, error: undefined };
}

function mutate(stream: Buffer, random: Random): Buffer {
  const copy = Buffer.from(stream);
  const at = random.integer(copy.length);
  switch (random.integer(4)) {
    case 0:
      copy[at] = random.integer(256);
      return copy;
    case 1:
      copy[at]! ^= 1 << random.integer(8);
      return copy;
    case 2: // a piece is missing
      return Buffer.concat([
        copy.subarray(0, at),
        copy.subarray(Math.min(copy.length, at + 1 + random.integer(30))),
      ]);
    default: // a piece comes twice
      return Buffer.concat([copy.subarray(0, at), copy.subarray(Math.max(0, at - random.integer(60)))]);
  }
}

const seed = Number(process.env['SLUICE_SEED'] ?? 20_240_229);

describe(`hostile input (seed ${seed}, set SLUICE_SEED for another)`, () => {
  it('a valid stream gives the same messages in any chunking', () => {
    const random = seededRandom(seed);
    for (let round = 0; round < 200; round++) {
      const stream = validStream(random);
      const whole = new Reader();
      new FrameParser(whole, 4096, false).push(stream);
      const { reader, error } = read(stream, random);
      expect(error).toBeUndefined();
      expect(reader.messages).toEqual(whole.messages);
    }
  });

  it('a mutated stream gives only typed errors, and no more frames than it has room for', () => {
    const random = seededRandom(seed + 1);
    let failed = 0;
    for (let round = 0; round < 4000; round++) {
      const stream = mutate(validStream(random), random);
      const { reader, error } = read(stream, random);
      if (error !== undefined) failed++;
      expect(reader.frames).toBeLessThanOrEqual(stream.length / 8);
    }
    // Most mutations hit bodies and names, where any octet is right; the rest must be noticed.
    expect(failed).toBeGreaterThan(800);
    expect(failed).toBeLessThan(3900);
  });

  it('noise gives only typed errors', () => {
    const random = seededRandom(seed + 2);
    for (let round = 0; round < 2000; round++) {
      const noise = random.bytes(200);
      // A head that passes, so that the noise reaches the methods and contents.
      const head = Buffer.from([1 + random.integer(3), 0, 1, 0, 0, 0, 190]);
      const { error } = read(Buffer.concat([head, noise.subarray(0, 190), Buffer.from([0xce])]), random);
      expect(error).toBeInstanceOf(SluiceError);
    }
  });
});
