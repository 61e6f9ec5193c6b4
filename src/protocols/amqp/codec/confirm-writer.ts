/** Writes `basic.ack` and `basic.nack` frames, as publisher confirms; 21 bytes each, without allocation. */
import { putUint16, putUint32, putUint64 } from './bytes.js';
import { frameEnd, frameTypes } from './frame-format.js';
import { methodNumbers } from './methods.js';

const payloadBytes = 13;

/** The bytes of one acknowledgement frame. */
export const confirmFrameBytes = payloadBytes + 8;

/** Writes `basic.ack` at `at` and returns the offset after it. The tag must be below 2^53. */
export function writeAck(
  target: Buffer,
  at: number,
  channel: number,
  deliveryTag: number,
  multiple: boolean,
): number {
  return writeConfirm(target, at, channel, methodNumbers.basicAck, deliveryTag, multiple ? 1 : 0);
}

/** Writes `basic.nack` at `at` and returns the offset after it. The tag must be below 2^53. */
export function writeNack(
  target: Buffer,
  at: number,
  channel: number,
  deliveryTag: number,
  multiple: boolean,
): number {
  return writeConfirm(target, at, channel, methodNumbers.basicNack, deliveryTag, multiple ? 1 : 0);
}

function writeConfirm(
  target: Buffer,
  at: number,
  channel: number,
  method: number,
  deliveryTag: number,
  bits: number,
): number {
  target[at] = frameTypes.method;
  putUint16(target, at + 1, channel);
  putUint32(target, at + 3, payloadBytes);
  putUint32(target, at + 7, method);
  putUint64(target, at + 11, deliveryTag);
  target[at + 19] = bits;
  target[at + 20] = frameEnd;
  return at + 21;
}
