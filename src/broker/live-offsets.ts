/** Which records of a segment are alive, for compaction: walks the pages, without an index of its own. */
import type { LooseChunks } from './loose-chunks.js';
import { EntryState, pageEntries, type Page } from './page.js';
import type { BrokerRecords } from './records/broker-records.js';
import type { BrokerState } from './state.js';

/** Whatever keeps records of the journal alive. */
export interface LivingParts {
  readonly state: BrokerState;
  readonly looseChunks: LooseChunks;
  readonly records: Pick<BrokerRecords, 'collectOffsets'>;
}

/** The sorted offsets of the records in `segment` that a message of some queue, one on its way, or a key-value record stands in. */
export function liveOffsets({ state, looseChunks, records }: LivingParts, segment: number): Uint32Array {
  const offsets: number[] = [...looseChunks.offsetsIn(segment)];
  records.collectOffsets(segment, offsets);
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
  for (const vhost of state.virtualHosts.values()) vhost.records.collectOffsets(segment, offsets);
  const sorted = Uint32Array.from(offsets).sort();
  return sorted.filter((offset, index) => index === 0 || offset !== sorted[index - 1]);
}

function collect(page: Page, segment: number, into: number[]): void {
  for (let slot = 0; slot < pageEntries; slot++) {
    if (page.state(slot) !== EntryState.gone && page.segment(slot) === segment) into.push(page.offset(slot));
  }
}
