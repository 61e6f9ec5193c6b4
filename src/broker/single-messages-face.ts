/** The shapes in which channels tell of single messages. Times are Unix milliseconds. */
import type { FoundMessage, MessageHolder, QueueFigures } from './administration-face.js';
import type { RecordPut } from './records/face.js';
import type { TopologyAnswer } from './face.js';
import type { WaitReason } from './wait-reason.js';

/** What a message in a queue does, and what it waits for. */
export interface MessageReport extends Omit<FoundMessage, 'state'> {
  readonly queue: string;
  readonly key: string | undefined;
  readonly reason: WaitReason;
  /** Records that are still to be written, up to 100 of them; undefined: it waits for none. */
  readonly missing: readonly string[] | undefined;
  /** Who has it; undefined: nobody, or somebody who has just gone. */
  readonly holder: MessageHolder | undefined;
  /** The first message of its key, where that keeps it waiting. */
  readonly first:
    | {
        readonly messageId: string | undefined;
        readonly deliveryCount: number;
        readonly reason: WaitReason;
        readonly holder: MessageHolder | undefined;
      }
    | undefined;
  /** Ready messages that go before it by the queue's order; undefined: it is not ready. */
  readonly ahead: number | undefined;
  /** `ahead` was counted in a sample. */
  readonly isEstimate: boolean;
  /** Ready messages of the queue. */
  readonly ready: number;
  /** Tenants that take turns; undefined: tenants do not share the queue. */
  readonly tenants: number | undefined;
  /** As in an AMQP content header. */
  readonly properties: Buffer;
  /** Undefined: it is over 64 KiB. */
  readonly body: Buffer | undefined;
}

export interface MessageSearch {
  readonly messageId: string;
  /** Where to look; undefined: in every queue with `x-message-index` that `mayRead` allows. */
  readonly queue?: string | undefined;
  readonly mayRead: (queue: string) => boolean;
}

/** `gated`: behind an earlier message of its key, or by a limit on it. `held`: until records have been written. */
export type ListedState = 'ready' | 'running' | 'delayed' | 'gated' | 'held';

/** One line of a list. */
export interface ListedMessage {
  readonly messageId: string | undefined;
  readonly type: string | undefined;
  readonly key: string | undefined;
  /** Deliveries of it that failed. */
  readonly deliveryCount: number;
  readonly arrivalMs: number;
  readonly dueMs: number | undefined;
  /** As its header `x-deadline` says it. */
  readonly deadlineMs: number | undefined;
  readonly holder: MessageHolder | undefined;
}

/**
 * Single messages of the channel's virtual host. What names a queue throws `not-found`, `exclusive` for another
 * connection's, and `precondition-failed` for one without `x-message-index`.
 */
export interface ChannelMessages {
  /** Undefined: it is not there. */
  find(search: MessageSearch): Promise<MessageReport | undefined>;
  /** Removes a message that nobody has, and puts a record with it as one step. `active`: somebody has it. */
  remove(
    queue: string,
    messageId: string,
    put?: RecordPut,
  ): Promise<{ readonly outcome: 'removed' | 'active' | 'absent'; readonly sequence: number }>;
  /** Ends a message's delay. */
  release(
    queue: string,
    messageId: string,
  ): Promise<{ readonly outcome: 'released' | 'not-delayed' | 'absent'; readonly sequence: number }>;
  /** Up to `count` messages in a state: in the queue's order, the soonest due first, or as they came. */
  list(queue: string, state: ListedState, count: number): Promise<ListedMessage[]>;
  /** The queues that the connection may see. */
  queues(): QueueFigures[];
  /** Whether a queue, of any kind, delivers; see `QueueAdministration.pause`. */
  setPaused(queue: string, paused: boolean): TopologyAnswer;
}
