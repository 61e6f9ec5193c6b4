/**
 * The broker: the state, and the parts that decide, record and deliver, wired together. It knows no protocol and
 * never waits; its edges do. Open one with `openBroker`.
 */
import type { Journal, RecoveryReport } from '../journal/index.js';
import { SluiceError, type Clock, type Random } from '../kernel/index.js';
import { Administration } from './administration.js';
import { Answers } from './answers.js';
import { Connection } from './connection.js';
import type { BrokerCore } from './core.js';
import { ReturnCause } from './custody/custody-runs.js';
import { Dispatcher } from './dispatcher.js';
import type { Alarm, BrokerConnection, BrokerFace, ChunkReference, ConnectionInfo } from './face.js';
import { encodeHash } from './fold.js';
import { LooseChunks } from './loose-chunks.js';
import { holderIn } from './message-holder.js';
import { Meters } from './measures/meters.js';
import { MessageStore } from './message-store.js';
import { Mover } from './mover.js';
import { EntryState } from './page.js';
import { OverdueWatch } from './overdue-watch.js';
import { Publisher } from './publisher.js';
import type { Queue } from './queue.js';
import { QueueTimers } from './queue-timers.js';
import { Reaper } from './reaper.js';
import { Recorder } from './recorder.js';
import { BrokerRecords } from './records/broker-records.js';
import { ReplyTargets } from './reply-targets.js';
import type { BrokerSettings } from './settings.js';
import { SnapshotKeeper } from './snapshot-keeper.js';
import type { BrokerState, VirtualHost } from './state.js';
import { Topology } from './topology.js';
import { TurnClock } from './turn-clock.js';

/** How the broker gets back to the event loop. */
export interface Turns {
  /** Before the current turn ends. */
  readonly soon: (run: () => void) => void;
  /** In a later turn. */
  readonly later: (run: () => void) => void;
}

export const eventLoopTurns: Turns = {
  soon: queueMicrotask,
  later: (run) => {
    setImmediate(run);
  },
};

/** Receives what happens, with stable event codes; never message bodies. */
export type BrokerLog = (event: string, details: Readonly<Record<string, unknown>>) => void;

/** Records between two hashes of the state, unless said otherwise. */
const hashEveryRecordsDefault = 65_536;

/** Delays of one queue that end in one turn of the event loop. */
const delaysPerSlice = 512;

export interface BrokerParts {
  readonly state: BrokerState;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: BrokerSettings;
  readonly turns: Turns;
  readonly log: BrokerLog;
  readonly recovery: RecoveryReport;
  /** Records between two hashes of the state; 65,536 by default. */
  readonly hashEveryRecords?: number | undefined;
}

export class Broker implements BrokerFace {
  readonly #state: BrokerState;
  readonly #journal: Journal;
  readonly #settings: BrokerSettings;
  readonly #clock: Clock;
  readonly #log: BrokerLog;
  readonly #core: BrokerCore;
  readonly #timers: QueueTimers;
  readonly #keeper: SnapshotKeeper;
  readonly #connections = new Set<Connection>();
  readonly #alarms = new Set<Alarm>();
  readonly #alarmListeners = new Set<(alarms: ReadonlySet<Alarm>) => void>();
  readonly #hashEveryRecords: number;
  #hashedAt = 0;
  readonly #overdue: OverdueWatch;
  #isClosed = false;
  /** What the CLI, the HTTP API and definitions use. */
  readonly administration: Administration;
  /** How the last start went. */
  readonly recovery: RecoveryReport;

