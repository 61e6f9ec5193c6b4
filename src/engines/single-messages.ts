/** Single messages of queues, as the engine port has them: found by their identifier, explained, removed, listed. */
import type { MessageProperties } from './message.js';
import type { RecordPut } from './records.js';

/** Who has a message: a connection, in the words of the engine. */
export interface MessageHolder {
  readonly connection: string;
  readonly user: string;
  /** Undefined: it was fetched, and not delivered to a consumer. */
  readonly consumerTag: string | undefined;
  /** Unix milliseconds. */
  readonly sinceMs: number;
}

/** The first gate that keeps a message waiting. Times are Unix milliseconds. */
export type MessageWait =
  /** It has gone meanwhile. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'unacknowledged' }
  /** On its way to another queue. */
  | { readonly kind: 'moving' }
  | { readonly kind: 'delay'; readonly untilMs: number }
  /** So many records have still to be written. */
  | { readonly kind: 'records'; readonly missing: number }
  /** An earlier message of its key is not done. */
  | { readonly kind: 'key-busy' }
  | { readonly kind: 'key-rate'; readonly untilMs: number }
  | { readonly kind: 'paused' }
  | { readonly kind: 'no-consumer' }
  | { readonly kind: 'queue-concurrency'; readonly held: number; readonly max: number }
  | { readonly kind: 'queue-rate'; readonly untilMs: number }
  | { readonly kind: 'tenant-concurrency'; readonly held: number; readonly max: number }
  | { readonly kind: 'tenant-rate'; readonly untilMs: number }
  /** Every consumer has as many as it may have. */
  | { readonly kind: 'no-credit' }
  /** Nothing but those that go before it. */
  | { readonly kind: 'order' };

/** The message that goes before another of its key. */
export interface FirstOfKey {
  readonly messageId: string | undefined;
  readonly deliveryCount: number;
  readonly reason: MessageWait;
  readonly holder: MessageHolder | undefined;
}

/** One message in a queue, and what it waits for. */
export interface MessageReport {
  readonly queue: string;
  readonly messageId: string | undefined;
  readonly key: string | undefined;
  readonly reason: MessageWait;
  /** Keys of records that it waits for, up to 100; undefined: none. */
  readonly missing: readonly string[] | undefined;
  /** Who has it, where `reason` is `unacknowledged`; undefined: unknown. */
  readonly holder: MessageHolder | undefined;
  /** Where `reason` is `key-busy`; undefined: it has gone meanwhile. */
  readonly first: FirstOfKey | undefined;
  /** Ready messages that go before it by the queue's order; undefined: it is not ready. */
  readonly ahead: number | undefined;
  /** `ahead` was counted in a sample of a long queue. */
  readonly isEstimate: boolean;
  /** Ready messages of its queue. */
  readonly ready: number;
  /** Tenants that take turns; undefined: tenants do not share the queue. */
  readonly tenants: number | undefined;
  /** Deliveries of it that failed. */
  readonly deliveryCount: number;
  /** Unix milliseconds, as the one below. */
  readonly arrivalMs: number;
  readonly expiresMs: number | undefined;
  readonly properties: MessageProperties;
  /** Undefined: it is over 64 KiB. */
  readonly body: Buffer | undefined;
}

/**
 * `running`: with a consumer; `gated`: behind an earlier message of its key, or by a limit on it; `held`: until records
 * have been written.
 */
export const listedStates = ['ready', 'running', 'delayed', 'gated', 'held'] as const;
export type ListedState = (typeof listedStates)[number];

/** One line of a list of messages. */
export interface ListedMessage {
  readonly messageId: string | undefined;
  readonly type: string | undefined;
  readonly key: string | undefined;
  /** Deliveries of it that failed. */
  readonly deliveryCount: number;
  /** Unix milliseconds, as the one below. */
  readonly arrivalMs: number;
  /** When its delay ends. */
  readonly dueMs: number | undefined;
  /** When it is to be done. */
  readonly deadlineMs: number | undefined;
  readonly holder: MessageHolder | undefined;
}

/**
 * What names a queue rejects with `not-found`, and with `precondition-failed` for one that does not find messages by
 * their identifier. Changes resolve when they are durable.
 */
export interface Messages {
  /** Looks in a queue, or in every queue that finds messages by identifier. Undefined: it is not there. */
  find(messageId: string, queue?: string): Promise<MessageReport | undefined>;
  /** Removes a message that nobody has, and writes a record with it as one step. `active`: somebody has it. */
  remove(
    queue: string,
    messageId: string,
    record?: Omit<RecordPut, 'expected'>,
  ): Promise<'removed' | 'active' | 'absent'>;
  /** Ends a message's delay. */
  release(queue: string, messageId: string): Promise<'released' | 'not-delayed' | 'absent'>;
  /** Up to `count` messages (at most 1,000): in the queue's order, the soonest due first, or as they came. */
  list(queue: string, state: ListedState, count: number): Promise<readonly ListedMessage[]>;
}

/** Messages of a list, at most. */
export const listedMax = 1_000;

/** Single messages of an engine that does not tell of them. */
export function refusedMessages(refusal: () => Error): Messages {
  return {
    find: () => Promise.reject(refusal()),
    remove: () => Promise.reject(refusal()),
    release: () => Promise.reject(refusal()),
    list: () => Promise.reject(refusal()),
  };
}
