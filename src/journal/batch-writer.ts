/** Writes one batch and syncs it: when it resolves, every record of the batch is on stable storage. */
import type { Batch, BatchPart } from './appender.js';
import { zeros } from './segment-builder.js';
import { pageBytes } from './segment-header.js';
import type { SegmentSupply } from './segment-supply.js';

/** Writes and syncs `batch`. Rejects with the system's error; then nothing of it counts as durable. */
export async function writeBatch(
  batch: Batch,
  supply: Pick<SegmentSupply, 'ready' | 'finish'>,
): Promise<void> {
  for (let index = 0; index < batch.parts.length; index++) {
    const part = batch.parts[index]!;
    const file = await supply.ready(part.segment);
    pad(part);
    await file.write(part.chunks, part.position);
    await file.sync();
    // Going on in another segment means that this one is full.
    if (index + 1 < batch.parts.length) await supply.finish(part.segment);
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
