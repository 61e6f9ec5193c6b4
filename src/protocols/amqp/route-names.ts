/**
 * The exchange and routing key of a channel's last publish, kept as bytes and as text: most publishes repeat
 * them, and comparing bytes is cheaper than decoding text.
 */
import { decodeText } from '../../broker/index.js';
import { copyBytes, type PublishView } from './codec/index.js';

const noBytes = Buffer.alloc(0);

export class RouteNames {
  exchange = '';
  routingKey = '';
  #exchangeBytes: Buffer = noBytes;
  #routingKeyBytes: Buffer = noBytes;

  /** Makes the two texts those of `message`. */
  read(message: PublishView): void {
    const { buffer, exchangeStart, exchangeEnd, routingKeyStart, routingKeyEnd } = message;
    if (!sameBytes(this.#exchangeBytes, buffer, exchangeStart, exchangeEnd)) {
      this.exchange = decodeText(buffer, exchangeStart, exchangeEnd);
      this.#exchangeBytes = copied(buffer, exchangeStart, exchangeEnd);
    }
    if (!sameBytes(this.#routingKeyBytes, buffer, routingKeyStart, routingKeyEnd)) {
      this.routingKey = decodeText(buffer, routingKeyStart, routingKeyEnd);
      this.#routingKeyBytes = copied(buffer, routingKeyStart, routingKeyEnd);
    }
  }
}

/** Whether the bytes from `start` to `end` are those of `kept`. */
function sameBytes(kept: Buffer, buffer: Buffer, start: number, end: number): boolean {
  const bytes = end - start;
  if (kept.length !== bytes) return false;
  for (let index = 0; index < bytes; index++) if (kept[index] !== buffer[start + index]) return false;
  return true;
}

function copied(buffer: Buffer, start: number, end: number): Buffer {
  const copy = Buffer.allocUnsafe(end - start);
  copyBytes(copy, 0, buffer, start, end);
  return copy;
}
