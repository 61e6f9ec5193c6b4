/**
 * One file of history: blocks of one resolution, one after another. Invariant: what is read was checked against its
 * checksum; a torn tail is cut when the file is opened, and damage elsewhere makes points unknown, never wrong.
 */
import { crc32c } from '@node-rs/crc32';
import type { Disk, DiskFile } from '../../kernel/index.js';
import {
  blockBytes,
  decodeHeader,
  decodeTable,
  encodeHeader,
  headerBytes,
  tableEntryBytes,
  type Block,
  type BlockHeader,
} from './block.js';

export class HistoryFile {
  path: string;
  readonly #file: DiskFile;
  readonly #blocks: Block[] = [];
  #bytes = 0;
  /** Groups that were not as they were written. */
  damagedReads = 0;

  private constructor(path: string, file: DiskFile) {
    this.path = path;
    this.#file = file;
  }

  /** Rejects with the system's error. */
  static async create(disk: Disk, path: string): Promise<HistoryFile> {
    return new HistoryFile(path, await disk.open(path, 'create'));
  }

  /** Finds the blocks of a file and cuts what follows the last whole one. Rejects with the system's error. */
  static async open(
    disk: Disk,
    path: string,
  ): Promise<{ readonly file: HistoryFile; readonly cutBytes: number }> {
    const file = new HistoryFile(path, await disk.open(path, 'read-write'));
    const cutBytes = await file.#walk();
    return { file, cutBytes };
  }

  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Where the last of its points ends, Unix seconds; undefined: it holds none. */
  get endSecond(): number | undefined {
    if (this.#blocks.length === 0) return undefined;
    return this.#blocks.reduce((end, block) => Math.max(end, endOf(block)), -Infinity);
  }

  /** Writes a block; it counts once it was written whole. Rejects with the system's error. */
  async append(header: BlockHeader, payload: Uint8Array, table: Buffer): Promise<void> {
    const position = this.#bytes;
    await this.#file.write([encodeHeader(header), payload, table], position);
    this.#add(header, position, decodeTable(table, header.tableChecksum)!);
  }

  /** Writes a block whose groups are already at their places, by `writePayload`. */
  async finish(header: BlockHeader, table: Buffer): Promise<void> {
    await this.#file.write([table], headerBytes + header.payloadBytes);
    await this.#file.write([encodeHeader(header)], 0);
    this.#add(header, 0, decodeTable(table, header.tableChecksum)!);
  }

  writePayload(bytes: Uint8Array, offset: number): Promise<void> {
    return this.#file.write([bytes], headerBytes + offset);
  }

  sync(): Promise<void> {
    return this.#file.sync();
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** The bytes of one group; undefined: the block does not hold it, or not as it was written. */
  async readGroup(block: Block, group: number): Promise<Uint8Array | undefined> {
    const entry = findGroup(block.table, group);
    if (entry < 0) return undefined;
    const start = entry === 0 ? 0 : block.table[entry * 3 - 2]!;
    const bytes = Buffer.alloc(block.table[entry * 3 + 1]! - start);
    const count = await this.#file.read(bytes, block.position + headerBytes + start);
    if (count === bytes.length && crc32c(bytes) === block.table[entry * 3 + 2]) return bytes;
    this.damagedReads++;
    return undefined;
  }

  #add(header: BlockHeader, position: number, table: Uint32Array): void {
    this.#blocks.push({ ...header, position, table });
    this.#bytes = position + blockBytes(header);
  }

  /** Gives the bytes that were cut. */
  async #walk(): Promise<number> {
    const size = await this.#file.size();
    while (await this.#walkOne(size));
    // The last block may have a whole header and not all its groups: pages reach the disk in any order.
    while (this.#blocks.length > 0 && !(await this.#isWhole(this.#blocks.at(-1)!)))
      this.#bytes = this.#blocks.pop()!.position;
    if (this.#bytes < size) await this.#file.truncate(this.#bytes);
    return size - this.#bytes;
  }

  async #walkOne(size: number): Promise<boolean> {
    const position = this.#bytes;
    const bytes = Buffer.alloc(headerBytes);
    await this.#file.read(bytes, position);
    const header = decodeHeader(bytes);
    if (header === undefined || blockBytes(header) > size - position) return false;
    const table = Buffer.alloc(header.groups * tableEntryBytes);
    await this.#file.read(table, position + headerBytes + header.payloadBytes);
    const found = decodeTable(table, header.tableChecksum);
    // Without its table a block holds nothing, and those after it stay.
    this.#add(header, position, found ?? new Uint32Array(0));
    if (found === undefined) this.damagedReads++;
    return true;
  }

  async #isWhole(block: Block): Promise<boolean> {
    if (block.table.length !== block.groups * 3) return false;
    // A merged block was synced before it got its name.
    if (this.#blocks.length === 1 && block.points > 10) return true;
    const damagedBefore = this.damagedReads;
    for (let entry = 0; entry < block.groups; entry++)
      if ((await this.readGroup(block, block.table[entry * 3]!)) === undefined) {
        this.damagedReads = damagedBefore;
        return false;
      }
    return true;
  }
}

export function endOf({ startSecond, points, pointSeconds }: BlockHeader): number {
  return startSecond + points * pointSeconds;
}

/** The index of a group in a table, by halving; -1: it is not there. */
function findGroup(table: Uint32Array, group: number): number {
  let low = 0;
  let high = table.length / 3 - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = table[middle * 3]!;
    if (found === group) return middle;
    if (found < group) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
