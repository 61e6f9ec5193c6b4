/**
 * Reads `basic.ack`, `basic.nack` and `basic.reject` into a reused object, without allocation.
 *
 *   ack    = class uint16, method uint16, delivery tag uint64, bits octet (1 multiple)
 *   nack   = …, bits octet (1 multiple, 2 requeue)
 *   reject = …, bits octet (1 requeue)
 */
import { uint32At, uint64At } from './bytes.js';
import { methodNumbers } from './methods.js';
import { syntaxError } from './violation.js';

const payloadBytes = 13;

/** What a client says about deliveries. */
export class AcknowledgementView {
  /** Beyond 2^53 the nearest number. With `multiple`, 0 means all. */
  deliveryTag = 0;
  multiple = false;
  /** False for an acknowledgement. */
  requeue = false;
}

/**
 * Reads the payload of one of the three methods into `into`.
 *
 * @throws ProtocolViolation 502 where the payload has the wrong length.
 */
export function readAcknowledgement(
  buffer: Buffer,
  start: number,
  end: number,
  into: AcknowledgementView,
): void {
  const method = uint32At(buffer, start);
  if (end - start !== payloadBytes) throw syntaxError('an acknowledgement of the wrong length', method);
  const bits = buffer[start + 12]!;
  into.deliveryTag = uint64At(buffer, start + 4);
  into.multiple = method !== methodNumbers.basicReject && (bits & 1) !== 0;
  into.requeue =
    method === methodNumbers.basicReject
      ? (bits & 1) !== 0
      : method === methodNumbers.basicNack && (bits & 2) !== 0;
}
