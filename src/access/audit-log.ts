/**
 * The audit log: takes records at any time without waiting, and writes them in the background. Invariant:
 * the queue is bounded; what did not fit is counted, and the count is the next record to be written.
 */
import { SluiceError, type CancelTimer, type Clock, type Disk } from '../kernel/index.js';
import { AuditCoalescer } from './audit-coalescer.js';
import { AuditFile, type AuditCondition } from './audit-file.js';
import { formatLine, type AuditRecord } from './audit-record.js';
import { AuditReader } from './audit-reader.js';
import type { Audit, AuditEntry, AuditPage, AuditQuery, AuditVerdict } from './audit-types.js';
import type { AccessSettings } from './settings.js';

const batchMax = 512;
const retryMs = 1_000;
const self = { actor: 'sluice', source: 'server', outcome: 'success' } as const;

export interface AuditLogOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly clock: Clock;
  readonly settings: AccessSettings['audit'];
}

export class AuditLog implements Audit {
  readonly #clock: Clock;
  readonly #waitingMax: number;
  readonly #file: AuditFile;
  readonly #reader: AuditReader;
  readonly #coalescer: AuditCoalescer;
  readonly #waiting: AuditRecord[] = [];
  #droppedCount = 0;
  #writing: Promise<void> | undefined;
  #cancelRetry: CancelTimer | undefined;
  #cancelWindow: CancelTimer | undefined;
  #closed = false;

  private constructor(options: AuditLogOptions, file: AuditFile) {
    this.#clock = options.clock;
    this.#waitingMax = options.settings.waitingMax;
    this.#file = file;
    const { disk, directory } = options;
    this.#reader = new AuditReader({ disk, directory, files: file });
    this.#coalescer = new AuditCoalescer(options.settings.coalesceMs);
  }

  /** Opens the log, repairing what a crash left; what was found is its next record. */
  static async open(options: AuditLogOptions): Promise<AuditLog> {
    const { disk, directory, settings } = options;
    const { fileBytesMax, filesMax } = settings;
    const file = new AuditFile({ disk, directory, fileBytesMax, filesMax });
    const condition = await file.open();
    const log = new AuditLog(options, file);
    log.record(openingEntry(condition));
    return log;
  }

  record(entry: AuditEntry): void {
    if (this.#closed) return;
    const record = this.#coalescer.admit(entry, this.#clock.now());
    if (record !== undefined) this.#enqueue(record);
    this.#watchWindow();
  }

  async flush(): Promise<void> {
    this.#emitRepeats(Infinity);
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    await this.#write();
    if (this.#waiting.length > 0) {
      throw new SluiceError('disk-failed', 'the audit log could not be written', { retryable: true });
    }
  }

  async verify(): Promise<AuditVerdict> {
    await this.flush();
    return this.#file.verify();
  }

  async read(query: AuditQuery): Promise<AuditPage> {
    // What waits, but not repeats that are still being counted: who looks often must not make the log longer.
    await this.#write();
    return this.#reader.read(query);
  }

  /** Writes what waits, once, and lets go of the file; what could not be written is lost. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#emitRepeats(Infinity);
    this.#closed = true;
    this.#cancelRetry?.();
    this.#cancelWindow?.();
    await this.#write();
    await this.#file.close();
  }

  #enqueue(record: AuditRecord): void {
    if (this.#waiting.length >= this.#waitingMax) {
      this.#droppedCount++;
      return;
    }
    this.#waiting.push(record);
    if (this.#cancelRetry === undefined) void this.#write();
  }

  /** Writes until nothing waits or the disk refuses. Never rejects. */
  #write(): Promise<void> {
    this.#writing ??= this.#writeAll();
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    // Lets records made in the same turn of the event loop share a sync.
    await Promise.resolve();
    while (this.#waiting.length > 0 && (await this.#writeBatch()));
    this.#writing = undefined;
  }

  /** False when the disk refused; the records then stay in the queue. */
  async #writeBatch(): Promise<boolean> {
    const batch = this.#waiting.slice(0, batchMax);
    try {
      await this.#append(batch);
    } catch {
      this.#retryLater();
      return false;
    }
    this.#waiting.splice(0, batch.length);
    this.#reportDropped();
    return true;
  }

  async #append(batch: readonly AuditRecord[]): Promise<void> {
    let head = this.#file.head;
    let lines = '';
    for (const record of batch) {
      const formatted = formatLine(record, head);
      lines += formatted.line;
      head = formatted.head;
    }
    await this.#file.append(lines, head);
  }

  #reportDropped(): void {
    if (this.#droppedCount === 0) return;
    const subject = `${this.#droppedCount} records that did not fit`;
    this.#droppedCount = 0;
    this.#waiting.push({
      ...self,
      event: 'audit-dropped',
      subject,
      outcome: 'failure',
      atMs: this.#clock.now(),
      count: 1,
    });
  }

  #retryLater(): void {
    if (this.#closed) return;
    this.#cancelRetry ??= this.#clock.after(retryMs, () => {
      this.#cancelRetry = undefined;
      void this.#write();
    });
  }

  #watchWindow(): void {
    const endsAtMs = this.#coalescer.nextEndMs;
    if (endsAtMs === undefined || this.#cancelWindow !== undefined) return;
    this.#cancelWindow = this.#clock.after(endsAtMs - this.#clock.now(), () => {
      this.#cancelWindow = undefined;
      this.#emitRepeats(this.#clock.now());
      this.#watchWindow();
    });
  }

  #emitRepeats(untilMs: number): void {
    for (const record of this.#coalescer.due(untilMs, this.#clock.now())) this.#enqueue(record);
  }
}

function openingEntry(condition: AuditCondition): AuditEntry {
  switch (condition) {
    case 'new':
    case 'whole':
      return { ...self, event: 'audit-opened', subject: 'the audit log' };
    case 'torn-tail-cut':
      return { ...self, event: 'audit-recovered', subject: 'a last line cut short by a crash was removed' };
    case 'damaged-set-aside':
      return {
        ...self,
        event: 'audit-recovered',
        subject: 'a file with a broken chain was set aside',
        outcome: 'failure',
      };
  }
}
