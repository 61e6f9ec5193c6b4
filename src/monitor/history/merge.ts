/**
 * Merges the many small blocks of a complete file to one, so that a series is one read away and its points stand in
 * one column. Invariant: points of the same span are added up in the order of the blocks; a group that is damaged is
 * left out, and its points become unknown.
 */
import type { Disk, Pacer } from '../../kernel/index.js';
import { ByteWriter } from '../encoding/byte-writer.js';
import { BlockBuilder, groupObjects } from './block.js';
import { HistoryFile } from './history-file.js';
import { blockPointsMax, ChunkReader, ChunkWriter, type SeriesKind } from './object-chunk.js';
import { Points } from './points.js';

interface OpenSeries {
  readonly kind: SeriesKind;
  readonly points: Points;
}

/** A piece of a file: the bytes of one group in one block. */
interface Piece {
  readonly group: Uint8Array;
  readonly offset: number;
  readonly count: number;
}

/** Writes the merged file beside `file`, synced, under a temporary name. Rejects with the system's error. */
export async function mergeFile(disk: Disk, file: HistoryFile, pacer: Pacer): Promise<HistoryFile> {
  const path = `${file.path}.tmp`;
  const merged = await HistoryFile.create(disk, path);
  try {
    await new Merger(file, merged, pacer).run();
    await merged.sync();
    return merged;
  } catch (problem) {
    await merged.close();
    await disk.unlink(path);
    throw problem;
  }
}

class Merger {
  readonly #from: HistoryFile;
  readonly #to: HistoryFile;
  readonly #pacer: Pacer;
  readonly #startSecond: number;
  readonly #pointSeconds: number;
  readonly #points: number;
  readonly #builder = new BlockBuilder();
  readonly #group = new ByteWriter();
  readonly #writer = new ChunkWriter();
  readonly #reader = new ChunkReader();
  readonly #weight = new Float64Array(blockPointsMax);
  readonly #series = new Map<number, OpenSeries>();
  readonly #spare: Points[] = [];

  constructor(from: HistoryFile, to: HistoryFile, pacer: Pacer) {
    this.#from = from;
    this.#to = to;
    this.#pacer = pacer;
    this.#pointSeconds = from.blocks[0]!.pointSeconds;
    this.#startSecond = Math.min(...from.blocks.map(({ startSecond }) => startSecond));
    this.#points = Math.min(blockPointsMax, (from.endSecond! - this.#startSecond) / this.#pointSeconds);
  }

  async run(): Promise<void> {
    const groups = new Set<number>();
    for (const { table } of this.#from.blocks)
      for (let entry = 0; entry < table.length; entry += 3) groups.add(table[entry]!);
    for (const group of [...groups].sort((a, b) => a - b)) await this.#mergeGroup(group);
    const { header, table } = this.#builder.finish({
      startSecond: this.#startSecond,
      pointSeconds: this.#pointSeconds,
      points: this.#points,
    });
    await this.#to.finish(header, table);
  }

  async #mergeGroup(number: number): Promise<void> {
    const pieces: Piece[] = [];
    for (const block of this.#from.blocks) {
      const group = await this.#from.readGroup(block, number);
      const offset = (block.startSecond - this.#startSecond) / this.#pointSeconds;
      if (group !== undefined) pieces.push({ group, offset, count: block.points });
    }
    this.#pacer.restart();
    this.#group.clear();
    for (let index = 0; index < groupObjects; index++) {
      this.#mergeObject(pieces, index);
      if (this.#pacer.isDue) await this.#pacer.pause();
    }
    if (this.#group.length === 0) return;
    await this.#to.writePayload(this.#group.written, this.#builder.payloadBytes);
    this.#builder.group(number, this.#group.written);
  }

  #mergeObject(pieces: readonly Piece[], index: number): void {
    const bodies = pieces.flatMap(({ group, offset, count }) => {
      const body = ChunkReader.find(group, index);
      return body === undefined ? [] : [{ body, offset, count }];
    });
    if (bodies.length === 0) return;
    this.#weight.fill(0);
    for (const { body, count } of bodies)
      this.#reader.read(body, count, (id, kind) => {
        this.#open(id, kind);
      });
    for (const { body, offset, count } of bodies) this.#collect(body, offset, count);
    this.#writer.begin(this.#weight, this.#points);
    for (const [id, { kind, points }] of this.#series) this.#writer.series(id, kind, points);
    this.#writer.end(this.#group, index);
    for (const { points } of this.#series.values()) this.#spare.push(points);
    this.#series.clear();
  }

  /** A series that this piece does not name, and another does, was zero here. */
  #collect(body: Uint8Array, offset: number, count: number): void {
    const named = new Set<number>();
    this.#reader.read(body, count, (id, _kind, points) => {
      named.add(id);
      const into = this.#series.get(id)!.points;
      for (let at = 0; at < count; at++) into.combine(offset + at, points, at);
    });
    const { weight } = this.#reader;
    for (const [id, { points }] of this.#series) {
      for (let at = 0; at < count && !named.has(id); at++)
        if (weight[at]! > 0) points.measure(offset + at, 0, weight[at]!);
    }
    for (let at = 0; at < count; at++) this.#weight[offset + at]! += weight[at]!;
  }

  #open(id: number, kind: SeriesKind): void {
    if (this.#series.has(id)) return;
    const points = this.#spare.pop() ?? new Points(blockPointsMax);
    points.clear();
    this.#series.set(id, { kind, points });
  }
}
