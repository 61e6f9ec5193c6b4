/**
 * The files of the audit log: `audit.log`, and `audit-<number of its first line>.log` for earlier ones. Only
 * ever appended to. A torn last line, left by a crash, is cut before anything is appended; a broken line
 * elsewhere is left where it is, in a file set aside, for `verify` to show.
 */
import { join } from 'node:path';
import { type Disk, type DiskFile, readWhole } from '../kernel/index.js';
import { checkLine, originHash, type ChainAnchor, type ChainHead } from './audit-record.js';
import type { AuditFilePart, AuditFiles } from './audit-reader.js';
import type { AuditVerdict } from './audit-types.js';

const currentName = 'audit.log';
const earlierName = /^audit-\d{12}\.log$/;
/** Above what settings allow for one file, so that a verification never reads without bound. */
const readBytesMax = 2 * 1024 * 1024 * 1024;

/** What was found when the log was opened. */
export type AuditCondition = 'new' | 'whole' | 'torn-tail-cut' | 'damaged-set-aside';

export interface AuditFileOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly fileBytesMax: number;
  readonly filesMax: number;
}

export class AuditFile implements AuditFiles {
  readonly #options: AuditFileOptions;
  #file: DiskFile | undefined;
  #position = 0;
  #firstSequence = 1;
  #head: ChainHead = { sequence: 1, hash: originHash };

  constructor(options: AuditFileOptions) {
    this.#options = options;
  }

  get head(): ChainHead {
    return this.#head;
  }

  /** Finds the end of the chain. Rejects with the system's error. */
  async open(): Promise<AuditCondition> {
    const { disk, directory } = this.#options;
    const names = await disk.list(directory);
    const latest = names.filter((name) => earlierName.test(name)).at(-1);
    if (latest !== undefined) this.#head = endOf(await this.#read(latest)) ?? this.#head;
    this.#firstSequence = this.#head.sequence;
    if (!names.includes(currentName)) return latest === undefined ? 'new' : 'whole';
    return this.#openCurrent(await this.#read(currentName));
  }

