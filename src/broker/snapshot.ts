/**
 * The whole state as chunks of bytes, and back. Taking one does not stop the broker: pages are noted at once and
 * written bit by bit; a page that changes before its turn is copied first. docs/formats/snapshot.md tells the layout.
 *
 * A chunk is one octet and a payload: 1 topology changes (JSON array), 2 queue states (JSON array), 3 pages: each
 * u32 queue, u48 position of the first entry, u8 columns, u8 0, then the columns (little-endian), 4 key-value records,
 * 5 messages that wait for records.
 */
import type { SnapshotWriter } from '../journal/index.js';
import { SluiceError } from '../kernel/index.js';
import type { ChunkReference } from './face.js';
import { EntryState, Page, pageEntries, wordsPerShare, type PageImage } from './page.js';
import type { Queue } from './queue.js';
import { readPosition, writePosition } from './publish-record.js';
import {
  forgetRecords,
  noteRecords,
  readRecords,
  writeRecords,
  type NotedRecords,
} from './records/record-snapshot.js';
import type { RecordWait } from './records/record-waits.js';
import { readWaits, writeWaits, type NotedWaits } from './records/wait-snapshot.js';
import type { BrokerState } from './state.js';
import { encodeTable, policyChange, type TopologyChange } from './topology-record.js';
import { vhostSettingsChange } from './vhost-settings.js';

const ChunkKind = { topology: 1, queues: 2, pages: 3, records: 4, waits: 5 } as const;
const Column = { expiry: 1, rank: 2, due: 4, key: 8, returns: 16, share: 32, id: 64 } as const;

const pageHeadBytes = 12;
const wordsBytes = pageEntries * 16;
const columnBytes = pageEntries * 8;
const returnsBytes = pageEntries * 2;
const shareBytes = pageEntries * wordsPerShare * 4;
const idBytes = pageEntries * 4;
const pageBytesMax = pageHeadBytes + wordsBytes + 4 * columnBytes + returnsBytes + shareBytes + idBytes;
const chunkBytesMax = 1024 * 1024;
/** Large bodies described together. */
const largePerEntry = 64;

/** What a queue is beside its declaration and its pages. */
interface QueueRest {
  readonly id: number;
  readonly tail: number;
  readonly deliveredMark: number;
  readonly large: readonly (readonly [position: number, chunks: readonly ChunkReference[]])[];
}

interface NotedPage {
  readonly queue: number;
  readonly base: number;
  readonly page: Page;
  image: PageImage | undefined;
}

/** The state as it was when `noteState` ran. */
export interface NotedState {
  readonly changes: readonly TopologyChange[];
  readonly queues: readonly QueueRest[];
  readonly pages: readonly NotedPage[];
  readonly records: readonly NotedRecords[];
  readonly waits: readonly NotedWaits[];
}

/** Notes the state of this moment. Every noted page calls back before it changes. */
export function noteState(state: BrokerState): NotedState {
  const queues: QueueRest[] = [];
  const pages: NotedPage[] = [];
  for (const queue of state.queues.values()) {
    if (!queue.isJournaled) continue;
    const { id, deliveredMark } = queue;
    const large = [...queue.largeBodies];
    // At least one entry; the others repeat all but the bodies.
    for (let at = 0; at === 0 || at < large.length; at += largePerEntry)
      queues.push({
        id,
        tail: queue.backlog.tail,
        deliveredMark,
        large: large.slice(at, at + largePerEntry),
      });
    for (const { base, page } of queue.backlog.livePages()) pages.push(notePage(id, base, page));
  }
  const records = [...state.virtualHosts.values()].map((vhost) => noteRecords(vhost.records));
  return { changes: describeTopology(state), queues, pages, records, waits: noteWaits(state) };
}

function noteWaits(state: BrokerState): NotedWaits[] {
  return [...state.virtualHosts.values()].map(({ name, records }) => {
    const waits: RecordWait[] = [];
    for (const queue of state.queues.values()) {
      if (queue.vhost !== name) continue;
      for (const wait of queue.held.all()) if (wait.isDurable) waits.push(wait);
    }
    return { note: records.waits.note(), waits };
  });
}

function notePage(queue: number, base: number, page: Page): NotedPage {
  const noted: NotedPage = { queue, base, page, image: undefined };
  page.beforeChange = () => {
    noted.image = page.image();
    page.beforeChange = undefined;
  };
  return noted;
}

