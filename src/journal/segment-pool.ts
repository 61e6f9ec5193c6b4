/**
 * Dead segments kept to be written again: their space is allocated already, so a recycled segment costs one
 * page instead of a preallocation. They have left the journal under a temporary name before they get here.
 */
import type { Disk } from '../kernel/index.js';

export interface DeadSegment {
  readonly path: string;
  readonly bytes: number;
}

export class SegmentPool {
  readonly #disk: Disk;
  readonly #max: number;
  readonly #dead: DeadSegment[] = [];

  constructor(disk: Disk, max: number) {
    this.#disk = disk;
    this.#max = max;
  }

  get size(): number {
    return this.#dead.length;
  }

  /** Keeps a dead segment's file, or deletes it when enough are kept or it is too small to be of use. */
  async add(dead: DeadSegment, bytesMin: number): Promise<void> {
    if (this.#dead.length < this.#max && dead.bytes >= bytesMin) this.#dead.push(dead);
    else await this.#disk.unlink(dead.path);
  }

  /** Takes out a file of at least `bytesMin`. */
  withdraw(bytesMin: number): DeadSegment | undefined {
    const index = this.#dead.findIndex((dead) => dead.bytes >= bytesMin);
    return index === -1 ? undefined : this.#dead.splice(index, 1)[0];
  }
}
