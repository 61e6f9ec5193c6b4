/** The shapes in which administration reads through a queue, and moves messages of it elsewhere. */
import type { StoredMessage } from './administration-face.js';
import type { MessageView } from './message-face.js';
import type { RecordPut } from './records/face.js';

/** A message that a scan comes by. All of it is good for the call alone. */
export interface ScannedMessage {
  readonly position: number;
  readonly state: StoredMessage['state'];
  readonly bodyBytes: number;
  readonly redelivered: boolean;
  readonly deliveryCount: number;
  /** Unix ms, as the one below; undefined: it has none. */
  readonly expiresMs: number | undefined;
  readonly dueMs: number | undefined;
  /** A body over 64 KiB is `view.large`. */
  readonly view: MessageView;
}

/** What a scan goes through. */
export interface MessageScan {
  /** The first position to look at. */
  readonly from: number;
  /** The first one that is not looked at any more; undefined: what came before the scan began. */
  readonly until?: number | undefined;
  /** Undefined: every state. */
  readonly states?: ReadonlySet<StoredMessage['state']> | undefined;
  /** Bounds of one call: messages come by, and milliseconds. */
  readonly messagesMax: number;
  readonly elapsedMsMax: number;
  readonly signal?: AbortSignal | undefined;
  /** False: enough. It may take its time; what it was shown is gone by then. */
  readonly see: (message: ScannedMessage) => boolean | Promise<boolean>;
}

/** How far a scan came. */
export interface ScanOutcome {
  /** Messages that it came by, of whatever state. */
  readonly seen: number;
  /** Messages whose record cannot be read. */
  readonly unreadable: number;
  /** The position to go on from; undefined: it came to the end. */
  readonly next: number | undefined;
  /** Where it ends: give it to the calls that go on, and they do not run after what comes in meanwhile. */
  readonly until: number;
}

/**
 * What became of a message that was to go elsewhere. `active`: somebody has it; `full`: the target has no room, and the
 * message is where it was; `conflict`: a record is not as expected, and it is where it was too.
 */
export type RelocationOutcome = 'moved' | 'active' | 'absent' | 'full' | 'conflict';

/** How a message goes to another queue; with nothing given, as it is. */
export interface RelocationOptions {
  /** It is sent anew, so changed. */
  readonly change?: MessageChange;
  /** Its time to live begins anew; otherwise it expires when it would have where it was, or before. */
  readonly renewsTtl?: boolean;
}

/** One of the messages that go to other queues together, changed. */
export interface Relocation {
  readonly position: number;
  /** The name of the queue that it goes to. */
  readonly to: string;
  /** Asked for when its turn comes. */
  readonly change: () => MessageChange;
}

/** What a message becomes on its way to another queue, and the records that change in the same step. */
export interface MessageChange {
  /** As its consumers will see them. */
  readonly exchange: string;
  readonly routingKey: string;
  /** As in an AMQP content header. */
  readonly properties: Buffer;
  /** Left out: the body stays as it is. */
  readonly body?: Buffer | undefined;
  readonly puts: readonly RecordPut[];
  /** Keys of records that go. */
  readonly deletions: readonly string[];
}
