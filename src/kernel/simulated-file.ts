/**
 * One file of the simulated disk, as two versions of its pages: what programs see, and what is on the
 * medium. A page is never changed in place once the medium or a sync in flight holds it.
 */
import type { Random } from './random.js';

/** The unit the page cache writes back, in bytes. */
export const pageBytes = 4096;
/** The unit the medium writes whole, in bytes. */
export const sectorBytes = 512;

/** The medium's pages, counted over all files. */
export interface PageBudget {
  usedPages: number;
  pagesMax: number;
}

interface Page {
  readonly bytes: Uint8Array;
  /** Held by the medium or by a sync in flight: copied before it is changed. */
  frozen: boolean;
  /** Later copies of a page carry higher numbers. */
  readonly revision: number;
}

/** What a sync will make durable: the file as it was when the sync was asked for. */
export interface SyncInFlight {
  readonly pages: ReadonlyMap<number, Page | undefined>;
  readonly size: number;
  readonly revision: number;
  readonly sizeRevision: number;
}

export class SimulatedFile {
  readonly #budget: PageBudget;
  #size = 0;
  #sizeRevision = 0;
  #durableSizeRevision = 0;
  #revision = 0;
  #pages = new Map<number, Page>();
  readonly #dirty = new Set<number>();
  #durableSize = 0;
  readonly #durablePages = new Map<number, Page>();
  /** Open handles; space is given back when the last one of an unlinked file closes. */
  handles = 0;
  linked = true;

  constructor(budget: PageBudget) {
    this.#budget = budget;
  }

  get size(): number {
    return this.#size;
  }

  get pageCount(): number {
    return this.#pages.size;
  }

  /** Writes `chunk` and returns how much of it found room. */
  write(chunk: Uint8Array, position: number): number {
    let done = 0;
    while (done < chunk.byteLength) {
      const at = position + done;
      const index = Math.floor(at / pageBytes);
      const offset = at - index * pageBytes;
      const count = Math.min(pageBytes - offset, chunk.byteLength - done);
      const page = this.#writable(index);
      if (page === undefined) break;
      page.bytes.set(chunk.subarray(done, done + count), offset);
      done += count;
      this.#grow(at + count);
    }
    return done;
  }

