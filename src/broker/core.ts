/** The parts of a running broker that channels share. Made once by the broker. */
import type { Journal } from '../journal/index.js';
import type { Clock, Random } from '../kernel/index.js';
import type { MessageHolder } from './administration-face.js';
import type { Answers } from './answers.js';
import type { Dispatcher } from './dispatcher.js';
import type { LooseChunks } from './loose-chunks.js';
import type { MessageStore } from './message-store.js';
import type { Meters } from './measures/meters.js';
import type { Mover } from './mover.js';
import type { Publisher } from './publisher.js';
import type { Queue } from './queue.js';
import type { Reaper } from './reaper.js';
import type { Recorder } from './recorder.js';
import type { BrokerRecords } from './records/broker-records.js';
import type { ReplyTargets } from './reply-targets.js';
import type { BrokerState } from './state.js';
import type { Topology } from './topology.js';

export interface BrokerCore {
  readonly state: BrokerState;
  readonly journal: Journal;
  readonly recorder: Recorder;
  readonly store: MessageStore;
  readonly publisher: Publisher;
  readonly dispatcher: Dispatcher;
  readonly mover: Mover;
  readonly meters: Meters;
  readonly topology: Topology;
  readonly replyTargets: ReplyTargets;
  readonly answers: Answers;
  readonly clock: Clock;
  readonly random: Random;
  readonly looseChunks: LooseChunks;
  readonly reaper: Reaper;
  readonly records: BrokerRecords;
  /** Calls back in a later turn of the event loop. */
  readonly later: (run: () => void) => void;
  /** Finds out who has a message. */
  readonly holderOf: (queue: Queue, position: number) => MessageHolder | undefined;
  /** A queue got its first or lost its last use: its expiry starts anew. */
  used(queue: Queue): void;
}
