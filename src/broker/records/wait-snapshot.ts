/**
 * Who waits for records, in a snapshot: noted at once, written bit by bit.
 *
 * A chunk, behind its octet of kind: for each message u32 queue, u48 position, u16 count, then for each key that had
 * not been written u32 low, u32 high and u32 check of its hash, little-endian.
 */
import type { SnapshotWriter } from '../../journal/index.js';
import { SluiceError } from '../../kernel/index.js';
import { readPosition, writePosition } from '../publish-record.js';
import { RecordHashes } from './record-hashes.js';
import type { RecordWait } from './record-waits.js';

const headBytes = 12;
const keyBytes = 12;
const chunkBytesMax = 256 * 1024;

/** The waits of one virtual host as they were when they were noted. */
export interface NotedWaits {
  readonly note: number;
  readonly waits: readonly RecordWait[];
}

/** Writes what was noted. Each step between two writes is short. */
export async function writeWaits(
  { note, waits }: NotedWaits,
  kind: number,
  writer: SnapshotWriter,
): Promise<void> {
  if (waits.length === 0) return;
  const chunk = Buffer.allocUnsafe(chunkBytesMax);
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  chunk[0] = kind;
  let at = 1;
  for (const wait of waits) {
    if (at + headBytes + wait.links.length * keyBytes > chunk.length) {
      await writer.write(chunk.subarray(0, at));
      at = 1;
    }
    at = writeWait(view, at, wait, note);
  }
  await writer.write(chunk.subarray(0, at));
}

function writeWait(view: DataView, start: number, wait: RecordWait, note: number): number {
  let at = start + headBytes;
  wait.eachMissing(note, ({ low, high, check }) => {
    view.setUint32(at, low, true);
    view.setUint32(at + 4, high, true);
    view.setUint32(at + 8, check, true);
    at += keyBytes;
  });
  view.setUint32(start, wait.queue, true);
  writePosition(view, start + 4, wait.position);
  view.setUint16(start + 10, (at - start - headBytes) / keyBytes, true);
  return at;
}

/** Gives the waits of a chunk. Throws `journal-damaged` for one that is cut short. */
export function readWaits(
  chunk: Buffer,
  begin: (queue: number, position: number, awaited: RecordHashes) => void,
): void {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  const awaited = new RecordHashes();
  for (let at = 1; at < chunk.length;) {
    const keysAt = at + headBytes;
    const end = keysAt > chunk.length ? Infinity : keysAt + view.getUint16(at + 10, true) * keyBytes;
    if (end > chunk.length)
      throw new SluiceError('journal-damaged', 'what waits for records is cut short in the snapshot');
    awaited.clear();
    for (let key = keysAt; key < end; key += keyBytes)
      awaited.add(view.getUint32(key, true), view.getUint32(key + 4, true), view.getUint32(key + 8, true));
    begin(view.getUint32(at, true), readPosition(view, at + 4), awaited);
    at = end;
  }
}
