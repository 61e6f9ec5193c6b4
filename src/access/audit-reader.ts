/**
 * Reads the audit log's files backwards, newest record first. Invariants: whatever the log's size, one read holds a
 * chunk of a file and a page of records, looks through no more than `searchBytesMax`, and lets the event loop go on
 * after each chunk; and no record is on two pages.
 */
import { join } from 'node:path';
import { SluiceError, systemCodeOf, type Disk, type DiskFile } from '../kernel/index.js';
import { readLine } from './audit-record.js';
import type { AuditLine, AuditPage, AuditQuery } from './audit-types.js';

/** Some 200 lines, after which others have their turn. */
const chunkBytes = 65_536;
/** 128 chunks; who wants to look further asks again. */
const searchBytesMax = 8_388_608;
/** No line of ours is as long. */
const lineBytesMax = 65_536;
/** Moments come from a clock that may have been put back: what is older by more ends a search. */
const clockSlackMs = 86_400_000;

/** A file of the log, by the number of its first line; bytes from `end` on are not looked at. */
export interface AuditFilePart {
  readonly number: number;
  readonly name: string;
  readonly end: number;
}

/** Where a page ended: before this byte of the file, and before this record. */
interface Cursor {
  readonly number: number;
  readonly end: number;
  readonly sequence: number;
}

/** The files that are read. */
export interface AuditFiles {
  /** In order, the newest last. */
  parts(): Promise<readonly AuditFilePart[]>;
  /** False: the file bears another name by now. */
  isInPlace(part: AuditFilePart): boolean;
}

export interface AuditReaderOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly files: AuditFiles;
}

export class AuditReader {
  readonly #options: AuditReaderOptions;

  constructor(options: AuditReaderOptions) {
    this.#options = options;
  }

  /** Rejects with `bad-input` for an `after` that is not from here, or the disk's error. */
  async read(query: AuditQuery): Promise<AuditPage> {
    const after = query.after === undefined ? undefined : readCursor(query.after);
    for (;;) {
      const search = new Search(query, after);
      const isWhole = await this.#readAll(await this.#options.files.parts(), search, after);
      // Else the newest file was rotated meanwhile, before anything was read of it.
      if (isWhole) return search.page();
    }
  }

  async #readAll(
    parts: readonly AuditFilePart[],
    search: Search,
    after: Cursor | undefined,
  ): Promise<boolean> {
    for (const part of parts.toReversed()) {
      if (after !== undefined && part.number > after.number) continue;
      const file = await this.#open(part.name);
      try {
        if (!this.#options.files.isInPlace(part)) return false;
        if (file === undefined) continue;
        const end = Math.min(part.end, await file.size());
        const from = part.number === after?.number ? Math.min(after.end, end) : end;
        await readBackwards(file, { ...part, end: from }, search);
      } finally {
        await file?.close();
      }
      if (search.isOver) break;
    }
    return true;
  }

  /** Undefined: it was the oldest, and is deleted by now. */
  async #open(name: string): Promise<DiskFile | undefined> {
    try {
      return await this.#options.disk.open(join(this.#options.directory, name), 'read');
    } catch (problem) {
      if (systemCodeOf(problem) === 'ENOENT') return undefined;
      throw problem;
    }
  }
}

/** Gives the search every line of a file, the last one first, until it has enough. */
async function readBackwards(file: DiskFile, part: AuditFilePart, search: Search): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  let position = part.end;
  while (position > 0 && !search.isOver) {
    const length = Math.min(chunkBytes, position);
    const chunk = Buffer.alloc(length);
    position -= length;
    const count = await file.read(chunk, position);
    search.countBytes(count);
    rest = linesOf(Buffer.concat([chunk.subarray(0, count), rest]), position, part.number, search);
    if (rest.length > lineBytesMax) rest = Buffer.alloc(0);
  }
  if (position === 0 && rest.length > 0 && !search.isOver)
    search.take(rest.toString('utf8'), { number: part.number, end: 0 });
}

/** Gives the search the whole lines of `bytes`, which begin at `position`; gives back the piece in front of them. */
function linesOf(bytes: Buffer, position: number, number: number, search: Search): Buffer {
  let end = bytes.length;
  for (;;) {
    // A line ends with its break, so the one that is sought lies before it.
    const start = end < 1 ? -1 : bytes.lastIndexOf(10, end - 2);
    if (start < 0 || end < 2) return Buffer.from(bytes.subarray(0, end));
    search.take(bytes.toString('utf8', start + 1, end), { number, end: position + start + 1 });
    if (search.isOver) return Buffer.alloc(0);
    end = start + 1;
  }
}

class Search {
  readonly #query: AuditQuery;
  readonly #contains: string | undefined;
  readonly #items: AuditLine[] = [];
  #sequence: number;
  #place: { readonly number: number; readonly end: number } | undefined;
  #reachedMs: number | undefined;
  #bytes = 0;
  #unreadable = 0;
  #isEnded = false;

  constructor(query: AuditQuery, after: Cursor | undefined) {
    this.#query = query;
    this.#contains = query.contains?.toLowerCase();
    this.#sequence = after?.sequence ?? Infinity;
  }

  /** Nothing more is to be read for this page. */
  get isOver(): boolean {
    return this.#isEnded || this.#items.length >= this.#query.limit || this.#bytes > searchBytesMax;
  }

  countBytes(count: number): void {
    this.#bytes += count;
  }

  /** A line, and the place before it. */
  take(text: string, place: { readonly number: number; readonly end: number }): void {
    const line = readLine(text.endsWith('\n') ? text.slice(0, -1) : text);
    this.#place = place;
    if (line === undefined) {
      this.#unreadable++;
      return;
    }
    // A file that was set aside may repeat a number; a page that was given does not come again.
    if (line.sequence >= this.#sequence) return;
    this.#sequence = line.sequence;
    this.#reachedMs = line.atMs;
    const { fromMs = -Infinity } = this.#query;
    if (line.atMs < fromMs - clockSlackMs) this.#isEnded = true;
    else if (this.#isWanted(line)) this.#items.push(line);
  }

  page(): AuditPage {
    const place = this.isOver && !this.#isEnded && this.#sequence > 1 ? this.#place : undefined;
    return {
      items: this.#items,
      next: place === undefined ? undefined : writeCursor({ ...place, sequence: this.#sequence }),
      reachedMs: this.#reachedMs,
      unreadable: this.#unreadable,
    };
  }

  #isWanted(line: AuditLine): boolean {
    const { actor, event, outcome, fromMs = -Infinity, toMs = Infinity } = this.#query;
    if (line.atMs < fromMs || line.atMs >= toMs) return false;
    if (actor !== undefined && line.actor !== actor) return false;
    if (event !== undefined && line.event !== event) return false;
    if (outcome !== undefined && line.outcome !== outcome) return false;
    return this.#contains === undefined || textOf(line).includes(this.#contains);
  }
}

function textOf({ subject, source, reason = '' }: AuditLine): string {
  return `${subject}\n${source}\n${reason}`.toLowerCase();
}

function writeCursor({ number, end, sequence }: Cursor): string {
  return `${number}-${end}-${Number.isFinite(sequence) ? sequence : ''}`;
}

function readCursor(text: string): Cursor {
  const [, number, end, sequence] = /^(\d{1,15})-(\d{1,15})-(\d{0,15})$/.exec(text) ?? [];
  if (number === undefined) throw new SluiceError('bad-input', 'after: not the "next" of a page');
  return {
    number: Number(number),
    end: Number(end),
    sequence: sequence === '' ? Infinity : Number(sequence),
  };
}
