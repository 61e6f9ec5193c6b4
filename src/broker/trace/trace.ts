/**
 * What the journal tells of one message, as plain data; it never holds a body. Invariant: a moment that no record tells
 * is given as the moments between which it lies, and what was not recorded is absent.
 */
import type { PartyFacts } from '../custody/party-facts.js';
import type { ReturnCause } from '../custody/custody-runs.js';
import type { SettleReason } from '../record-types.js';

export type { PartyFacts } from '../custody/party-facts.js';

/** Names a message: by its `message-id` (of a task: its id), or by its place. */
export type TraceSearch =
  | { readonly messageId: string }
  | { readonly vhost: string; readonly queue: string; readonly position: number };

/** A place in a queue. */
export interface TracePlace {
  /** Undefined: the queue's name is no longer recorded. */
  readonly vhost: string | undefined;
  readonly queue: string | undefined;
  readonly queueNumber: number;
  readonly position: number;
}

/** A route that a publish took. */
export interface TraceRoute extends TracePlace {
  readonly priority: number;
  /** Unix ms; absent: never. */
  readonly expiresMs?: number;
  /** Unix ms; it waits until then. */
  readonly dueMs?: number;
  /** It waits for records to be written. */
  readonly isHeld?: boolean;
}

/** When something happened, in Unix ms. */
export interface TraceTime {
  readonly atMs?: number;
  /** Not before, and not after. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

export type TraceEnd = keyof typeof SettleReason;

/** Why a delivery came back. */
export type TraceCause = Exclude<keyof typeof ReturnCause, 'unknown'>;

/** Whose doing it was; absent: that is not recorded. */
export interface TraceParty {
  /** `the broker` where it was the broker's own. */
  readonly by?: PartyFacts | 'the broker';
}

export type TraceEvent = TraceTime & {
  /** Of the record that tells it. */
  readonly sequence: number;
} & (
    | {
        readonly kind: 'published' | 'dead-letter-published' | 'forwarded';
        readonly exchange: string;
        readonly routingKey: string;
        readonly bodyBytes: number;
        /** As the publisher gave it; the broker checked it against who had signed in. */
        readonly userId?: string;
        readonly appId?: string;
        readonly by?: PartyFacts;
        readonly routes: readonly TraceRoute[];
      }
    /** A first delivery may have taken place from here on: consumers came within 1,024 messages of it. */
    | { readonly kind: 'delivery-possible'; readonly place: TracePlace }
    /** It was handed over; the record of what became of that tells it. */
    | { readonly kind: 'delivered'; readonly place: TracePlace; readonly to?: PartyFacts }
    | ({
        readonly kind: 'requeued';
        readonly place: TracePlace;
        /** `marked`: perhaps delivered before an unclean stop. */
        readonly why: 'marked' | 'failed' | 'returned';
        readonly cause?: TraceCause;
      } & TraceParty)
    | ({
        readonly kind: 'held-back';
        readonly place: TracePlace;
        /** Unix ms; absent: no longer. */
        readonly dueMs?: number;
        readonly isFailure: boolean;
      } & TraceParty)
    | ({
        readonly kind: 'ended';
        readonly place: TracePlace;
        readonly why: TraceEnd;
        /** The record that was written with its acknowledgement. */
        readonly record?: string;
      } & TraceParty)
    | { readonly kind: 'queue-deleted'; readonly place: TracePlace }
  );

/** One message, from its publish on, through every dead-lettering. */
export interface TracedLife {
  readonly messageId?: string;
  /** False: its publish is no longer recorded, or it was dead-lettered from what is not. */
  readonly hasOrigin: boolean;
  readonly events: readonly TraceEvent[];
  /** Where it still is, as far as these records go. */
  readonly places: readonly TracePlace[];
}

export interface MessageTrace {
  readonly lives: readonly TracedLife[];
  /** More were found than are told. */
  readonly isCut: boolean;
  /** Unix ms: from when on every record is still there; absent: nothing was published since. */
  readonly completeFromMs?: number;
  /** Nothing was ever compacted away: what is not told did not happen. */
  readonly isWhole: boolean;
  readonly records: number;
  readonly bytes: number;
}
