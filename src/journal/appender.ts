/**
 * Lays records out in blocks, in the order of their sequences. A block's records lie in one segment; every
 * closed block ends with a watermark record, whose value is filled in when its batch is sealed.
 */
import { assert } from '../kernel/index.js';
import { newBlock, type AppendBlock, type BlockPool } from './append-block.js';
import {
  moreFollows,
  ownType,
  recordHeaderBytes,
  watermarkBytes,
  writeChecksum,
  writeHeader,
  writeSequence,
} from './record-frame.js';
import { segmentHeaderBytes } from './segment-header.js';
import type { SegmentPlan, SegmentSupply } from './segment-supply.js';
import type { TailCache } from './tail-cache.js';

export interface AppenderPorts {
  readonly supply: Pick<SegmentSupply, 'take'>;
  readonly pool: BlockPool;
  readonly tail: TailCache;
  readonly payloadBytesMax: number;
  /** Called after each record that should be written soon. */
  readonly onAppend: () => void;
}

/** Where appending begins. */
export interface AppendPosition {
  readonly plan: SegmentPlan;
  readonly offset: number;
  readonly lastSequence: number;
}

/** Consecutive bytes of one segment, to be written together. */
export interface BatchPart {
  readonly segment: number;
  /** Offset in the segment. */
  readonly position: number;
  readonly chunks: Uint8Array[];
  bytes: number;
}

/** What one sync makes durable. */
export interface Batch {
  readonly parts: readonly BatchPart[];
  readonly bytes: number;
  readonly lastSequence: number;
}

export class Appender {
  readonly #ports: AppenderPorts;
  /** Closed blocks that are not given to the disk yet, oldest first. */
  readonly #closed: AppendBlock[] = [];
  #block: AppendBlock;
  #type = 0;
  #payloadBytes = -1;
  #groupDepth = 0;
  /** The group's last record, whose flags are not final yet, or -1. */
  #openAt = -1;
  /** The buffer for the reserved record's payload. */
  buffer: Buffer;
  /** Location of the last committed record. */
  segment = 0;
  offset = 0;
  lastSequence: number;
  records = 0;
  bytes = 0;
  unwrittenBytes = 0;

  constructor(ports: AppenderPorts, start: AppendPosition) {
    this.#ports = ports;
    this.lastSequence = start.lastSequence;
    this.#block = this.#open(start.plan, start.offset);
    this.buffer = this.#block.buffer;
  }

  get current(): AppendBlock {
    return this.#block;
  }

  get inGroup(): boolean {
    return this.#groupDepth > 0;
  }

