/** Which records of a segment are alive, for compaction: walks the pages, without an index of its own. */
import type { LooseChunks } from './loose-chunks.js';
import { EntryState, pageEntries, type Page } from './page.js';
import type { BrokerState } from './state.js';

/** The sorted offsets of the records in `segment` that a message of some queue, or of one on its way, stands in. */
export function liveOffsets(state: BrokerState, loose: LooseChunks, segment: number): Uint32Array {
  const offsets: number[] = [...loose.offsetsIn(segment)];
  for (const queue of state.queues.values()) {
    for (const { page } of queue.backlog.livePages()) {
      // Positions and segments grow together, so most pages are told by their ends. An end never filled says 0.
      if (page.segment(0) > segment) break;
      const last = page.segment(pageEntries - 1);
      if (last === 0 || last >= segment) collect(page, segment, offsets);
    }
    for (const chunks of queue.largeBodies.values()) {
      for (const chunk of chunks) if (chunk.segment === segment) offsets.push(chunk.offset);
    }
  }
  const sorted = Uint32Array.from(offsets).sort();
  return sorted.filter((offset, index) => index === 0 || offset !== sorted[index - 1]);
}

function collect(page: Page, segment: number, into: number[]): void {
  for (let slot = 0; slot < pageEntries; slot++) {
    if (page.state(slot) !== EntryState.gone && page.segment(slot) === segment) into.push(page.offset(slot));
  }
}
