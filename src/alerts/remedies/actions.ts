/**
 * What remedies may see and do, as whoever composes a server or a program offers it: alerts know no broker. Invariant:
 * each call tells of the present moment and throws a `SluiceError`; what is not known is undefined.
 */

export interface QueueName {
  readonly vhost: string;
  readonly queue: string;
}

export interface QueueSeen {
  readonly ready: number;
  readonly unacknowledged: number;
  readonly consumers: number;
  readonly paused: boolean;
  /** Of the bodies of all its messages. */
  readonly bytes: number;
  /** Since the server started: what a limit removed, and what went where failed messages go. */
  readonly dropped: number;
  readonly deadLettered: number;
  /** What counts of its arguments and policies. */
  readonly limits: Readonly<Record<string, unknown>>;
  /** Of those, what its declaration or an operator policy sets: a policy does not raise it. */
  readonly fixedLimits: readonly string[];
}

export interface ConsumerSeen {
  /** `CONNECTION (CHANNEL) TAG`. */
  readonly identity: string;
  readonly user: string;
  readonly prefetch: number;
  readonly unacknowledged: number;
  readonly oldestUnacknowledgedMs: number;
}

export interface MessageSeen {
  readonly position: number;
  readonly messageId?: string | undefined;
  /** Deliveries of it that failed. */
  readonly failures: number;
  /** A consumer has it now. */
  readonly isActive: boolean;
  /** It waits for its time. */
  readonly isHeldBack: boolean;
}

/** Whose publishes a limit counts: all that is given must agree. */
export interface PublisherTarget {
  readonly connection?: string | undefined;
  readonly user?: string | undefined;
  readonly vhost?: string | undefined;
  readonly exchange?: string | undefined;
}

/** A connection with what it publishes. */
export interface PublisherSeen {
  readonly connection: string;
  readonly user: string;
  readonly vhost: string;
  readonly perSecond: number;
}

export interface LimitPolicy extends QueueName {
  /** The policy's own name. */
  readonly name: string;
  readonly limit: string;
  readonly to: number;
}

export interface Redrive extends QueueName {
  /** Only those that failed in this queue. */
  readonly failedIn?: string | undefined;
  /** Only those whose reason has this text in it. */
  readonly reason?: string | undefined;
  readonly count: number;
  readonly perSecond: number;
}

/** What a redrive would send. */
export interface RedriveSeen {
  /** Positions, so that a changed queue is noticed. */
  readonly positions: readonly number[];
  readonly targets: Readonly<Record<string, number>>;
  /** Matching, and with nowhere to go back to. */
  readonly homeless: number;
  readonly seen: number;
  /** Beyond what was looked at. */
  readonly unseen: number;
}

/** What a redrive has sent; `problem`: what kept it from sending the rest. */
export interface RedriveDone {
  readonly sent: number;
  /** By queue. */
  readonly targets: Readonly<Record<string, number>>;
  readonly problem: string | undefined;
}

/** A worker that says how far it may grow, wherever it runs. */
export interface WorkerSeen {
  readonly id: string;
  /** The machine and the process. */
  readonly place: string;
  readonly concurrency: number;
  readonly max: number;
}

export interface RemedyActions {
  /** Undefined: there is none. */
  queue(name: QueueName): QueueSeen | undefined;
  /** The queue of a task. */
  taskQueue(task: string): Promise<QueueName>;
  setPaused(name: QueueName, paused: boolean): Promise<void>;
  consumers(name: QueueName): readonly ConsumerSeen[];
  closeConsumer(name: QueueName, identity: string, reason: string): Promise<{ readonly returned: number }>;
  setPrefetch(name: QueueName, identity: string, prefetch: number): Promise<void>;
  /** Those that failed most, of `seen` that were looked at. */
  failedMost(
    name: QueueName,
    count: number,
  ): Promise<{
    readonly messages: readonly MessageSeen[];
    readonly seen: number;
  }>;
  find(name: QueueName, position: number): Promise<MessageSeen | undefined>;
  /** The key that holds most others back; undefined: none does. */
  busiestKey(name: QueueName): Promise<{ readonly key: string; readonly waiting: number } | undefined>;
  firstOfKey(name: QueueName, key: string): Promise<MessageSeen | undefined>;
  /** Moves a message to another queue, which is made where it is not there. `awaited`: when it comes back. */
  quarantine(
    name: QueueName,
    position: number,
    to: string,
    reason: string,
  ): Promise<'moved' | 'awaited' | 'absent'>;
  /** Sends a message that was quarantined back. False: it is not there any more. */
  returnFromQuarantine(name: QueueName, position: number, from: string): Promise<boolean>;
  holdBack(name: QueueName, position: number, untilMs: number): Promise<'held' | 'awaited' | 'absent'>;
  /** Ends what `holdBack` began. False: it was not held any more. */
  release(name: QueueName, position: number): Promise<boolean>;
  /** Who publishes how much, measured for a second; undefined: nobody can connect here. */
  publishers(): Promise<readonly PublisherSeen[]>;
  /** Messages that connections have published that a limit would count, by their names; undefined: nobody can connect. */
  publishedBy(target: PublisherTarget): Readonly<Record<string, number>> | undefined;
  limitPublisher(name: string, target: PublisherTarget, perSecond: number): void;
  /** False: there is none of that name. */
  liftPublisherLimit(name: string): boolean;
  hasPublisherLimit(name: string): boolean;
  setLimit(policy: LimitPolicy): Promise<void>;
  /** False: there is none of that name. */
  clearLimit(vhost: string, name: string): Promise<boolean>;
  hasLimit(vhost: string, name: string): boolean;
  /** What a redrive would do. */
  planRedrive(redrive: Redrive): Promise<RedriveSeen>;
  /** Resolves at its end. */
  redrive(redrive: Redrive): Promise<RedriveDone>;
  /** Workers of a queue that say how far they may grow. */
  workers(name: QueueName): Promise<readonly WorkerSeen[]>;
  /** Asks one to run so many tasks at a time, which it does soon. False: it is gone. */
  setWorker(id: string, concurrency: number): Promise<boolean>;
}