  constructor(parts: BrokerParts) {
    const { state, journal, clock, random, turns } = parts;
    this.#state = state;
    this.#journal = journal;
    this.#clock = clock;
    this.#settings = parts.settings;
    this.#log = parts.log;
    this.recovery = parts.recovery;
    this.#hashEveryRecords = parts.hashEveryRecords ?? hashEveryRecordsDefault;
    this.#timers = new QueueTimers(
      clock,
      (id) => state.queues.get(id),
      (queue, nowMs) => {
        this.#maintain(queue, nowMs);
      },
    );
    this.#core = this.#wire(random, turns);
    this.#overdue = new OverdueWatch(clock, this.#connections, this.#settings.consumerTimeoutMs);
    this.administration = new Administration(this.#core, {
      connect: (info) => this.connect(info),
    });
    const { looseChunks, records, recorder } = this.#core;
    const { log, settings } = parts;
    const keeper = { journal, state, looseChunks, records, recorder, log, settings };
    this.#keeper = new SnapshotKeeper(keeper, () => encodeHash(state.hash().low, state.hash().high));
    journal.beforeSeal(() => {
      this.#hashState();
    });
    journal.onDurable(() => {
      this.#keeper.consider();
    });
    journal.onSpace((space) => {
      this.setAlarm('disk', space !== 'ok');
    });
    this.#hashedAt = journal.lastSequence;
  }

  #wire(random: Random, turns: Turns): BrokerCore {
    const state = this.#state;
    const journal = this.#journal;
    const clock = this.#clock;
    const recorder = new Recorder(journal, new TurnClock(clock, turns.soon));
    const meters = new Meters(clock, this.#settings.measures);
    const looseChunks = new LooseChunks(journal);
    const unreadable = (queue: Queue, position: number, error: SluiceError): void => {
      this.#setAside(queue, position, error);
    };
    const store = new MessageStore({
      journal,
      looseChunks,
      giveUp: (queue, position, error) => {
        unreadable(queue, position, error);
        if (!queue.isDeleted) dispatcher.headChanged(queue);
      },
    });
    const publisher = new Publisher(state, journal, recorder, clock, this.#settings, {
      admitted: (queue) => {
        this.#admitted(queue);
      },
      full: (queue) => {
        dispatcher.deliverNow(queue);
      },
      refused: (queue, vhost, message, marks) => {
        if (queue.settings.overflow === 'reject-publish-dlx')
          core.mover.buryRefused(queue, vhost, message, marks);
      },
    });
    const mover = new Mover({
      state,
      journal,
      recorder,
      store,
      publisher,
      looseChunks,
      clock,
      meters,
      later: turns.later,
      unreadable,
      moved: (queue) => {
        dispatcher.moved(queue);
      },
    });
    const dispatcher = new Dispatcher(state, journal, recorder, store, clock, meters, {
      soon: turns.soon,
      later: turns.later,
      bury: (queue, position, reason) => {
        mover.bury(queue, position, reason);
      },
      unreadable,
      reschedule: (queue) => {
        this.#timers.schedule(queue);
      },
    });
    const topology = new Topology(
      state,
      recorder,
      random,
      {
        queueRemoved: (queue) => {
          this.#queueRemoved(queue);
        },
        queueUsed: (queue) => {
          core.used(queue);
        },
      },
      { transientQueues: this.#settings.transientQueues },
    );
    const core: BrokerCore = {
      state,
      journal,
      recorder,
      store,
      publisher,
      dispatcher,
      mover,
      meters,
      topology,
      replyTargets: new ReplyTargets(random),
      answers: new Answers(journal, publisher),
      clock,
      random,
      later: turns.later,
      holderOf: (queue, position) => holderIn(this.#connections, queue, position),
      used: (queue) => {
        this.#used(queue);
      },
      looseChunks,
      reaper: new Reaper(turns.later, clock),
      records: new BrokerRecords({
        ...{ state, journal, recorder, clock, random, dispatcher, turns },
        countMax: this.#settings.recordCountMax,
      }),
    };
    return core;
  }

  /** Begins to deliver, to expire and to watch; called once, after recovery. */
  start(): void {
    const nowMs = this.#clock.now();
    for (const queue of this.#state.queues.values()) {
      queue.lastUsedMs = nowMs;
      this.#core.dispatcher.enforceLimits(queue);
      this.#timers.schedule(queue);
    }
    this.#core.records.begin(nowMs);
    this.#overdue.start();
  }

  connect(info: ConnectionInfo): BrokerConnection {
    if (this.#isClosed) throw new SluiceError('closed', 'the broker is stopping');
    const vhost = this.#state.vhost(info.vhost);
    const clients = info.isClient === true ? 1 : 0;
    const connection = new Connection(this.#core, info, vhost, (closed) => {
      if (this.#connections.delete(closed)) vhost.clients -= clients;
    });
    vhost.clients += clients;
    this.#connections.add(connection);
    return connection;
  }

  get virtualHosts(): ReadonlyMap<string, VirtualHost> {
    return this.#state.virtualHosts;
  }

  appendChunk(buffer: Buffer, start: number, end: number): ChunkReference {
    const chunk = this.#core.recorder.chunk(buffer, start, end);
    this.#core.looseChunks.hold([chunk]);
    return chunk;
  }

  releaseChunks(chunks: readonly ChunkReference[]): void {
    this.#core.looseChunks.release(chunks);
  }

  get durableSequence(): number {
    return this.#journal.durableSequence;
  }

  onDurable(listener: (sequence: number) => void): () => void {
    return this.#journal.onDurable(listener);
  }

  get alarms(): ReadonlySet<Alarm> {
    return this.#alarms;
  }

  onAlarm(listener: (alarms: ReadonlySet<Alarm>) => void): () => void {
    this.#alarmListeners.add(listener);
    return () => this.#alarmListeners.delete(listener);
  }

  /** Raises or clears a reason to block publishers. */
  setAlarm(alarm: Alarm, isRaised: boolean): void {
    if (this.#alarms.has(alarm) === isRaised) return;
    if (isRaised) this.#alarms.add(alarm);
    else this.#alarms.delete(alarm);
    this.#log(isRaised ? 'broker.alarm-raised' : 'broker.alarm-cleared', { alarm });
    for (const listener of [...this.#alarmListeners]) listener(this.#alarms);
  }

  get pressure(): boolean {
    return this.#journal.pressure;
  }

  onPressure(listener: (pressure: boolean) => void): () => void {
    return this.#journal.onPressure(listener);
  }

  /** Figures of the journal beneath. */
  get journal(): Pick<Journal, 'stats' | 'space' | 'lastSequence'> {
    return this.#journal;
  }

  /** Writes a snapshot and compacts, now. */
  async snapshot(): Promise<void> {
    await this.#keeper.run();
  }

  /** Ends every connection, records what is pending, and closes the journal. Safe to call twice. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#timers.stop();
    this.#core.mover.stop();
    this.#core.dispatcher.stop();
    this.#core.records.stop();
    this.#overdue.stop();
    for (const connection of [...this.#connections]) connection.close(ReturnCause.brokerStopped);
    this.#core.recorder.flushSettled();
    await this.#keeper.stop();
    await this.#journal.close();
  }

  #admitted(queue: Queue): void {
    const { dispatcher } = this.#core;
    dispatcher.enforceLimits(queue);
    dispatcher.request(queue);
    if (queue.backlog.delayed > 0 || queue.watchesExpiry) this.#timers.schedule(queue);
  }

  #used(queue: Queue): void {
    queue.lastUsedMs = this.#clock.now();
    if (queue.settings.expiresMs !== undefined) this.#timers.schedule(queue);
  }

  #queueRemoved(queue: Queue): void {
    for (const connection of this.#connections) {
      connection.exclusiveQueues.delete(queue);
      if (queue.consumers.count > 0) for (const channel of connection.channels) channel.queueRemoved(queue);
    }
    this.#core.meters.retire(queue);
    this.#core.reaper.add(queue.releaseAll());
  }

  #maintain(queue: Queue, nowMs: number): void {
    this.#endDelays(queue, nowMs);
    queue.pace.advance(nowMs);
    // What expires at once is first offered to the consumers, or it would be due again at once.
    this.#core.dispatcher.deliverNow(queue);
    this.#core.dispatcher.expireHead(queue, nowMs);
    const { expiresMs } = queue.settings;
    if (expiresMs !== undefined && queue.consumers.count === 0 && nowMs - queue.lastUsedMs >= expiresMs) {
      this.#log('queue.expired', { vhost: queue.vhost, queue: queue.name });
      this.#core.topology.removeQueue(queue);
      return;
    }
    this.#core.dispatcher.request(queue);
  }

  #endDelays(queue: Queue, nowMs: number): void {
    for (let left = delaysPerSlice; left > 0; left--) {
      const position = queue.takeDue(nowMs);
      if (position < 0) return;
      if (queue.backlog.stateAt(position) === EntryState.held) this.#core.dispatcher.expire(queue, position);
      else if (queue.isHidden) this.#core.mover.bury(queue, position, 'delayed');
      else queue.undelay(position);
    }
  }

  /** A message that cannot be read stays where it is, out of everybody's way, until somebody repairs the journal. */
  #setAside(queue: Queue, position: number, error: SluiceError): void {
    if (queue.backlog.stateAt(position) === EntryState.ready) queue.take(position, EntryState.moving);
    this.#log('message.unreadable', {
      vhost: queue.vhost,
      queue: queue.name,
      position,
      reason: error.message,
      ...error.details,
    });
  }

  #hashState(): void {
    if (this.#journal.lastSequence - this.#hashedAt < this.#hashEveryRecords) return;
    this.#core.recorder.flushSettled();
    this.#core.recorder.stateHash(this.#state.hash());
    this.#hashedAt = this.#journal.lastSequence;
  }
}
