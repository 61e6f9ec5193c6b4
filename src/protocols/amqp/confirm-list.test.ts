/** Confirms beside held output: they may overtake deliveries, never what was sent ahead of their publish. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../kernel/index.js';
import { BodyStream } from './body-stream.js';
import { ChunkPool } from './chunk-pool.js';
import { decodeMethod, encodeMethod, FrameParser, frameTypes } from './codec/index.js';
import { ConfirmList, type ConfirmingChannel } from './confirm-list.js';
import { ConfirmRing } from './confirm-ring.js';
import { Output } from './output.js';
import { bodyInPieces } from './testing/body-in-pieces.js';

function started() {
  const sent: string[] = [];
  const parser = new FrameParser(
    {
      protocolHeader: () => undefined,
      frame(type, channel, buffer, start, end) {
        if (type === frameTypes.body) sent.push(`${channel} body`);
        if (type !== frameTypes.method) return;
        const method = decodeMethod(buffer, start, end);
        const tag = 'deliveryTag' in method ? ` ${method.deliveryTag}` : '';
        const multiple = 'multiple' in method && method.multiple ? ' multiple' : '';
        sent.push(`${channel} ${method.name}${tag}${multiple}`);
      },
      publish: () => undefined,
    },
    131_072,
    false,
  );
  const sink = {
    write(bytes: Buffer, written: () => void): boolean {
      parser.push(Buffer.from(bytes));
      written();
      return true;
    },
    cork: () => undefined,
    uncork: () => undefined,
  };
  const output = new Output(new ChunkPool(), sink, () => undefined);
  const list = new ConfirmList(output);
  const append = (bytes: Buffer, sequence: number): void => {
    const at = output.reserve(bytes.length);
    output.commit(at + bytes.copy(output.buffer, at), sequence, 0);
  };
  const flush = (durable: number): string[] => {
    sent.length = 0;
    output.flush(durable);
    list.settle(durable);
    output.flush(durable);
    return [...sent];
  };
  return { output, list, append, flush };
}

function channelDouble(channel: number): ConfirmingChannel {
  return { channel, confirms: new ConfirmRing(), listed: false, confirmed: () => undefined };
}

const delivery = encodeMethod(7, {
  name: 'basic.cancel',
  consumerTag: 'stands for a delivery',
  noWait: true,
});

describe('confirms', () => {
  it('cover a range with one frame, and tell a single one apart', () => {
    const { list, flush } = started();
    const channel = channelDouble(1);
    channel.confirms.add(1, 5);
    channel.confirms.add(2, 6);
    channel.confirms.add(3, 7);
    list.add(channel);
    expect(flush(4)).toEqual([]);
    expect(flush(6)).toEqual(['1 basic.ack 2 multiple']);
    expect(flush(7)).toEqual(['1 basic.ack 3']);
    expect(channel.listed).toBe(false);
  });

  it('do not overtake the frames of a large body', () => {
    const { output, list, append, flush } = started();
    const { body, state } = bodyInPieces(seededRandom(1), [10, 10]);
    output.appendStream(new BodyStream(1, body, 4_096, () => undefined));
    append(delivery, 9);
    const channel = channelDouble(1);
    channel.confirms.add(1, 5);
    list.add(channel);
    state.atHand = 1;
    expect(flush(5)).toEqual(['1 body']);
    state.finishLoad();
    expect(flush(9)).toEqual(['7 basic.cancel', '1 basic.ack 1']);
  });

  it('overtake deliveries that wait for a later sync', () => {
    const { list, append, flush } = started();
    const channel = channelDouble(1);
    channel.confirms.add(1, 5);
    list.add(channel);
    append(delivery, 8);
    expect(flush(5)).toEqual(['1 basic.ack 1']);
    expect(flush(8)).toEqual(['7 basic.cancel']);
  });

  it('come one from each channel', () => {
    const { list, append, flush } = started();
    for (const number of [1, 2, 3]) {
      const channel = channelDouble(number);
      channel.confirms.add(1, number);
      list.add(channel);
    }
    append(delivery, 9);
    expect(flush(2)).toEqual(['1 basic.ack 1', '2 basic.ack 1']);
    expect(flush(3)).toEqual(['3 basic.ack 1']);
  });

  it('never overtake the negative confirm of an earlier publish', () => {
    const { output, list, append, flush } = started();
    const channel = channelDouble(1);
    channel.confirms.add(1, 5);
    append(delivery, 8);
    list.reject(1, 2);
    // As publishing does: not before what is held ahead of it.
    channel.confirms.add(3, Math.max(6, output.heldSequence));
    list.add(channel);
    expect(flush(5)).toEqual(['1 basic.ack 1']);
    expect(flush(6)).toEqual([]);
    expect(flush(8)).toEqual(['7 basic.cancel', '1 basic.nack 2', '1 basic.ack 3 multiple']);
  });

  it('of a closed channel are not sent', () => {
    const { list, flush } = started();
    const channel = channelDouble(1);
    channel.confirms.add(1, 5);
    list.add(channel);
    list.remove(channel);
    expect(flush(5)).toEqual([]);
  });
});
