/**
 * Records in a snapshot. Pages are noted at once and written bit by bit; one that changes before its turn is copied
 * first.
 *
 * A chunk, behind its octet of kind: u8 bytes of the virtual host's name, the name, then for each record u32 low, u32
 * high and u32 check of its key's hash, u32 segment, u32 offset, u32 bytes, u48 version, u48 expiry (Unix ms, 0:
 * never), little-endian.
 */
import type { SnapshotWriter } from '../../journal/index.js';
import { SluiceError } from '../../kernel/index.js';
import { readPosition, writePosition } from '../publish-record.js';
import { newRecordFacts, pageRecords, type RecordFacts, type RecordPage } from './record-pages.js';
import { eachRecord, type RecordStore } from './record-store.js';

const entryBytes = 36;
const chunkBytesMax = 512 * 1024;

interface NotedRecordPage {
  readonly page: RecordPage;
  image: Uint32Array | undefined;
}

/** The records of a virtual host as they were when `noteRecords` ran. */
export interface NotedRecords {
  readonly vhost: string;
  readonly pages: readonly NotedRecordPage[];
}

/** Notes the records of this moment. Every noted page calls back before it changes. */
export function noteRecords(store: RecordStore): NotedRecords {
  const pages: NotedRecordPage[] = [];
  for (const page of store.pages.pages()) {
    const noted: NotedRecordPage = { page, image: undefined };
    page.beforeChange = () => {
      noted.image = page.words.slice();
      page.beforeChange = undefined;
    };
    pages.push(noted);
  }
  return { vhost: store.vhost, pages };
}

/** Lets go of the pages of a snapshot that is given up. */
export function forgetRecords({ pages }: NotedRecords): void {
  for (const { page } of pages) page.beforeChange = undefined;
}

/** Writes what was noted. Each step between two writes is short. */
export async function writeRecords(noted: NotedRecords, kind: number, writer: SnapshotWriter): Promise<void> {
  const name = Buffer.from(noted.vhost);
  const start = 2 + name.length;
  const chunk = Buffer.allocUnsafe(start + chunkBytesMax);
  chunk[0] = kind;
  chunk[1] = name.length;
  name.copy(chunk, 2);
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  const facts = newRecordFacts();
  let at = start;
  for (const page of noted.pages) {
    if (at + pageRecords * entryBytes > chunk.length) {
      await writer.write(chunk.subarray(0, at));
      at = start;
    }
    eachRecord(takeWords(page), facts, () => {
      writeEntry(view, at, facts);
      at += entryBytes;
    });
  }
  if (at > start) await writer.write(chunk.subarray(0, at));
}

function takeWords(noted: NotedRecordPage): Uint32Array<ArrayBuffer> {
  const words = noted.image ?? noted.page.words;
  if (noted.image === undefined) noted.page.beforeChange = undefined;
  noted.image = undefined;
  return words as Uint32Array<ArrayBuffer>;
}

function writeEntry(view: DataView, at: number, facts: RecordFacts): void {
  view.setUint32(at, facts.low, true);
  view.setUint32(at + 4, facts.high, true);
  view.setUint32(at + 8, facts.check, true);
  view.setUint32(at + 12, facts.segment, true);
  view.setUint32(at + 16, facts.offset, true);
  view.setUint32(at + 20, facts.bytes, true);
  writePosition(view, at + 24, facts.version);
  writePosition(view, at + 30, facts.expiryMs);
}

/** Puts the records of a chunk back. Throws `journal-damaged` for one that is cut short. */
export function readRecords(chunk: Buffer, storeOf: (vhost: string) => RecordStore | undefined): void {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  const start = 2 + (chunk[1] ?? 0);
  const store = storeOf(chunk.toString('utf8', 2, start));
  if ((chunk.length - start) % entryBytes !== 0)
    throw new SluiceError('journal-damaged', 'a page of records of the snapshot is cut short');
  for (let at = start; at < chunk.length; at += entryBytes) {
    store?.put({
      low: view.getUint32(at, true),
      high: view.getUint32(at + 4, true),
      check: view.getUint32(at + 8, true),
      segment: view.getUint32(at + 12, true),
      offset: view.getUint32(at + 16, true),
      bytes: view.getUint32(at + 20, true),
      version: readPosition(view, at + 24),
      expiryMs: readPosition(view, at + 30),
    });
  }
}
