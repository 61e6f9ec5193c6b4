/**
 * Writes a window's points to blocks, one for each resolution. Invariant: objects come in the order of their numbers,
 * and each stands in a block at most once.
 */
import { ByteWriter } from '../encoding/byte-writer.js';
import { BlockBuilder, groupObjects, type BlockHeader } from './block.js';
import type { KindWindow } from './kind-window.js';
import { windowSeconds } from './kind-window.js';
import { ChunkWriter } from './object-chunk.js';
import { Points } from './points.js';

/** An object that is measured now. */
export interface LiveObject {
  readonly id: number;
  readonly window: KindWindow;
  readonly slot: number;
  /** History knew nothing of it before. */
  readonly isFirstSeen: boolean;
}

/** One block in the making. */
class BlockDraft {
  readonly #builder = new BlockBuilder();
  readonly #payload = new ByteWriter();
  readonly #group = new ByteWriter();
  readonly chunk = new ChunkWriter();
  #number = -1;

  clear(): void {
    this.#builder.clear();
    this.#payload.clear();
    this.#group.clear();
    this.#number = -1;
  }

  end(id: number): void {
    const number = Math.floor(id / groupObjects);
    if (number !== this.#number) this.#endGroup();
    this.#number = number;
    this.chunk.end(this.#group, id % groupObjects);
  }

  /** Undefined: it holds nothing. All of it is valid until the next `clear`. */
  finish(start: Pick<BlockHeader, 'startSecond' | 'pointSeconds' | 'points'>): SealedBlock | undefined {
    this.#endGroup();
    if (this.#payload.length === 0) return undefined;
    return { ...this.#builder.finish(start), payload: this.#payload.written };
  }

  #endGroup(): void {
    if (this.#group.length === 0) return;
    this.#builder.group(this.#number, this.#group.written);
    this.#payload.bytes(this.#group.written);
    this.#group.clear();
  }
}

export interface SealedBlock {
  readonly header: BlockHeader;
  readonly payload: Uint8Array;
  readonly table: Buffer;
}

/** The blocks of a window, in the order of the resolutions; undefined: it has nothing for that one. */
export type SealedBlocks = readonly (SealedBlock | undefined)[];

export class Sealing {
  readonly #seconds = new BlockDraft();
  readonly #window = new BlockDraft();
  readonly #minute = new BlockDraft();
  readonly #points = new Points(windowSeconds);
  readonly #summed = new Points(1);
  readonly #ticks = new Float64Array(windowSeconds);
  readonly #summedTicks = new Float64Array(1);
  readonly #minuteTicks = new Float64Array(1);
  readonly #covered = new Float64Array(windowSeconds);
  readonly #summedCovered = new Float64Array(1);

  clear(): void {
    for (const draft of [this.#seconds, this.#window, this.#minute]) draft.clear();
  }

  /** Takes an object's window; with `endsMinute` its minute too. Both are empty afterwards. */
  add({ id, window, slot }: LiveObject, endsMinute: boolean): void {
    if (window.readTicks(slot, this.#ticks)) this.#addWindow(id, window, slot);
    if (endsMinute && window.minuteTicks(slot) > 0) this.#addMinute(id, window, slot);
  }

  finish(windowStart: number, endsMinute: boolean): SealedBlocks {
    const minuteStart = windowStart - (windowStart % 60);
    return [
      this.#seconds.finish({ startSecond: windowStart, pointSeconds: 1, points: windowSeconds }),
      this.#window.finish({ startSecond: windowStart, pointSeconds: windowSeconds, points: 1 }),
      endsMinute ? this.#minute.finish({ startSecond: minuteStart, pointSeconds: 60, points: 1 }) : undefined,
    ];
  }

  #addWindow(id: number, window: KindWindow, slot: number): void {
    this.#summedTicks[0] = this.#ticks.reduce((sum, ticks) => sum + ticks, 0);
    this.#seconds.chunk.begin(this.#ticks, windowSeconds);
    this.#window.chunk.begin(this.#summedTicks, 1);
    window.endSeconds(slot);
    window.readCovered(slot, this.#covered);
    this.#summedCovered[0] = this.#covered.reduce((sum, seconds) => sum + seconds, 0);
    // No second is left out, in it or before it.
    const isWhole = this.#ticks.every((ticks, tick) => ticks === 1 && this.#covered[tick] === 1);
    for (let column = 0; column < window.series.length; column++) {
      const value = window.steadyValue(slot, column);
      const isShort = value !== undefined && (isWhole || value === 0 || Number.isNaN(value));
      if (isShort) this.#addSteady(window, slot, column, value);
      else this.#addColumn(window, slot, column);
    }
    window.endWindow(slot);
    this.#seconds.end(id);
    this.#window.end(id);
  }

  /** As `#addColumn`, in a tenth of the time: of 20,000 objects most figures were the same for ten seconds. */
  #addSteady(window: KindWindow, slot: number, column: number, value: number): void {
    const { id, kind } = window.series[column]!;
    if (Number.isNaN(value)) {
      this.#seconds.chunk.unknown(id, kind);
      this.#window.chunk.unknown(id, kind);
      return;
    }
    const isGauge = kind === 'gauge';
    const seconds = isGauge ? this.#summedTicks : this.#summedCovered;
    window.addSteadyToMinute(slot, column, value, seconds[0]!);
    if (value === 0) {
      this.#seconds.chunk.zero(id, kind, isGauge ? this.#ticks : this.#covered);
      this.#window.chunk.zero(id, kind, seconds);
    } else {
      this.#seconds.chunk.steady(id, kind, value);
      this.#window.chunk.steady(id, kind, isGauge ? value : value * windowSeconds);
    }
  }

  #addColumn(window: KindWindow, slot: number, column: number): void {
    const { id, kind } = window.series[column]!;
    window.readWindow(slot, column, this.#points);
    this.#summed.weight[0] = 0;
    for (let tick = 0; tick < windowSeconds; tick++) this.#summed.combine(0, this.#points, tick);
    window.addToMinute(slot, column, this.#points);
    this.#seconds.chunk.series(id, kind, this.#points);
    this.#window.chunk.series(id, kind, this.#summed);
  }

  #addMinute(id: number, window: KindWindow, slot: number): void {
    this.#minuteTicks[0] = window.minuteTicks(slot);
    this.#minute.chunk.begin(this.#minuteTicks, 1);
    for (let column = 0; column < window.series.length; column++) {
      const { id: series, kind } = window.series[column]!;
      window.readMinute(slot, column, this.#summed);
      this.#minute.chunk.series(series, kind, this.#summed);
    }
    window.endMinute(slot);
    this.#minute.end(id);
  }
}
