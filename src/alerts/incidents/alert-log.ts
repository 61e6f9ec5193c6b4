/**
 * The log of alerts, `DIR/alerts/alerts.log`: a record a line (`log-lines.ts`). Invariants: records are written in order
 * and synced in batches, and what is found after a crash is all of them up to one, with everything that was flushed;
 * a torn tail is cut at the next start, a damaged line is left out and counted; both are set aside in
 * `alerts.log.damaged`, and neither keeps anything from starting. The file is written anew when most of it is outdated, and after a stop that was not clean.
 */
import { join } from 'node:path';
import {
  messageOf,
  readWhole,
  SluiceError,
  writeWhole,
  type Disk,
  type DiskFile,
} from '../../kernel/index.js';
import type { AlertRecord } from './alert-record.js';
import { lineOf, markOf, readLines } from './log-lines.js';

export const logName = 'alerts.log';
const fileBytesMax = 256 * 1024 * 1024;
const rewriteBytesMinDefault = 1024 * 1024;

export interface OpenedLog {
  readonly log: AlertLog;
  readonly records: readonly AlertRecord[];
  /** Bytes of a torn tail. */
  readonly cutBytes: number;
  readonly damagedLines: number;
}

export class AlertLog {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #onProblem: (problem: string) => void;
  /** The fewest records that give the present state. */
  readonly #whole: () => Iterable<AlertRecord>;
  readonly #rewriteBytesMin: number;
  #file: DiskFile;
  #bytes: number;
  #wholeBytes: number;
  #waiting: Buffer[] = [];
  #isWriting = false;
  /** The file that is open is not the one of the name any more. */
  #isAbandoned = false;
  #work: Promise<void> = Promise.resolve();

  private constructor(options: AlertLogOptions, file: DiskFile, bytes: number) {
    this.#disk = options.disk;
    this.#directory = options.directory;
    this.#onProblem = options.onProblem;
    this.#whole = options.whole;
    this.#rewriteBytesMin = options.rewriteBytesMin ?? rewriteBytesMinDefault;
    this.#file = file;
    this.#bytes = bytes;
    this.#wholeBytes = bytes;
  }

  /** Rejects with the system's error, and with `config-invalid` where the file is too large to be ours. */
  static async open(options: AlertLogOptions): Promise<OpenedLog> {
    const { disk, directory } = options;
    await disk.makeDirectory(directory);
    const path = join(directory, logName);
    const isThere = (await disk.list(directory)).includes(logName);
    const content = isThere ? await readWhole(disk, path, fileBytesMax) : Buffer.alloc(0);
    const { records, cutBytes, damagedLines, isClean } = readLines(content);
    if (damagedLines > 0 || cutBytes > 0) await writeWhole(disk, directory, `${logName}.damaged`, content);
    // What was read may not be on the medium yet, or never come to be: what is trusted is written again.
    const whole = isClean ? content : wholeContent(records);
    if (!isClean) await writeWhole(disk, directory, logName, whole);
    const file = await disk.open(path, 'read-write');
    return { log: new AlertLog(options, file, whole.length), records, cutBytes, damagedLines };
  }

  /** Takes a record; it is written soon. */
  append(record: AlertRecord): void {
    this.#waiting.push(lineOf(record));
    this.#begin();
  }

  /** Resolves when everything taken so far is on the disk; rejects where it could not be written. */
  async flush(): Promise<void> {
    this.#begin();
    await this.#work;
    if (this.#waiting.length > 0)
      throw new SluiceError('disk-failed', 'alerts could not be written', { retryable: true });
  }

  async close(): Promise<void> {
    this.#begin();
    await this.#work;
    await this.#mark();
    await this.#file.close();
  }

  /** What failed to be written is written with the next record. */
  #begin(): void {
    if (this.#isWriting || this.#waiting.length === 0) return;
    this.#isWriting = true;
    this.#work = this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) await this.#writeBatch([...this.#waiting]);
    } catch (problem) {
      this.#onProblem(`alerts could not be written: ${messageOf(problem)}`);
    }
    this.#isWriting = false;
  }

  async #writeBatch(batch: readonly Buffer[]): Promise<void> {
    const lines = [markOf(this.#bytes), ...batch];
    const bytes = lines.reduce((sum, { length }) => sum + length, 0);
    const isLong = this.#bytes + bytes > Math.max(this.#rewriteBytesMin, this.#wholeBytes * 4);
    if (isLong || this.#isAbandoned) {
      await this.#rewrite();
      return;
    }
    await this.#file.write(lines, this.#bytes);
    await this.#file.sync();
    this.#bytes += bytes;
    this.#waiting = this.#waiting.slice(batch.length);
  }

  /** What is in the state holds what waited to be written, too. */
  async #rewrite(): Promise<void> {
    const content = wholeContent(this.#whole());
    const written = this.#waiting.length;
    // From here on the name may be of another file than the one that is open, until that one is.
    this.#isAbandoned = true;
    await writeWhole(this.#disk, this.#directory, logName, content);
    const before = this.#file;
    this.#file = await this.#disk.open(join(this.#directory, logName), 'read-write');
    this.#isAbandoned = false;
    this.#bytes = content.length;
    this.#wholeBytes = content.length;
    this.#waiting = this.#waiting.slice(written);
    await before.close();
  }

  /** Says that everything is durable, so that the next start need not write it again. */
  async #mark(): Promise<void> {
    if (this.#isAbandoned || this.#waiting.length > 0 || this.#bytes === this.#wholeBytes) return;
    try {
      await this.#file.write([markOf(this.#bytes)], this.#bytes);
      await this.#file.sync();
    } catch (problem) {
      this.#onProblem(`the log of alerts could not be closed: ${messageOf(problem)}`);
    }
  }
}

export interface AlertLogOptions {
  readonly disk: Disk;
  /** `DIR/alerts`; made if it is not there. */
  readonly directory: string;
  readonly whole: () => Iterable<AlertRecord>;
  readonly onProblem: (problem: string) => void;
  /** It is written anew when it has more than this, and over four times what it had when it was written whole. */
  readonly rewriteBytesMin?: number;
}

/** Records in a file that appears whole: all of it is durable where any of it is there. */
function wholeContent(records: Iterable<AlertRecord>): Buffer {
  const content = Buffer.concat([...records].map(lineOf));
  return Buffer.concat([content, markOf(content.length)]);
}
