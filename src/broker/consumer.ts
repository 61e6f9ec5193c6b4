/**
 * One consumer of a queue, and the consumers of one queue by priority. Invariant: `unacknowledged` counts what
 * was delivered to the consumer and not settled; within one priority consumers take turns.
 */
import type { FieldTable } from './content/index.js';
import { Party } from './custody/party.js';
import type { ChannelSink } from './face.js';
import type { ConsumerMeter } from './measures/consumer-meter.js';
import type { ConsumerRest } from './measures/revisions.js';
import type { Overdue } from './settlement.js';
import type { SettledCounts } from './settled-counts.js';
import type { Unacknowledged } from './unacknowledged.js';

/** What a consumer needs of its channel. One object for all consumers of the channel. */
export interface DeliveryGate {
  /** Whose channel it is. */
  readonly client: { readonly connection: string; readonly user: string; readonly channel: number };
  /** Who the connection is. */
  readonly party: Party;
  readonly sink: ChannelSink;
  readonly unacknowledged: Unacknowledged;
  readonly settled: SettledCounts;
  /** False while the client asked for a pause, or its socket is full. */
  readonly isOpen: () => boolean;
  /** Prefetch over all consumers of the channel; 0: no limit. */
  sharedPrefetch: number;
  /** Consumers' deliveries that the shared limit counts. */
  sharedCount: number;
  /** Ends a consumer: what it held comes back, and its client hears of it. False: the client cannot be told. */
  readonly endConsumer: (ended: Overdue) => boolean;
}

export class Consumer {
  readonly tag: string;
  /** The tag as a short string: length octet and bytes. */
  readonly tagBytes: Buffer;
  readonly gate: DeliveryGate;
  /** The channel's number for it, above 0. */
  readonly holder: number;
  readonly noAck: boolean;
  readonly isExclusive: boolean;
  readonly priority: number;
  /** 0: no limit. An operator may change it. */
  prefetch: number;
  readonly timeoutMs: number | undefined;
  readonly arguments: FieldTable;
  unacknowledged = 0;
  delivered = 0;
  redelivered = 0;
  acknowledged = 0;
  /** Messages that the client rejected, or gave back. */
  rejected = 0;
  /** Undefined: nothing was measured yet. */
  meter: ConsumerMeter | undefined = undefined;
  /** False until its `-ok` was written. */
  isStarted = false;
  hasEnded = false;
  /** What it was like when a reader last found it at rest. */
  rest: ConsumerRest | undefined = undefined;
  #identity: string | undefined = undefined;
  #party: Party | undefined = undefined;

  constructor(
    options: Pick<
      Consumer,
      | 'tag'
      | 'gate'
      | 'holder'
      | 'noAck'
      | 'isExclusive'
      | 'priority'
      | 'prefetch'
      | 'timeoutMs'
      | 'arguments'
    >,
  ) {
    this.tag = options.tag;
    const bytes = Buffer.from(options.tag);
    this.tagBytes = Buffer.concat([Buffer.from([bytes.length]), bytes]);
    this.gate = options.gate;
    this.holder = options.holder;
    this.noAck = options.noAck;
    this.isExclusive = options.isExclusive;
    this.priority = options.priority;
    this.prefetch = options.prefetch;
    this.timeoutMs = options.timeoutMs;
    this.arguments = options.arguments;
  }

  /** Names it among all consumers of the broker, for as long as it consumes. */
  get identity(): string {
    const { connection, channel } = this.gate.client;
    return (this.#identity ??= `${connection} (${channel}) ${this.tag}`);
  }

  /** Who it is, in the journal. */
  get party(): Party {
    return (this.#party ??= this.#describe());
  }

  #describe(): Party {
    const { client, party } = this.gate;
    const automatic = this.noAck ? { isAutomatic: true } : {};
    return new Party({ ...party.facts, channel: client.channel, consumerTag: this.tag, ...automatic });
  }

  /** Whether it may get one more delivery now. */
  get hasCredit(): boolean {
    if (!this.isStarted || !this.gate.isOpen()) return false;
    if (this.noAck) return true;
    if (this.prefetch !== 0 && this.unacknowledged >= this.prefetch) return false;
    return this.gate.sharedPrefetch === 0 || this.gate.sharedCount < this.gate.sharedPrefetch;
  }
}

interface PriorityLevel {
  readonly priority: number;
  readonly members: Consumer[];
  turn: number;
}

/** The consumers of one queue. */
export class ConsumerSet {
  #levels: PriorityLevel[] = [];
  count = 0;
  /** With a single active consumer: the only one that gets deliveries. */
  active: Consumer | undefined = undefined;
  readonly #singleActive: boolean;
  /** While true nobody gets anything. */
  isPaused = false;

  constructor(singleActive: boolean) {
    this.#singleActive = singleActive;
  }

  get hasExclusive(): boolean {
    return this.#levels.some((level) => level.members.some((consumer) => consumer.isExclusive));
  }

  add(consumer: Consumer): void {
    let level = this.#levels.find((known) => known.priority === consumer.priority);
    if (level === undefined) {
      level = { priority: consumer.priority, members: [], turn: 0 };
      this.#levels.push(level);
      this.#levels.sort((a, b) => b.priority - a.priority);
    }
    level.members.push(consumer);
    this.count++;
    if (this.#singleActive) this.active ??= consumer;
  }

  remove(consumer: Consumer): boolean {
    const level = this.#levels.find((known) => known.priority === consumer.priority);
    const at = level?.members.indexOf(consumer) ?? -1;
    if (level === undefined || at < 0) return false;
    level.members.splice(at, 1);
    if (level.turn > at) level.turn--;
    if (level.members.length === 0) this.#levels = this.#levels.filter((known) => known !== level);
    this.count--;
    if (this.active === consumer) this.active = this.#levels[0]?.members[0];
    return true;
  }

  /** Whether a consumer gets deliveries at all: with a single active one, only that. */
  mayServe(consumer: Consumer): boolean {
    return !this.#singleActive || this.active === consumer;
  }

  /** Whether somebody could take one more. */
  get hasCredit(): boolean {
    if (this.#singleActive) return this.active?.hasCredit === true;
    return this.#levels.some((level) => level.members.some((consumer) => consumer.hasCredit));
  }

  /** Whose turn it is among those with credit, the highest priority first. */
  choose(): Consumer | undefined {
    if (this.isPaused) return undefined;
    if (this.#singleActive) return this.active?.hasCredit === true ? this.active : undefined;
    for (const level of this.#levels) {
      const { members } = level;
      for (let step = 0; step < members.length; step++) {
        const at = (level.turn + step) % members.length;
        const consumer = members[at]!;
        if (!consumer.hasCredit) continue;
        level.turn = (at + 1) % members.length;
        return consumer;
      }
    }
    return undefined;
  }

  [Symbol.iterator](): Iterator<Consumer> {
    // Most queues have one level, and thousands of queues are gone through every second.
    const [level] = this.#levels;
    if (level !== undefined && this.#levels.length === 1) return level.members[Symbol.iterator]();
    return this.#levels.flatMap(({ members }) => members)[Symbol.iterator]();
  }
}
