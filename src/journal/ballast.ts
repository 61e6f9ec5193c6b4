/**
 * Disk space kept occupied, to be let go when the disk is full: a snapshot and a compaction then have room to
 * write, without which nothing could ever be freed. It is occupied again when space returns.
 */
import { dirname } from 'node:path';
import { messageOf, type Disk } from '../kernel/index.js';
import type { JournalLog, SpaceState } from './contract.js';
import { zeros } from './segment-builder.js';
import { unlinkIfPresent, writeWholeFile } from './whole-file.js';

export interface BallastPorts {
  readonly disk: Disk;
  readonly path: string;
  readonly bytes: number;
  /** Free space that must remain after it has been occupied. */
  readonly freeBytesMin: number;
  readonly log: JournalLog;
}

export class Ballast {
  readonly #ports: BallastPorts;
  #work: Promise<void> = Promise.resolve();
  #held = false;

  constructor(ports: BallastPorts) {
    this.#ports = ports;
  }

  /** Bytes that are still to be occupied, which nothing else may take. */
  get missingBytes(): number {
    return this.#held ? 0 : this.#ports.bytes;
  }

  /** Lets the space go when the disk is full, occupies it when it is not. */
  follow(space: SpaceState): void {
    if (this.#ports.bytes === 0) return;
    this.#work = this.#work.then(() => this.#settle(space));
  }

  /** Resolves when nothing is under way. */
  settled(): Promise<void> {
    return this.#work;
  }

  async #settle(space: SpaceState): Promise<void> {
    try {
      if (space === 'ok') await this.#occupy();
      else await this.#release();
    } catch (error) {
      this.#ports.log('journal.ballast-failed', { reason: messageOf(error) });
    }
  }

  async #occupy(): Promise<void> {
    const { disk, path, bytes, freeBytesMin } = this.#ports;
    if (this.#held) return;
    this.#held = await this.#isWhole();
    if (this.#held || (await disk.space(dirname(path))).freeBytes < bytes + freeBytesMin) return;
    await writeWholeFile(disk, path, async (file) => {
      for (let at = 0; at < bytes; at += zeros.length) {
        await file.write([zeros.subarray(0, Math.min(zeros.length, bytes - at))], at);
      }
    });
    this.#held = true;
  }

  async #release(): Promise<void> {
    const { disk, path } = this.#ports;
    await unlinkIfPresent(disk, `${path}.tmp`);
    await unlinkIfPresent(disk, path);
    this.#held = false;
  }

  async #isWhole(): Promise<boolean> {
    const { disk, path, bytes } = this.#ports;
    let file;
    try {
      file = await disk.open(path, 'read');
    } catch {
      return false;
    }
    try {
      return (await file.size()) >= bytes;
    } finally {
      await file.close();
    }
  }
}
