/**
 * What an engine can do, said for each part of the port. Invariant: a part that is `none` refuses every call with
 * `unsupported`; a part that is `emulated` states its limit. Nothing pretends.
 */
import { SluiceError } from '../kernel/index.js';

/** Every part of the port that engines may differ in. */
export const capabilityNames = [
  /** A durable send: it resolves when the engine has the message safe. */
  'send',
  /** Deliveries that are held until they are settled. */
  'receive',
  /** `ack({ send })`: the acknowledgement and the follow-up messages are one step, all or nothing. */
  'completion',
  /** `retry(after)`: the same message again, later. */
  'retry',
  /** `deadLetter(reason)`: the message moves to the dead-letter queue, with the reason. */
  'deadLetter',
  /** `extend(by)`: a longer lease. */
  'extend',
  /** Durable key-value records with compare-and-set, time to live and watch. */
  'records',
  /** Describe and change queues, exchanges and bindings. */
  'topology',
  /** Queues that take messages and deliver none until they are resumed. */
  'pause',
  /** Samples of the queues. */
  'observe',
  /** Identities and their grants. */
  'access',
  /** Redundancy and its health. */
  'replicas',
  /** A queue back as it was at an earlier time. */
  'rewind',
  /** Queues ordered by priority. */
  'priority',
  /** Queues ordered by deadline (Earliest Deadline First). */
  'deadline',
  /** Messages that become ready later. */
  'delay',
  /** Messages that wait until records have been written. */
  'after',
  /** One message at a time for each key, in order. */
  'keyedOrder',
  /** Queues that tenants share, by weight or with a budget each. */
  'tenants',
  /** Rates and concurrencies of a queue, and of each tenant and key in it. */
  'limits',
  /** Queues that find a message by its identifier. */
  'messageIndex',
  /** Messages read without being consumed. */
  'peek',
  /** One message found by its identifier, explained, removed; lists by state. */
  'messages',
  /** Messages consumed before, again. */
  'replay',
] as const;

export type CapabilityName = (typeof capabilityNames)[number];

/** How far an engine has one capability. */
export type Capability =
  | { readonly kind: 'native' }
  /** Made from other parts; `limit` is what the native one would do and this does not. */
  | { readonly kind: 'emulated'; readonly limit: string }
  | { readonly kind: 'none'; readonly reason: string };

export type Capabilities = Readonly<Record<CapabilityName, Capability>>;

export const native: Capability = { kind: 'native' };

/** A capability made from other parts. */
export function emulated(limit: string): Capability {
  return { kind: 'emulated', limit };
}

/** A capability that is not there. */
export function none(reason: string): Capability {
  return { kind: 'none', reason };
}

/** The typed refusal of what an engine does not have; `details` name the engine and the capability. */
export function unsupported(engine: string, capability: CapabilityName, reason: string): SluiceError {
  return new SluiceError('unsupported', `${engine}: no ${capability}: ${reason}`, {
    details: { engine, capability, reason },
  });
}

/** Throws the refusal when `capability` is `none`. */
export function requireCapability(
  engine: { readonly kind: string; readonly capabilities: Capabilities },
  capability: CapabilityName,
): void {
  const found = engine.capabilities[capability];
  if (found.kind === 'none') throw unsupported(engine.kind, capability, found.reason);
}