/** The changes that make the topology anew, in an order in which each finds what it needs. */
export function describeTopology(state: BrokerState): TopologyChange[] {
  const changes: TopologyChange[] = [];
  if (state.secret !== undefined) changes.push({ op: 'secret', ...state.secret });
  for (const { name, policies, settings } of state.virtualHosts.values()) {
    changes.push({ op: 'vhost', name });
    const set = vhostSettingsChange(name, settings);
    if (set !== undefined) changes.push(set);
    for (const policy of policies.all()) changes.push(policyChange(policy));
  }
  const delaysOf = new Map<Queue, string>();
  for (const vhost of state.virtualHosts.values()) {
    for (const exchange of vhost.exchanges.values()) {
      if (exchange.delays !== undefined) delaysOf.set(exchange.delays, exchange.name);
      if (!exchange.isJournaled || isPredeclared(exchange.name)) continue;
      const { name, type, durable, autoDelete, internal } = exchange;
      changes.push({
        op: 'exchange',
        vhost: vhost.name,
        name,
        type,
        durable,
        autoDelete,
        internal,
        arguments: encodeTable(exchange.arguments),
      });
    }
  }
  for (const queue of state.queues.values()) {
    if (!queue.isJournaled) continue;
    const { id, vhost, name, durable, autoDelete } = queue;
    const owner = delaysOf.get(queue);
    const change = {
      op: 'queue',
      id,
      vhost,
      name,
      durable,
      autoDelete,
      arguments: encodeTable(queue.arguments),
    } as const;
    changes.push(owner === undefined ? change : { ...change, delaysOf: owner });
    if (queue.isPaused) changes.push({ op: 'queue-pause', id, paused: true });
  }
  describeBindings(state, changes);
  return changes;
}

function isPredeclared(name: string): boolean {
  return name === '' || name.startsWith('amq.');
}

function describeBindings(state: BrokerState, changes: TopologyChange[]): void {
  for (const vhost of state.virtualHosts.values()) {
    for (const exchange of vhost.exchanges.values()) {
      for (const { destination, routingKey, arguments: table, isJournaled } of exchange.bindings.values()) {
        if (!isJournaled) continue;
        changes.push({
          op: 'bind',
          vhost: vhost.name,
          source: exchange.name,
          destinationKind: destination.kind,
          destination: destination.name,
          routingKey,
          arguments: encodeTable(table),
        });
      }
    }
  }
}

/** Writes what was noted. Each step between two writes is short. */
export async function writeState(noted: NotedState, writer: SnapshotWriter): Promise<void> {
  await writeJson(writer, ChunkKind.topology, noted.changes);
  await writeJson(writer, ChunkKind.queues, noted.queues);
  const chunk = Buffer.allocUnsafe(chunkBytesMax);
  let at = 1;
  chunk[0] = ChunkKind.pages;
  for (const page of noted.pages) {
    if (at + pageBytesMax > chunk.length) {
      await writer.write(chunk.subarray(0, at));
      at = 1;
    }
    at = writePage(chunk, at, page);
  }
  if (at > 1) await writer.write(chunk.subarray(0, at));
  for (const records of noted.records) await writeRecords(records, ChunkKind.records, writer);
  for (const waits of noted.waits) await writeWaits(waits, ChunkKind.waits, writer);
}

/** Lets go of the pages of a snapshot that is given up. */
export function forgetNoted(noted: NotedState): void {
  for (const { page } of noted.pages) page.beforeChange = undefined;
  for (const records of noted.records) forgetRecords(records);
}

async function writeJson(writer: SnapshotWriter, kind: number, entries: readonly unknown[]): Promise<void> {
  let texts: string[] = [];
  let characters = 0;
  for (const entry of entries) {
    const text = JSON.stringify(entry);
    texts.push(text);
    characters += text.length;
    if (characters < chunkBytesMax / 4) continue;
    await writer.write(jsonChunk(kind, texts));
    texts = [];
    characters = 0;
  }
  if (texts.length > 0) await writer.write(jsonChunk(kind, texts));
}

function jsonChunk(kind: number, texts: readonly string[]): Buffer {
  return Buffer.concat([Buffer.from([kind]), Buffer.from(`[${texts.join(',')}]`)]);
}

