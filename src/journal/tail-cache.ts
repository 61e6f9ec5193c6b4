/**
 * The newest blocks, in order, so that fresh records are read without the disk. A block that is not durable
 * yet is never dropped, because nothing else holds its records.
 */
import type { AppendBlock, BlockPool } from './append-block.js';

export class TailCache {
  readonly #pool: BlockPool;
  readonly #bytesMax: number;
  readonly #blocks: AppendBlock[] = [];
  #hint = 0;

  constructor(pool: BlockPool, bytesMax: number) {
    this.#pool = pool;
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#blocks.length * this.#pool.blockBytes;
  }

  add(block: AppendBlock): void {
    this.#blocks.push(block);
  }

  /** The block that holds `offset` of a segment. */
  find(segment: number, offset: number): AppendBlock | undefined {
    const hinted = this.#blocks[this.#hint];
    if (hinted !== undefined && holds(hinted, segment, offset)) return hinted;
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const block = this.#blocks[middle]!;
      if (holds(block, segment, offset)) {
        this.#hint = middle;
        return block;
      }
      if (isBefore(block, segment, offset)) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  /**
   * Drops the oldest blocks above the bound, as far as they are durable; `current` stays. Their buffers are
   * used again, so call it when no view of them is in use.
   */
  trim(current: AppendBlock, durableSequence: number): void {
    while (this.bytes > this.#bytesMax) {
      const oldest = this.#blocks[0];
      if (oldest === undefined || oldest === current || oldest.lastSequence > durableSequence) return;
      this.#blocks.shift();
      this.#hint = 0;
      this.#pool.giveBack(oldest);
    }
  }
}

function holds(block: AppendBlock, segment: number, offset: number): boolean {
  return block.plan.number === segment && offset >= block.base && offset < block.base + block.used;
}

function isBefore(block: AppendBlock, segment: number, offset: number): boolean {
  const { number } = block.plan;
  return number < segment || (number === segment && block.base + block.used <= offset);
}
