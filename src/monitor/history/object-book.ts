/**
 * The numbers under which objects stand in history, and their names, in the file `objects`: lines of a checksum and a
 * JSON text, appended. Invariant: a number is on the disk before any point of its object is, and is never used again;
 * a torn or broken line costs the points of that object alone.
 */
import { join } from 'node:path';
import { crc32c } from '@node-rs/crc32';
import type { Disk, DiskFile } from '../../kernel/index.js';

const fileName = 'objects';

export interface KnownObject {
  readonly id: number;
  readonly kind: string;
  readonly labels: readonly string[];
}

export class ObjectBook {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #objects = new Map<number, KnownObject>();
  readonly #ids = new Map<string, number>();
  #file: DiskFile | undefined;
  #position = 0;
  #waiting: KnownObject[] = [];
  #nextId = 1;

  constructor(disk: Disk, directory: string) {
    this.#disk = disk;
    this.#directory = directory;
  }

  /**
   * Reads the file and forgets what `isKept` does not want. `idMin` is above every number in history. Gives the
   * count of broken lines. Rejects with the system's error.
   */
  async open(idMin: number, isKept: (id: number) => boolean): Promise<{ readonly brokenLines: number }> {
    const lines = (await this.#read()).split('\n').slice(0, -1);
    const found = lines.map(decodeLine);
    this.#nextId = found.reduce((next, object) => Math.max(next, (object?.id ?? 0) + 1), Math.max(1, idMin));
    for (const object of found) if (object !== undefined && isKept(object.id)) this.#add(object);
    await this.#rewrite();
    return { brokenLines: found.filter((object) => object === undefined).length };
  }

  get size(): number {
    return this.#objects.size;
  }

  /** Objects whose numbers have points, or will have. */
  all(): IterableIterator<KnownObject> {
    return this.#objects.values();
  }

  /** Undefined: nothing is known of it. */
  find(kind: string, labels: readonly string[]): number | undefined {
    return this.#ids.get(keyOf(kind, labels));
  }

  /** The number of an object, a new one if it has none. */
  idOf(kind: string, labels: readonly string[]): number {
    const key = keyOf(kind, labels);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const object = { id: this.#nextId++, kind, labels: [...labels] };
    this.#add(object);
    this.#waiting.push(object);
    return object.id;
  }

  /** Forgets objects for good; the file follows at its next opening. */
  forget(isKept: (id: number) => boolean): void {
    for (const { id, kind, labels } of this.#objects.values()) {
      if (isKept(id)) continue;
      this.#objects.delete(id);
      this.#ids.delete(keyOf(kind, labels));
    }
  }

  /** Writes and syncs the numbers given since the last time. On a rejection they wait for the next call. */
  async save(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const batch = this.#waiting;
    try {
      if (this.#file === undefined) await this.#rewrite();
      else await this.#append(batch);
    } catch (problem) {
      // Nothing is appended to a file of which a sync has failed: the next call writes a new one.
      await this.close();
      throw problem;
    }
    this.#waiting = this.#waiting.slice(batch.length);
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #append(objects: readonly KnownObject[]): Promise<void> {
    const bytes = Buffer.from(objects.map(encodeLine).join(''));
    await this.#file!.write([bytes], this.#position);
    await this.#file!.sync();
    this.#position += bytes.length;
  }

  /** Writes all objects to a new file, which takes the place of the old one when it is whole. */
  async #rewrite(): Promise<void> {
    await this.close();
    const names = await this.#disk.list(this.#directory);
    const temporary = join(this.#directory, `${fileName}.tmp`);
    if (names.includes(`${fileName}.tmp`)) await this.#disk.unlink(temporary);
    const bytes = Buffer.from([...this.#objects.values()].map(encodeLine).join(''));
    const file = await this.#disk.open(temporary, 'create');
    try {
      await file.write([bytes], 0);
      await file.sync();
      await this.#disk.rename(temporary, join(this.#directory, fileName));
      await this.#disk.syncDirectory(this.#directory);
    } catch (problem) {
      await file.close();
      throw problem;
    }
    this.#file = file;
    this.#position = bytes.length;
  }

  async #read(): Promise<string> {
    if (!(await this.#disk.list(this.#directory)).includes(fileName)) return '';
    const file = await this.#disk.open(join(this.#directory, fileName), 'read');
    try {
      const bytes = Buffer.alloc(await file.size());
      const count = await file.read(bytes, 0);
      return bytes.toString('utf8', 0, count);
    } finally {
      await file.close();
    }
  }

  #add(object: KnownObject): void {
    this.#objects.set(object.id, object);
    this.#ids.set(keyOf(object.kind, object.labels), object.id);
  }
}

function keyOf(kind: string, labels: readonly string[]): string {
  return JSON.stringify([kind, ...labels]);
}

function encodeLine({ id, kind, labels }: KnownObject): string {
  const text = JSON.stringify([id, kind, ...labels]);
  return `${crc32c(text).toString(16).padStart(8, '0')} ${text}\n`;
}

/** Undefined: the line is not as it was written. */
function decodeLine(line: string): KnownObject | undefined {
  const text = line.slice(9);
  if (text === '' || crc32c(text) !== Number.parseInt(line.slice(0, 8), 16)) return undefined;
  const [id, kind, ...labels] = JSON.parse(text) as [number, string, ...string[]];
  return { id, kind, labels };
}
