/** Opens a broker on a directory: opens the journal, makes the state from it, and lets deliveries begin. */
import { join } from 'node:path';
import { openJournal, type JournalOptions, type RecoveryReport } from '../journal/index.js';
import { SluiceError, type Clock, type Disk, type Random } from '../kernel/index.js';
import { ReturnCause } from './custody/custody-runs.js';
import { Broker, eventLoopTurns, type BrokerLog, type Turns } from './broker.js';
import { recoverState } from './fold.js';
import { governExchange, governQueue } from './policies/govern.js';
import { markPossiblyDelivered } from './possibly-delivered.js';
import { RequeueKind } from './record-types.js';
import { Recorder } from './recorder.js';
import { brokerSettings, type BrokerSettings } from './settings.js';
import { BrokerState } from './state.js';
import { TurnClock } from './turn-clock.js';

export interface BrokerOptions {
  /** The data directory; the journal stands in `journal` below it. */
  readonly directory: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings?: Partial<BrokerSettings>;
  /** Called once when the disk has failed: nothing more will be durable and the process must end with code 74. */
  readonly onFailure: (error: SluiceError) => void;
  readonly log?: BrokerLog;
  /** Told of recovery's progress, in bytes. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  readonly turns?: Turns;
  /** What else to tell the journal, for tests and benchmarks. */
  readonly journal?: Partial<JournalOptions>;
  /** Records between two hashes of the state in the journal, for tests. */
  readonly hashEveryRecords?: number;
}

/**
 * Throws `journal-damaged` with the exact range, `format-newer`, or `disk-failed`; the directory is then as it was.
 */
export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const { clock, random, disk, turns = eventLoopTurns } = options;
  const log = options.log ?? (() => undefined);
  const settings = brokerSettings.parse(options.settings ?? {});
  const journal = await openJournal({
    disk,
    clock,
    random,
    onFailure: options.onFailure,
    log,
    ...options.journal,
    directory: join(options.directory, 'journal'),
  });
  const state = new BrokerState(journal);
  try {
    const recovery = await recoverState(state, journal, options.onProgress);
    const recorder = new Recorder(journal, new TurnClock(clock, turns.soon));
    completeState(state, recorder, settings, recovery, random);
    const broker = new Broker({
      state,
      journal,
      clock,
      random,
      settings,
      log,
      recovery,
      turns,
      hashEveryRecords: options.hashEveryRecords,
    });
    await journal.sync();
    for (const queue of recovery.recoveredQueues) log('broker.queue-recovered', { vhost: '/', queue });
    // What stands behind a gap is replayed once; the next start begins with what was made of it.
    if (recovery.gaps.length > 0) await broker.snapshot();
    broker.start();
    return broker;
  } catch (error) {
    await journal.close().catch(() => undefined);
    throw error;
  }
}

/** What the journal does not say: order, keys and delays, marks after a crash, and what every broker has. */
function completeState(
  state: BrokerState,
  recorder: Recorder,
  settings: BrokerSettings,
  recovery: RecoveryReport,
  random: Random,
): void {
  for (const queue of [...state.queues.values()]) {
    if (settings.transientQueues === 'drop' && !queue.durable) {
      recorder.topology({ op: 'queue-delete', id: queue.id });
      state.removeQueue(queue).releaseAllNow();
      continue;
    }
    // Recorded, because the next stop may be clean before anybody reads the message. After a clean stop nothing is
    // out, and the first delivery of this life must leave a record, or its end would be taken for a clean one too.
    if (recovery.cleanStop) queue.deliveredMark = 0;
    else recorder.requeueAll(queue, markPossiblyDelivered(queue), RequeueKind.marked, ReturnCause.restart);
    governQueue(queue, state.vhost(queue.vhost).policies);
    queue.rebuild();
  }
  for (const { exchanges, policies } of state.virtualHosts.values())
    for (const exchange of exchanges.values()) governExchange(exchange, policies);
  if (state.secret === undefined) {
    const bytes = random.bytes(8);
    const change = { op: 'secret', low: bytes.readUInt32LE(0), high: bytes.readUInt32LE(4) } as const;
    recorder.topology(change);
    state.applyTopology(change);
  }
  if (state.virtualHosts.size > 0) return;
  const change = { op: 'vhost', name: '/' } as const;
  recorder.topology(change);
  state.applyTopology(change);
}
