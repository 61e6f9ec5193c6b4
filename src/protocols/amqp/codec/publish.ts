/**
 * A published message as spans of the buffers it arrived in. Invariant: an instance is reused and its spans are
 * valid only during the call that hands it over; whoever keeps a byte copies it.
 *
 *   basic.publish = class uint16, method uint16, reserved uint16, exchange shortstr, routing key shortstr,
 *                   bits octet (1 mandatory, 2 immediate)
 */
import { syntaxError } from './violation.js';
import { methodNumbers } from './methods.js';

const noBytes = Buffer.alloc(0);

/** The spans of one message. */
export class PublishView {
  /** Holds the exchange, the routing key and the properties. */
  buffer: Buffer = noBytes;
  exchangeStart = 0;
  exchangeEnd = 0;
  routingKeyStart = 0;
  routingKeyEnd = 0;
  mandatory = false;
  immediate = false;
  /** Flags word and property list. */
  propertiesStart = 0;
  propertiesEnd = 0;
  /** The body's bytes as the content header declares them. */
  bodyBytes = 0;
  /** Holds the body; empty for one that is streamed. */
  bodyBuffer: Buffer = noBytes;
  bodyStart = 0;
  bodyEnd = 0;

  /** Exchange and routing key as two short strings, one after the other, each with its length octet. */
  get envelopeStart(): number {
    return this.exchangeStart - 1;
  }

  get envelopeEnd(): number {
    return this.routingKeyEnd;
  }

  /** Lets go of the buffers. */
  clear(): void {
    this.buffer = noBytes;
    this.bodyBuffer = noBytes;
  }
}

/**
 * Reads the payload of a `basic.publish` frame into `into`, leaving properties and body alone.
 *
 * @throws ProtocolViolation 502 where the fields do not fill the payload exactly.
 */
export function readPublish(buffer: Buffer, start: number, end: number, into: PublishView): void {
  const exchangeStart = start + 7;
  if (exchangeStart > end) throw truncated();
  const exchangeEnd = exchangeStart + buffer[start + 6]!;
  const routingKeyStart = exchangeEnd + 1;
  if (routingKeyStart > end) throw truncated();
  const routingKeyEnd = routingKeyStart + buffer[exchangeEnd]!;
  if (routingKeyEnd + 1 !== end) throw truncated();
  const bits = buffer[routingKeyEnd]!;
  into.buffer = buffer;
  into.exchangeStart = exchangeStart;
  into.exchangeEnd = exchangeEnd;
  into.routingKeyStart = routingKeyStart;
  into.routingKeyEnd = routingKeyEnd;
  into.mandatory = (bits & 1) !== 0;
  into.immediate = (bits & 2) !== 0;
}

function truncated(): Error {
  return syntaxError('basic.publish is truncated or too long', methodNumbers.basicPublish);
}