function writePage(chunk: Buffer, start: number, noted: NotedPage): number {
  const columns = noted.image ?? noted.page;
  if (noted.image === undefined) noted.page.beforeChange = undefined;
  const { words, expiry, rank, due, key, returns, share, id } = columns;
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  view.setUint32(start, noted.queue, true);
  writePosition(view, start + 4, noted.base);
  chunk[start + 10] =
    (expiry === undefined ? 0 : Column.expiry) |
    (rank === undefined ? 0 : Column.rank) |
    (due === undefined ? 0 : Column.due) |
    (key === undefined ? 0 : Column.key) |
    (returns === undefined ? 0 : Column.returns) |
    (share === undefined ? 0 : Column.share) |
    (id === undefined ? 0 : Column.id);
  chunk[start + 11] = 0;
  let at = start + pageHeadBytes;
  for (const column of [words, expiry, rank, due, key, returns, share, id]) {
    if (column === undefined) continue;
    chunk.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += column.byteLength;
  }
  noted.image = undefined;
  return at;
}

/** Applies one chunk of a snapshot to an empty state. */
export function readChunk(state: BrokerState, chunk: Buffer): void {
  const kind = chunk[0] ?? 0;
  switch (kind) {
    case ChunkKind.topology:
      for (const change of JSON.parse(chunk.toString('utf8', 1)) as TopologyChange[])
        state.applyTopology(change);
      return;
    case ChunkKind.queues:
      for (const rest of JSON.parse(chunk.toString('utf8', 1)) as QueueRest[]) restoreRest(state, rest);
      return;
    case ChunkKind.pages:
      readPages(state, chunk);
      return;
    case ChunkKind.records:
      readRecords(chunk, (vhost) => state.virtualHosts.get(vhost)?.records);
      return;
    case ChunkKind.waits:
      readWaits(chunk, (id, position, awaited) => {
        const queue = state.queues.get(id);
        if (queue?.backlog.stateAt(position) === EntryState.held)
          state.beginWait(queue, position, true, awaited);
      });
      return;
    default:
      throw new SluiceError(
        'format-newer',
        `the snapshot holds a chunk of kind ${kind}, which this version does not know`,
      );
  }
}

function restoreRest(state: BrokerState, rest: QueueRest): void {
  const queue = state.queues.get(rest.id);
  if (queue === undefined) return;
  queue.backlog.skipTo(rest.tail);
  queue.deliveredMark = rest.deliveredMark;
  for (const [position, chunks] of rest.large) queue.holdLargeBody(position, chunks);
}

function readPages(state: BrokerState, chunk: Buffer): void {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  let at = 1;
  while (at < chunk.length) {
    const queue = state.queues.get(view.getUint32(at, true));
    const base = readPosition(view, at + 4);
    const columns = chunk[at + 10]!;
    const page = new Page();
    at = readColumn(chunk, at + pageHeadBytes, page.words);
    if ((columns & Column.expiry) !== 0)
      at = readColumn(chunk, at, (page.expiry = new Float64Array(pageEntries)));
    if ((columns & Column.rank) !== 0)
      at = readColumn(chunk, at, (page.rank = new Float64Array(pageEntries)));
    if ((columns & Column.due) !== 0) at = readColumn(chunk, at, (page.due = new Float64Array(pageEntries)));
    if ((columns & Column.key) !== 0)
      at = readColumn(chunk, at, (page.key = new Uint32Array(pageEntries * 2)));
    if ((columns & Column.returns) !== 0)
      at = readColumn(chunk, at, (page.returns = new Uint16Array(pageEntries)));
    if ((columns & Column.share) !== 0)
      at = readColumn(chunk, at, (page.share = new Uint32Array(pageEntries * wordsPerShare)));
    if ((columns & Column.id) !== 0) at = readColumn(chunk, at, (page.id = new Uint32Array(pageEntries)));
    if (queue !== undefined) state.restorePage(queue, base, page);
  }
}

function readColumn(chunk: Buffer, at: number, column: Uint32Array | Float64Array | Uint16Array): number {
  const end = at + column.byteLength;
  if (end > chunk.length) throw new SluiceError('journal-damaged', 'a page of the snapshot is cut short');
  new Uint8Array(column.buffer).set(chunk.subarray(at, end));
  return end;
}