  read(into: Uint8Array, position: number): number {
    const count = Math.max(0, Math.min(into.byteLength, this.#size - position));
    for (let done = 0; done < count;) {
      const index = Math.floor((position + done) / pageBytes);
      const offset = position + done - index * pageBytes;
      const length = Math.min(pageBytes - offset, count - done);
      const page = this.#pages.get(index);
      if (page === undefined) into.fill(0, done, done + length);
      else into.set(page.bytes.subarray(offset, offset + length), done);
      done += length;
    }
    return count;
  }

  truncate(length: number): void {
    if (length < this.#size) this.#cut(length);
    this.#resize(length);
  }

  beginSync(): SyncInFlight {
    const pages = new Map<number, Page | undefined>();
    for (const index of this.#dirty) {
      const page = this.#pages.get(index);
      if (page !== undefined) page.frozen = true;
      pages.set(index, page);
    }
    return { pages, size: this.#size, revision: this.#revision, sizeRevision: this.#sizeRevision };
  }

  finishSync(sync: SyncInFlight): void {
    for (const [index, page] of sync.pages) this.#storeSynced(index, page, sync);
    this.#storeSize(sync);
  }

  /** As Linux does: every page counts as clean from now on, though only some reached the medium. */
  failSync(sync: SyncInFlight, random: Random): void {
    for (const [index, page] of sync.pages) {
      if (random.next() < 0.5) this.#storeSynced(index, page, sync);
      else if (this.#pages.get(index) === page) this.#dirty.delete(index);
    }
    if (random.next() < 0.5) this.#storeSize(sync);
    else this.#durableSizeRevision = Math.max(this.#durableSizeRevision, sync.sizeRevision);
  }

  /** The kernel writes the page at `position` back on its own, before anyone asks. */
  writeBack(position: number): void {
    const index = Math.floor(position / pageBytes);
    const page = this.#pages.get(index);
    if (page === undefined || !this.#dirty.has(index)) return;
    this.#store(index, page);
    this.#durableSize = Math.max(this.#durableSize, Math.min(this.#size, (index + 1) * pageBytes));
  }

  /** Leaves what the medium holds after a power loss: each unsynced page survives with chance `survival`. */
  losePower(random: Random, survival: number): void {
    for (const index of this.#dirty) this.#settlePage(index, random, survival);
    const resized = this.#sizeRevision !== this.#durableSizeRevision;
    const size = resized ? survivingSize(this.#durableSize, this.#size, random, survival) : this.#durableSize;
    this.#dirty.clear();
    this.#pages = new Map(this.#durablePages);
    this.#cut(size);
    for (const index of this.#dirty) this.#store(index, this.#pages.get(index));
    this.#size = size;
    this.#durableSize = size;
    this.#durableSizeRevision = this.#sizeRevision;
    this.handles = 0;
  }

  /** Inverts one bit of `position` in the cache and on the medium, as decay of the medium would. */
  flipBit(position: number, bit: number): void {
    const index = Math.floor(position / pageBytes);
    for (const pages of [this.#pages, this.#durablePages]) {
      const page = pages.get(index);
      if (page === undefined) continue;
      const bytes = page.bytes.slice();
      bytes[position % pageBytes]! ^= 1 << bit;
      pages.set(index, { bytes, frozen: true, revision: page.revision });
    }
  }

  closeAll(): void {
    this.handles = 0;
    this.release();
  }

  /** Gives the pages of a file that nobody can reach any more back to the medium. */
  release(): void {
    if (this.linked || this.handles > 0) return;
    this.#budget.usedPages -= this.#pages.size;
    this.#pages = new Map();
    this.#dirty.clear();
  }

  #grow(end: number): void {
    if (end > this.#size) this.#resize(end);
  }

  #resize(size: number): void {
    this.#size = size;
    this.#sizeRevision++;
  }

  /** The page as one that may be changed and counts as unsynced; `undefined` when the medium is full. */
  #writable(index: number): Page | undefined {
    const found = this.#pages.get(index);
    if (found === undefined) {
      if (this.#budget.usedPages >= this.#budget.pagesMax) return undefined;
      this.#budget.usedPages++;
    }
    this.#dirty.add(index);
    if (found !== undefined && !found.frozen) return found;
    const page = {
      bytes: found?.bytes.slice() ?? new Uint8Array(pageBytes),
      frozen: false,
      revision: ++this.#revision,
    };
    this.#pages.set(index, page);
    return page;
  }

  /** Drops what lies beyond `length`, so that a later extension reads zeros there. */
  #cut(length: number): void {
    const last = Math.floor(length / pageBytes);
    for (const index of this.#pages.keys()) {
      if (index * pageBytes < length) continue;
      this.#pages.delete(index);
      this.#budget.usedPages--;
      this.#dirty.add(index);
    }
    if (this.#pages.has(last)) this.#writable(last)?.bytes.fill(0, length - last * pageBytes);
  }

  /** A sync that finishes late must not undo what a later one, or the kernel, stored meanwhile. */
  #storeSynced(index: number, page: Page | undefined, sync: SyncInFlight): void {
    if ((this.#durablePages.get(index)?.revision ?? 0) <= sync.revision) this.#store(index, page);
  }

  #storeSize(sync: SyncInFlight): void {
    if (sync.sizeRevision < this.#durableSizeRevision) return;
    this.#durableSize = sync.size;
    this.#durableSizeRevision = sync.sizeRevision;
  }

  #store(index: number, page: Page | undefined): void {
    if (page === undefined) {
      this.#durablePages.delete(index);
    } else {
      page.frozen = true;
      this.#durablePages.set(index, page);
    }
    if (this.#pages.get(index) === page) this.#dirty.delete(index);
  }

  #settlePage(index: number, random: Random, survival: number): void {
    const fresh = this.#pages.get(index);
    if (random.next() < survival) {
      this.#store(index, fresh);
    } else if (fresh !== undefined && survival > 0 && random.next() < 0.25) {
      this.#store(index, tornPage(this.#durablePages.get(index), fresh, random));
    }
  }
}

/** A page of which each sector is, independently, the old or the new one. */
function tornPage(old: Page | undefined, fresh: Page, random: Random): Page {
  const bytes = old?.bytes.slice() ?? new Uint8Array(pageBytes);
  for (let at = 0; at < pageBytes; at += sectorBytes) {
    if (random.next() < 0.5) bytes.set(fresh.bytes.subarray(at, at + sectorBytes), at);
  }
  return { bytes, frozen: true, revision: fresh.revision };
}

function survivingSize(old: number, fresh: number, random: Random, survival: number): number {
  if (random.next() < survival) return fresh;
  if (survival === 0 || fresh <= old) return old;
  return old + random.integer(fresh - old);
}
