/**
 * Recovery: the state from the newest snapshot and every record after it. It calls what the live broker calls, and
 * compares the state with the hashes that the journal holds. Throws `journal-damaged` where they differ.
 */
import type { Journal, RecordView, RecoveryReport } from '../journal/index.js';
import { SluiceError } from '../kernel/index.js';
import { newEntry } from './new-entry.js';
import { countEntry } from './entry-hash.js';
import { MessageIds } from './message-ids.js';
import { MissingRecords } from './missing-records.js';
import { EntryState, pageEntries } from './page.js';
import { readRanges } from './position-ranges.js';
import {
  newPublishHead,
  PublishFlag,
  publishHeadBytes,
  readChunks,
  readPosition,
  readPublishHead,
  readRoute,
} from './publish-record.js';
import type { Queue } from './queue.js';
import { RecordType, type RequeueKind } from './record-types.js';
import type { RecordHashes } from './records/record-hashes.js';
import { newPutView, readPut, readRemoval } from './records/record-codec.js';
import { readChunk } from './snapshot.js';
import type { BrokerState } from './state.js';
import { decodeChange } from './topology-record.js';

/** How a start went. */
export interface BrokerRecovery extends RecoveryReport {
  /** Queues made for messages whose queue's declaration a repair set aside. */
  readonly recoveredQueues: readonly string[];
}

/** Where the hash of a snapshot's state stands in its manifest. */
const hashBytes = 8;

export function encodeHash(low: number, high: number): Buffer {
  const bytes = Buffer.alloc(hashBytes);
  bytes.writeUInt32LE(low, 0);
  bytes.writeUInt32LE(high, 4);
  return bytes;
}

