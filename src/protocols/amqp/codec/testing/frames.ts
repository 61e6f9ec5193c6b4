/** Frames to parse, and a handler that notes what a parser makes of them. */
import { encodeProperties } from '../../../../broker/content/index.js';
import { encodeMethod, frameTypes, writeBody, type FrameHandler, type PublishView } from '../index.js';

export type Seen = readonly [type: number, channel: number, payload: string];

/** Notes every frame as text; a publication is noted as the frames it stands for. */
export class Recorder implements FrameHandler {
  readonly frames: Seen[] = [];
  headers = 0;
  shortcuts = 0;
  onFrame: () => void = () => undefined;

  protocolHeader(): void {
    this.headers++;
  }

  frame(type: number, channel: number, buffer: Buffer, start: number, end: number): void {
    this.frames.push([type, channel, buffer.toString('hex', start, end)]);
    this.onFrame();
  }

  publish(channel: number, message: PublishView): void {
    this.shortcuts++;
    const { buffer, bodyBuffer } = message;
    const bits = (message.mandatory ? 1 : 0) | (message.immediate ? 2 : 0);
    const envelope = buffer.toString('hex', message.envelopeStart, message.envelopeEnd);
    const size = message.bodyBytes.toString(16).padStart(16, '0');
    const properties = buffer.toString('hex', message.propertiesStart, message.propertiesEnd);
    const body = bodyBuffer.toString('hex', message.bodyStart, message.bodyEnd);
    this.frames.push(
      [1, channel, `003c00280000${envelope}0${bits}`],
      [2, channel, `003c0000${size}${properties}`],
    );
    if (message.bodyBytes > 0) this.frames.push([3, channel, body]);
    this.onFrame();
  }
}

export function frame(type: number, channel: number, payload: Buffer, end = 0xce): Buffer {
  const head = Buffer.from([type, channel >> 8, channel & 0xff, 0, 0, 0, 0]);
  head.writeUInt32BE(payload.length, 3);
  return Buffer.concat([head, payload, Buffer.from([end])]);
}

export function contentHeader(channel: number, bodyBytes: number, classId = 60, weight = 0): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(classId, 0);
  head.writeUInt16BE(weight, 2);
  head.writeBigUInt64BE(BigInt(bodyBytes), 4);
  return frame(frameTypes.header, channel, Buffer.concat([head, encodeProperties({ deliveryMode: 2 })]));
}

export function publication(channel: number, body: Buffer, frameMax = 4096): Buffer {
  const method = encodeMethod(channel, {
    name: 'basic.publish',
    exchange: 'e',
    routingKey: 'orders.eu',
    mandatory: true,
    immediate: false,
  });
  const frames = Buffer.alloc(body.length + 8 * Math.ceil(body.length / (frameMax - 8)));
  writeBody(frames, 0, channel, body, 0, body.length, frameMax);
  return Buffer.concat([method, contentHeader(channel, body.length), frames]);
}

export function chunksOf(bytes: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}