  /** Where the last record ends: the next one begins here or at the start of the next segment. */
  get position(): { readonly segment: number; readonly offset: number } {
    return { segment: this.#block.plan.number, offset: this.#block.base + this.#block.used };
  }

  /**
   * Goes on where records of so many bytes together, headers included, stand in one segment; gives its number. 0: they
   * are too many for that.
   */
  gather(bytes: number): number {
    if (this.#block.used + bytes > this.#block.limit) {
      if (bytes > this.#ports.payloadBytesMax + recordHeaderBytes) return 0;
      this.#turn(bytes - recordHeaderBytes);
    }
    return this.#block.plan.number;
  }

  reserve(type: number, payloadBytes: number): number {
    assert(payloadBytes <= this.#ports.payloadBytesMax, 'a payload is at most payloadBytesMax');
    if (this.#block.used + recordHeaderBytes + payloadBytes > this.#block.limit) this.#turn(payloadBytes);
    this.#type = type;
    this.#payloadBytes = payloadBytes;
    return this.#block.used + recordHeaderBytes;
  }

  commit(): number {
    const length = this.#payloadBytes;
    assert(length >= 0, 'a record is reserved before it is committed');
    this.#payloadBytes = -1;
    const at = this.#put(this.#type, length);
    if (this.#groupDepth === 0) writeChecksum(this.#block, at, this.#block.plan.epoch, this.offset);
    else this.#openAt = at;
    this.#ports.onAppend();
    return this.lastSequence;
  }

  beginGroup(): void {
    this.#groupDepth++;
  }

  endGroup(): void {
    assert(this.#groupDepth > 0, 'a group is begun before it is ended');
    this.#groupDepth--;
    if (this.#groupDepth > 0 || this.#openAt === -1) return;
    const block = this.#block;
    block.view.setUint8(this.#openAt + 3, 0);
    writeChecksum(block, this.#openAt, block.plan.epoch, block.base + this.#openAt);
    block.endsInGroup = false;
    this.#openAt = -1;
  }

  /** True when there are records that no batch has taken. */
  get dirty(): boolean {
    return this.unwrittenBytes > 0;
  }

  /** Appends a watermark record, or the clean-stop one, to be filled in when its batch is sealed. */
  appendWatermark(type: typeof ownType.watermark | typeof ownType.cleanStop): void {
    this.reserve(type, watermarkBytes - recordHeaderBytes);
    this.commit();
    this.#block.watermarkAt = this.offset - this.#block.base;
  }

  /**
   * Takes the oldest unwritten records, up to about `bytesMax` and never half a group, with `watermark`
   * written into their last record.
   */
  seal(watermark: number, bytesMax: number): Batch {
    assert(this.#groupDepth === 0 && this.dirty, 'a batch holds whole groups');
    const blocks: AppendBlock[] = [];
    let bytes = 0;
    const wantsMore = (): boolean => bytes < bytesMax || blocks.at(-1)!.endsInGroup;
    while (this.#closed.length > 0 && wantsMore()) {
      const block = this.#closed.shift()!;
      bytes += block.used - block.written;
      blocks.push(block);
    }
    if (this.#closed.length === 0 && wantsMore()) {
      this.#closeWithWatermark();
      blocks.push(this.#block);
    }
    const last = blocks.at(-1)!;
    setWatermark(last, watermark);
    return this.#batch(blocks, last.lastSequence);
  }

  #batch(blocks: readonly AppendBlock[], lastSequence: number): Batch {
    const parts: BatchPart[] = [];
    let bytes = 0;
    for (const block of blocks) {
      const chunk = block.buffer.subarray(block.written, block.used);
      const position = block.base + block.written;
      let part = parts.at(-1);
      if (part?.segment !== block.plan.number) {
        part = { segment: block.plan.number, position, chunks: [], bytes: 0 };
        parts.push(part);
      }
      part.chunks.push(chunk);
      part.bytes += chunk.length;
      bytes += chunk.length;
      block.written = block.used;
    }
    this.unwrittenBytes -= bytes;
    return { parts, bytes, lastSequence };
  }

  /** Writes a record's header behind the last one and makes it the newest; the payload is there already. */
  #put(type: number, length: number): number {
    const block = this.#block;
    const at = block.used;
    const inGroup = this.#groupDepth > 0;
    if (inGroup) this.#closeOpenRecord();
    this.lastSequence++;
    writeHeader(block.view, at, type, inGroup ? moreFollows : 0, length, this.lastSequence, block.plan.epoch);
    const total = recordHeaderBytes + length;
    block.used = at + total;
    block.lastSequence = this.lastSequence;
    block.watermarkAt = -1;
    block.endsInGroup = inGroup;
    this.segment = block.plan.number;
    this.offset = block.base + at;
    this.records++;
    this.bytes += total;
    this.unwrittenBytes += total;
    return at;
  }

  /** The group goes on, so the flags of its last record are final. */
  #closeOpenRecord(): void {
    if (this.#openAt === -1) return;
    writeChecksum(this.#block, this.#openAt, this.#block.plan.epoch, this.#block.base + this.#openAt);
    this.#openAt = -1;
  }

  /** Ends the current block with a watermark record, unless it ends with one that is not written yet. */
  #closeWithWatermark(): void {
    const block = this.#block;
    const open = block.watermarkAt >= block.written && block.watermarkAt !== -1;
    if (open || block.used === block.written) return;
    // The caller's own last record is what `segment` and `offset` tell of.
    const { segment, offset } = this;
    const at = this.#put(ownType.watermark, watermarkBytes - recordHeaderBytes);
    this.segment = segment;
    this.offset = offset;
    block.watermarkAt = at;
    setWatermark(block, 0);
  }

  /** Goes on in a new block, and in the next segment when this one has no room for the record. */
  #turn(payloadBytes: number): void {
    const full = this.#block;
    this.#closeWithWatermark();
    if (this.#groupDepth > 0) this.#closeOpenRecord();
    const next = full.base + full.used;
    const needed = recordHeaderBytes + payloadBytes + watermarkBytes;
    const fits = next + needed <= full.plan.bytes;
    const plan = fits ? full.plan : this.#ports.supply.take(full.plan.number + 1);
    if (full.written < full.used) this.#closed.push(full);
    this.#block = this.#open(plan, fits ? next : segmentHeaderBytes);
    this.buffer = this.#block.buffer;
  }

  #open(plan: SegmentPlan, base: number): AppendBlock {
    const bytes = this.#ports.pool.withdraw();
    const room = Math.min(bytes.buffer.length, plan.bytes - base);
    const block = newBlock(bytes, plan, base, room - watermarkBytes);
    this.#ports.tail.add(block);
    return block;
  }
}

/** Fills in the block's closing watermark. */
function setWatermark(block: AppendBlock, watermark: number): void {
  const at = block.watermarkAt;
  if (at === -1 || at < block.written) return;
  writeSequence(block.view, at + recordHeaderBytes, watermark);
  writeChecksum(block, at, block.plan.epoch, block.base + at);
}
