/**
 * Blocks of records read back from disk, least recently used dropped first. Every record in a block has been
 * verified; a block covers `[base, end)` of its segment without a break.
 */
import type { FrameBytes } from './record-frame.js';

/** A block is found by the granule its start lies in, and by the next one. */
export const granuleBytes = 256 * 1024;
const granulesPerSegment = 2 ** 32 / granuleBytes;

export interface LoadedBlock extends FrameBytes {
  readonly segment: number;
  readonly base: number;
  readonly end: number;
}

export class BlockCache {
  readonly #bytesMax: number;
  /** In order of use: the first was used longest ago. */
  readonly #blocks = new Map<number, LoadedBlock>();
  #bytes = 0;
  #last: LoadedBlock | undefined;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The block that holds the record at `offset`. */
  find(segment: number, offset: number): LoadedBlock | undefined {
    const last = this.#last;
    if (last !== undefined && holds(last, segment, offset)) return last;
    const key = keyOf(segment, offset);
    const block = this.#holding(key, segment, offset) ?? this.#holding(key - 1, segment, offset);
    if (block !== undefined) this.#last = block;
    return block;
  }

  add(block: LoadedBlock): void {
    const key = keyOf(block.segment, block.base);
    this.#remove(key);
    this.#blocks.set(key, block);
    this.#bytes += block.buffer.length;
    this.#last = block;
    for (const oldest of this.#blocks.keys()) {
      if (this.#bytes <= this.#bytesMax || oldest === key) return;
      this.#remove(oldest);
    }
  }

  /** Drops all blocks of a segment that is gone. */
  forget(segment: number): void {
    for (const [key, block] of this.#blocks) if (block.segment === segment) this.#remove(key);
  }

  #holding(key: number, segment: number, offset: number): LoadedBlock | undefined {
    const block = this.#blocks.get(key);
    if (block === undefined || !holds(block, segment, offset)) return undefined;
    this.#blocks.delete(key);
    this.#blocks.set(key, block);
    return block;
  }

  #remove(key: number): void {
    const block = this.#blocks.get(key);
    if (block === undefined) return;
    this.#blocks.delete(key);
    this.#bytes -= block.buffer.length;
    if (this.#last === block) this.#last = undefined;
  }
}

function keyOf(segment: number, offset: number): number {
  return segment * granulesPerSegment + Math.floor(offset / granuleBytes);
}

function holds(block: LoadedBlock, segment: number, offset: number): boolean {
  return block.segment === segment && offset >= block.base && offset < block.end;
}
