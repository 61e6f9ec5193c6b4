/**
 * A run of records in memory, as they lie in the segment from `base` on. Written parts are never changed;
 * records are added after them while a write is under way.
 */
import { frameBytes, type FrameBytes } from './record-frame.js';
import type { SegmentPlan } from './segment-supply.js';

export interface AppendBlock extends FrameBytes {
  readonly plan: SegmentPlan;
  /** Offset in the segment of the first byte. */
  readonly base: number;
  /** Records other than the closing watermark end here at the latest. */
  readonly limit: number;
  /** Bytes filled, and bytes given to the disk. */
  used: number;
  written: number;
  /** Sequence of the last record. */
  lastSequence: number;
  /** Where the last record begins if it is a watermark, else -1. */
  watermarkAt: number;
  /** True when the last record's group goes on in the next block. */
  endsInGroup: boolean;
}

/** An empty block that begins at `base` of a segment. */
export function newBlock(bytes: FrameBytes, plan: SegmentPlan, base: number, limit: number): AppendBlock {
  return {
    buffer: bytes.buffer,
    view: bytes.view,
    plan,
    base,
    limit,
    used: 0,
    written: 0,
    lastSequence: 0,
    watermarkAt: -1,
    endsInGroup: false,
  };
}

/**
 * Free buffers kept: as many as one batch fills, since they come back together. With fewer, a megabyte in three was
 * written to memory that the system had to find first.
 */
const freeMax = 9;

/** Buffers of one size, used again and again. */
export class BlockPool {
  readonly #bytes: number;
  readonly #free: FrameBytes[] = [];

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  get blockBytes(): number {
    return this.#bytes;
  }

  withdraw(): FrameBytes {
    return this.#free.pop() ?? frameBytes(Buffer.allocUnsafeSlow(this.#bytes));
  }

  /** Takes a buffer back; more than `freeMax` would only hold memory after a burst. */
  giveBack(bytes: FrameBytes): void {
    if (this.#free.length < freeMax) this.#free.push({ buffer: bytes.buffer, view: bytes.view });
  }
}