/** Makes the state from the journal. */
export async function recoverState(
  state: BrokerState,
  journal: Journal,
  onProgress?: (done: number, total: number) => void,
): Promise<BrokerRecovery> {
  const { snapshot } = journal;
  if (snapshot !== undefined) {
    for await (const chunk of snapshot.read()) readChunk(state, asBuffer(chunk));
    const bytes = asBuffer(snapshot.state);
    compareHash(state, bytes.readUInt32LE(0), bytes.readUInt32LE(4), snapshot.sequence);
  }
  const fold = new Fold(state);
  const report = await journal.replay((record) => {
    fold.apply(record);
  }, onProgress);
  return { ...report, recoveredQueues: fold.recoveredQueues };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function compareHash(state: BrokerState, low: number, high: number, sequence: number): void {
  if (state.hash().equals(low, high)) return;
  throw new SluiceError(
    'journal-damaged',
    `the state at record ${sequence} is not the one that was written`,
    {
      details: { sequence },
    },
  );
}

/** Begins the names of queues whose declarations are lost. */
const recoveredPrefix = 'sluice.recovered.';

export class Fold {
  readonly #state: BrokerState;
  readonly #entry = newEntry();
  readonly #head = newPublishHead();
  readonly #put = newPutView();
  readonly #ids: MessageIds;
  readonly #missing: MissingRecords;
  /** Names given to queues whose declarations a repair set aside. */
  readonly recoveredQueues: string[] = [];
  #buffer: Buffer | undefined = undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(state: BrokerState) {
    this.#state = state;
    this.#ids = new MessageIds(state);
    this.#missing = new MissingRecords(state);
  }

  apply(record: RecordView): void {
    if (this.#buffer !== record.buffer) {
      this.#buffer = record.buffer;
      this.#view = new DataView(record.buffer.buffer, record.buffer.byteOffset, record.buffer.length);
    }
    switch (record.type) {
      case RecordType.publish:
        this.#publish(record);
        return;
      case RecordType.settle:
        this.#settle(record.start);
        return;
      case RecordType.requeue:
        this.#requeue(record.start);
        return;
      case RecordType.delivered:
        this.#delivered(record.start);
        return;
      case RecordType.topology:
        this.#topology(record);
        return;
      case RecordType.stateHash:
        // Behind a gap the state is not the one that was hashed.
        if (record.isAfterGap) return;
        compareHash(
          this.#state,
          this.#view.getUint32(record.start, true),
          this.#view.getUint32(record.start + 4, true),
          record.sequence,
        );
        return;
      case RecordType.holdBack:
        this.#holdBack(record.start);
        return;
      case RecordType.recordPut:
        this.#putRecord(record);
        return;
      case RecordType.recordRemoval:
        readRemoval(record.buffer, this.#view, record.start, (vhost, low, high, check) => {
          this.#state.virtualHosts.get(vhost)?.records.remove(low, high, check, record.sequence);
        });
        return;
      case RecordType.chunk:
      case RecordType.party:
        return;
      default:
        throw new SluiceError(
          'format-newer',
          `record ${record.sequence} is of type ${record.type}, which this version does not know`,
        );
    }
  }

  #publish(record: RecordView): void {
    const head = this.#head;
    const entry = this.#entry;
    readPublishHead(this.#view, record.start, head);
    for (let index = 0; index < head.routes; index++) {
      const id = readRoute(this.#view, record.start, index, head.flags, entry);
      const queue = this.#state.queues.get(id) ?? (record.isAfterGap ? this.#recoverQueue(id) : undefined);
      if (queue === undefined) continue;
      entry.segment = record.segment;
      entry.offset = record.offset;
      entry.size = head.bodyLength;
      if (queue.settings.messageIndex) entry.idHash = this.#idHash(record);
      if (entry.state === EntryState.held) entry.awaited = this.#awaited(record, queue);
      const chunked = (head.flags & PublishFlag.chunked) !== 0;
      this.#state.applyEntry(queue, entry, chunked ? this.#chunks(record) : undefined, false);
    }
  }

  #putRecord(record: RecordView): void {
    const put = this.#put;
    const { segment, offset, sequence } = record;
    readPut(this.#view, record.start, put);
    if (put.queue !== 0) {
      const queue = this.#state.queues.get(put.queue);
      if (queue !== undefined) discard(queue, put.position);
    }
    const name = record.buffer.toString('utf8', put.vhostStart, put.keyStart);
    if (record.isAfterGap) this.#provideVirtualHost(name);
    const { low, high, check, expiryMs } = put;
    const bytes = record.end - record.start;
    const facts = { low, high, check, segment, offset, bytes, version: sequence, expiryMs };
    this.#state.virtualHosts.get(name)?.records.put(facts);
  }

  /** The records that are missing now were missing when it came: the journal has told of nothing since. */
  #awaited(record: RecordView, { vhost }: Queue): RecordHashes {
    const { flags, routes, namesLength, propertiesLength } = this.#head;
    const at = record.start + publishHeadBytes(routes, flags) + namesLength;
    const store = this.#state.virtualHosts.get(vhost)?.records;
    return this.#missing.ofProperties(store, record.buffer.subarray(at, at + propertiesLength));
  }

  #idHash(record: RecordView): number {
    const { flags, routes, namesLength, propertiesLength } = this.#head;
    const at = record.start + publishHeadBytes(routes, flags) + namesLength;
    return this.#ids.ofProperties(record.buffer, at, at + propertiesLength);
  }

  /** A queue whose declaration was set aside: its messages must not go with it. */
  #recoverQueue(id: number): Queue {
    this.#provideVirtualHost('/');
    const name = `${recoveredPrefix}${id}`;
    this.recoveredQueues.push(name);
    this.#state.applyTopology({
      op: 'queue',
      id,
      vhost: '/',
      name,
      durable: true,
      autoDelete: false,
      arguments: '',
    });
    return this.#state.queues.get(id)!;
  }

  #provideVirtualHost(name: string): void {
    if (!this.#state.virtualHosts.has(name)) this.#state.applyTopology({ op: 'vhost', name });
  }

  #topology(record: RecordView): void {
    const change = decodeChange(record.buffer.subarray(record.start, record.end));
    if (record.isAfterGap && (change.op === 'queue' || change.op === 'exchange' || change.op === 'policy'))
      this.#provideVirtualHost(change.vhost);
    this.#state.applyTopology(change);
  }

  #chunks(record: RecordView): ReturnType<typeof readChunks> {
    const { flags, routes, namesLength, propertiesLength, chunks } = this.#head;
    const at = record.start + publishHeadBytes(routes, flags) + namesLength + propertiesLength;
    return readChunks(this.#view, at, chunks);
  }

  #settle(at: number): void {
    const queue = this.#state.queues.get(this.#view.getUint32(at, true));
    if (queue === undefined) return;
    readRanges(this.#view, at, (position) => {
      discard(queue, position);
    });
  }

  #requeue(at: number): void {
    const queue = this.#state.queues.get(this.#view.getUint32(at, true));
    if (queue === undefined) return;
    const kind = this.#view.getUint16(at + 4, true) as RequeueKind;
    readRanges(this.#view, at, (position) => {
      const page = queue.backlog.pageOf(position);
      page?.noteRequeue(position % pageEntries, kind);
    });
  }

  #holdBack(at: number): void {
    const queue = this.#state.queues.get(this.#view.getUint32(at, true));
    if (queue === undefined) return;
    const position = readPosition(this.#view, at + 4);
    const isFailure = this.#view.getUint16(at + 10, true) === 1;
    this.#state.applyHoldBack(queue, position, this.#view.getFloat64(at + 12, true), isFailure);
  }

  #delivered(at: number): void {
    const queue = this.#state.queues.get(this.#view.getUint32(at, true));
    if (queue !== undefined) queue.deliveredMark = readPosition(this.#view, at + 4);
  }
}

/** A message leaves a queue for good, in the columns alone: `Queue.rebuild` makes the rest. */
function discard(queue: Queue, position: number): void {
  const page = queue.backlog.pageOf(position);
  const slot = position % pageEntries;
  if (page === undefined || page.state(slot) === EntryState.gone) return;
  countEntry(queue, -1, position, page, slot);
  queue.releaseLargeBody(position);
  queue.backlog.remove(position);
}