  /** Appends whole lines and syncs them. On a rejection nothing counts as appended: call again with them. */
  async append(lines: string, head: ChainHead): Promise<void> {
    if (this.#file !== undefined && this.#position >= this.#options.fileBytesMax) await this.#rotate();
    const file = this.#file ?? (await this.#openForAppend());
    const bytes = Buffer.from(lines);
    try {
      await file.write([bytes], this.#position);
      await file.sync();
    } catch (problem) {
      // What reached the disk is unknown. The next call cuts the file back and writes these lines again, so
      // that no sync is ever relied upon after it failed.
      this.#file = undefined;
      await file.close();
      throw problem;
    }
    this.#position += bytes.length;
    this.#head = head;
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  /** Reads every file and checks every line. */
  async verify(): Promise<AuditVerdict> {
    const names = await this.#options.disk.list(this.#options.directory);
    const ordered = [
      ...names.filter((name) => earlierName.test(name)),
      ...names.filter((name) => name === currentName),
    ];
    let head = oldestAnchor(ordered[0]);
    let records = 0;
    for (const name of ordered) {
      const lines = (await this.#read(name)).split('\n');
      const rest = lines.pop();
      for (const [index, line] of lines.entries()) {
        const checked = checkLine(line, head);
        if (!checked.ok) return { ok: false, file: name, line: index + 1, reason: checked.reason, records };
        head = checked.head;
        records++;
      }
      if (rest !== '')
        return { ok: false, file: name, line: lines.length + 1, reason: 'is cut short', records };
    }
    if (head.hash !== this.#head.hash) {
      return { ok: false, file: currentName, line: records, reason: 'the newest lines are missing', records };
    }
    return { ok: true, records, headHash: this.#head.hash };
  }

  /** The files in order, the newest last, each as far as it is written. */
  async parts(): Promise<readonly AuditFilePart[]> {
    for (;;) {
      const first = this.#firstSequence;
      const names = await this.#options.disk.list(this.#options.directory);
      // A file that was rotated meanwhile bears another name.
      if (first !== this.#firstSequence) continue;
      const earlier = names.filter((name) => earlierName.test(name));
      const parts = earlier.map((name) => ({ name, number: numberOf(name), end: Infinity }));
      if (!names.includes(currentName) || this.#position === 0) return parts;
      return [...parts, { name: currentName, number: first, end: this.#position }];
    }
  }

  isInPlace({ name, number }: AuditFilePart): boolean {
    return name !== currentName || number === this.#firstSequence;
  }

  async #openCurrent(text: string): Promise<AuditCondition> {
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const anchor = this.#head.sequence === 1 ? undefined : this.#head;
    const { head, broken } = follow(whole, anchor);
    this.#firstSequence = firstSequenceOf(whole) ?? this.#head.sequence;
    if (broken) {
      this.#head = endOf(whole) ?? this.#head;
      this.#position = Buffer.byteLength(text);
      await this.#setAside();
      return 'damaged-set-aside';
    }
    this.#head = head ?? this.#head;
    this.#position = Buffer.byteLength(whole);
    return whole.length === text.length ? 'whole' : 'torn-tail-cut';
  }

  async #openForAppend(): Promise<DiskFile> {
    const { disk, directory } = this.#options;
    const path = join(directory, currentName);
    const exists = (await disk.list(directory)).includes(currentName);
    const file = await disk.open(path, exists ? 'read-write' : 'create');
    try {
      if (exists) await file.truncate(this.#position);
      if (this.#position === 0) await disk.syncDirectory(directory);
    } catch (problem) {
      await file.close();
      throw problem;
    }
    this.#file = file;
    return file;
  }

  async #rotate(): Promise<void> {
    await this.close();
    await this.#setAside();
    const { disk, directory, filesMax } = this.#options;
    const earlier = (await disk.list(directory)).filter((name) => earlierName.test(name));
    for (const name of earlier.slice(0, Math.max(0, earlier.length - (filesMax - 1)))) {
      await disk.unlink(join(directory, name));
    }
  }

  /** Renames the current file, so that the next append starts another. */
  async #setAside(): Promise<void> {
    const { disk, directory } = this.#options;
    const names = await disk.list(directory);
    let number = this.#firstSequence;
    while (names.includes(earlierNameOf(number))) number++;
    if (names.includes(currentName)) {
      const name = earlierNameOf(number);
      await disk.rename(join(directory, currentName), join(directory, name));
      await disk.syncDirectory(directory);
    }
    this.#position = 0;
    this.#firstSequence = this.#head.sequence;
  }

  async #read(name: string): Promise<string> {
    const content = await readWhole(this.#options.disk, join(this.#options.directory, name), readBytesMax);
    return content.toString('utf8');
  }
}

function follow(
  text: string,
  anchor: ChainHead | undefined,
): { head: ChainHead | undefined; broken: boolean } {
  let head = anchor;
  for (const line of text.split('\n').slice(0, -1)) {
    const checked = checkLine(line, head);
    if (!checked.ok) return { head, broken: true };
    head = checked.head;
  }
  return { head, broken: false };
}

/** A file begins with the number in its name; one that was never rotated, with 1. */
function oldestAnchor(name: string | undefined): ChainAnchor {
  const number = name === undefined || name === currentName ? 1 : numberOf(name);
  return { sequence: number, hash: number === 1 ? originHash : undefined };
}

function numberOf(name: string): number {
  return Number.parseInt(name.slice('audit-'.length), 10);
}

/** Where the chain stands after the last line that is right in itself. */
function endOf(text: string): ChainHead | undefined {
  for (const line of text.split('\n').reverse()) {
    const checked = checkLine(line, undefined);
    if (checked.ok) return checked.head;
  }
  return undefined;
}

function firstSequenceOf(text: string): number | undefined {
  const found = /^\{"sequence":(\d{1,15}),/.exec(text);
  return found === null ? undefined : Number(found[1]);
}

function earlierNameOf(firstSequence: number): string {
  return `audit-${String(firstSequence).padStart(12, '0')}.log`;
}
