/** Messages that are sent again: later to their own queue, or to the dead-letter queue with what went wrong. Pure. */
import type { Delivery } from './delivery.js';
import { headerNames, type EngineMessage, type HeaderTable, type MessageProperties } from './message.js';
import type { Envelope } from './outgoing.js';

/** The message once more after `afterMs`, remembering how often it was delivered. */
export function retriedMessage(delivery: Delivery, afterMs: number): EngineMessage {
  const headers = { ...kept(delivery.headers), [headerNames.earlierAttempts]: delivery.attempt };
  return { ...vouchless(delivery.properties), headers, body: delivery.body, delayMs: afterMs };
}

/** The message as it is kept in the dead-letter queue: it never expires, and says where it failed and why. */
export function deadMessage(delivery: Delivery, reason: string, added: HeaderTable = {}): EngineMessage {
  const properties = without(vouchless(delivery.properties), 'expirationMs');
  const headers = { ...kept(delivery.headers), ...added, ...failureHeaders(delivery, reason) };
  return { ...properties, headers, body: delivery.body };
}

/** The message as it goes to another queue: as it is, but for the delay and the records that were waited for. */
export function movedMessage({ properties, body }: Delivery): Envelope {
  const { expirationMs, headers, ...rest } = vouchless(properties);
  return {
    ...rest,
    body,
    ...(headers === undefined ? {} : { headers: kept(headers) }),
    ...(expirationMs === undefined ? {} : { expiration: expirationMs }),
  };
}

/** What is told of a failure in the dead-letter queue. */
export function failureHeaders(delivery: Delivery, reason: string): Record<string, string | number> {
  return {
    [headerNames.earlierAttempts]: delivery.attempt,
    [headerNames.failureReason]: bounded(reason),
    [headerNames.failureQueue]: delivery.queue,
  };
}

/** A reason is a text and perhaps a stack, not a second body: engines take so much in a header. */
const reasonCharactersMax = 8_000;

function bounded(reason: string): string {
  return reason.length <= reasonCharactersMax ? reason : `${reason.slice(0, reasonCharactersMax)}…`;
}

const served = new Set<string>([headerNames.delay, headerNames.after, headerNames.deliveryCount]);

/** Without the delay and the records that were waited for, and the engine's own count. */
function kept(headers: HeaderTable): HeaderTable {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !served.has(name)));
}

/** Only who sent the message first may claim its user. */
function vouchless(properties: MessageProperties): MessageProperties {
  return without(properties, 'userId');
}

function without<Source extends object, Name extends keyof Source & string>(
  source: Source,
  name: Name,
): Omit<Source, Name> {
  return Object.fromEntries(Object.entries(source).filter(([key]) => key !== name)) as Omit<Source, Name>;
}
