/** Writes one batch and syncs it: when it resolves, every record of the batch is on stable storage. */
import type { DiskFile } from '../kernel/index.js';
import type { Batch, BatchPart } from './appender.js';
import { isDiskFull } from './disk-errors.js';
import { zeros } from './segment-builder.js';
import { pageBytes } from './segment-header.js';
import type { SegmentSupply } from './segment-supply.js';

type Supply = Pick<SegmentSupply, 'ready' | 'finish' | 'noRoom' | 'roomFound'>;

/** Writes and syncs `batch`. Rejects with the system's error; then nothing of it counts as durable. */
export async function writeBatch(batch: Batch, supply: Supply): Promise<void> {
  for (let index = 0; index < batch.parts.length; index++) {
    const part = batch.parts[index]!;
    const file = await supply.ready(part.segment);
    pad(part);
    await writePart(file, part, supply);
    await file.sync();
    // Going on in another segment means that this one is full.
    if (index + 1 < batch.parts.length) await supply.finish(part.segment);
  }
}

/**
 * A write that found no room can be made again, since all of its bytes are still in memory. That is true of no
 * other failure: after a failed sync nobody knows what the disk holds.
 */
async function writePart(file: DiskFile, part: BatchPart, supply: Supply): Promise<void> {
  for (;;) {
    try {
      await file.write(part.chunks, part.position);
      supply.roomFound();
      return;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      await supply.noRoom();
    }
  }
}

/**
 * Zeros up to the end of the page: recovery then finds a zero length after the last record, and writing
 * whole pages spares reading a recycled segment's old ones first.
 */
function pad(part: BatchPart): void {
  const excess = (part.position + part.bytes) % pageBytes;
  if (excess > 0) part.chunks.push(zeros.subarray(0, pageBytes - excess));
}
