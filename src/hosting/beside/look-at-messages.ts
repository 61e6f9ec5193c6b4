/**
 * Looks at whole messages from the front of a queue of an engine beside, over AMQP. Invariant: all that were taken have
 * been given back when it ends, in their order.
 */
import type { Engine, MessageProperties, StoredMessage } from '../../engines/index.js';
import type { Clock } from '../../kernel/index.js';
import type { EngineLook, EngineLookBounds, EngineProperties, EngineTaken } from '../../operations/index.js';

/** Rejects with `not-found` where there is no such queue. */
export async function lookAtMessages(
  engine: Engine,
  clock: Clock,
  queue: string,
  { messagesMax, bytesMax, elapsedMsMax }: EngineLookBounds,
): Promise<EngineLook> {
  const startMs = clock.monotonic();
  const found = await engine.peek(queue, messagesMax, { bytesMax, elapsedMsMax });
  const isTimeOver = clock.monotonic() - startMs >= elapsedMsMax;
  return {
    messages: found.map(takenOf),
    stoppedBy: boundReached(found, { messagesMax, bytesMax }, isTimeOver),
  };
}

/** Which bound left messages behind; undefined: there were none. */
function boundReached(
  found: readonly StoredMessage[],
  { messagesMax, bytesMax }: Pick<EngineLookBounds, 'messagesMax' | 'bytesMax'>,
  isTimeOver: boolean,
): EngineLook['stoppedBy'] {
  if (found.at(-1)?.behind === 0) return undefined;
  if (found.length >= messagesMax) return 'messages';
  if (found.reduce((sum, { body }) => sum + body.length, 0) >= bytesMax) return 'bytes';
  return isTimeOver ? 'time' : undefined;
}

function takenOf({ exchange, routingKey, redelivered, properties, body }: StoredMessage): EngineTaken {
  return { exchange, routingKey, redelivered, properties: propertiesOf(properties), body };
}

function propertiesOf({ expirationMs, timestamp, ...rest }: MessageProperties): EngineProperties {
  return {
    ...rest,
    ...(expirationMs === undefined ? {} : { expiration: String(expirationMs) }),
    ...(timestamp === undefined ? {} : { timestamp: Math.floor(timestamp.getTime() / 1_000) }),
  };
}
