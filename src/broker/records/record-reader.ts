/**
 * Reads records back from the journal. Invariant: an entry is given out only when the bytes in the journal name the
 * very key that was asked for.
 */
import type { RecordView } from '../../journal/index.js';
import { SluiceError, type Clock, type Random } from '../../kernel/index.js';
import type { VirtualHost } from '../state.js';
import type { RecordAnswer, RecordEntry, RecordScan, RecordScanRequest } from './face.js';
import type { RecordKeeper } from './record-keeper.js';
import { Word } from './record-pages.js';
import type { RecordStore } from './record-store.js';
import type { StoredPuts } from './stored-puts.js';

const scanMax = 1_000;
/** Bytes of values in one scan, about. */
const scanBytesMax = 4 * 1024 * 1024;
/** Work of one turn of the event loop, milliseconds. */
const sliceMs = 2;

export interface ReaderParts {
  readonly keeper: RecordKeeper;
  readonly puts: StoredPuts;
  readonly clock: Clock;
  readonly random: Random;
  readonly pause: () => Promise<void>;
}

export class RecordReader {
  readonly #parts: ReaderParts;
  /** Cursors of scans hold in this life of the broker alone. */
  #life: string | undefined = undefined;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  /** Calls back once, now or after a read from disk. Throws `bad-input` for what is no key. */
  get(vhost: VirtualHost, key: string, reply: (answer: RecordAnswer) => void): void {
    const { keeper, clock, puts } = this.#parts;
    const { records: store } = vhost;
    const found = keeper.find(store, key);
    if (!keeper.isLive(store, found, clock.now())) {
      reply({ kind: 'absent', sequence: store.removedSequence });
      return;
    }
    const segment = store.pages.word(found, Word.segment);
    const offset = store.pages.word(found, Word.offset);
    const record = puts.find(segment, offset);
    if (record !== undefined) {
      reply(this.#answer(store, record));
      return;
    }
    const whenLoaded = (error?: SluiceError): void => {
      // Whatever became of it meanwhile, the answer is as of now.
      if (error === undefined || keeper.find(store, key) !== found) this.get(vhost, key, reply);
      else reply({ kind: 'failed', message: error.message });
    };
    puts.journal.load(segment, offset, whenLoaded, true);
  }

  #answer(store: RecordStore, record: RecordView): RecordAnswer {
    const { keyStart, valueStart } = this.#parts.puts.viewOf(record);
    if (!this.#parts.keeper.key.equals(record.buffer, keyStart, valueStart))
      return { kind: 'absent', sequence: store.removedSequence };
    const entry = this.#parts.puts.entryOf(record);
    return { kind: 'found', entry, sequence: entry.version };
  }

  /**
   * Walks the records, a slice a turn. Rejects with `bad-input` for a limit out of bounds, `precondition-failed` for
   * a cursor of an earlier life, and as `Journal.load` does.
   */
  async scan(vhost: VirtualHost, request: RecordScanRequest): Promise<RecordScan> {
    const { limit } = request;
    if (!Number.isInteger(limit) || limit < 1 || limit > scanMax)
      throw new SluiceError('bad-input', `a scan gives 1 to ${scanMax} records`);
    const { records: store } = vhost;
    const prefix = Buffer.from(request.prefix);
    const entries: RecordEntry[] = [];
    let sequence = store.removedSequence;
    let bytes = 0;
    let untilMs = this.#parts.clock.monotonic() + sliceMs;
    for (let record = this.#cursorOf(request.after); record < store.pages.end; record++) {
      if (entries.length === limit || bytes > scanBytesMax)
        return { entries, after: `${this.#lifeName}.${record}`, sequence };
      if (this.#parts.clock.monotonic() >= untilMs) {
        await this.#parts.pause();
        untilMs = this.#parts.clock.monotonic() + sliceMs;
      }
      const entry = await this.#match(store, record, prefix);
      if (entry === undefined) continue;
      entries.push(entry);
      bytes += entry.value.length;
      sequence = Math.max(sequence, entry.version);
    }
    return { entries, after: undefined, sequence };
  }

  get #lifeName(): string {
    return (this.#life ??= this.#parts.random.bytes(6).toString('base64url'));
  }

  #cursorOf(after: string | undefined): number {
    if (after === undefined) return 1;
    const dot = after.lastIndexOf('.');
    const record = Number(after.slice(dot + 1));
    if (after.slice(0, dot) === this.#lifeName && Number.isInteger(record) && record >= 1) return record;
    throw new SluiceError('precondition-failed', 'the scan began before the broker did; begin it anew');
  }

  /** The record of a number, if it is there, to be seen, and its key begins with `prefix`. */
  #match(
    store: RecordStore,
    record: number,
    prefix: Buffer,
  ): RecordEntry | undefined | Promise<RecordEntry | undefined> {
    const { clock, keeper, puts } = this.#parts;
    if (!store.pages.isInUse(record) || !keeper.isLive(store, record, clock.now())) return undefined;
    const segment = store.pages.word(record, Word.segment);
    const offset = store.pages.word(record, Word.offset);
    const found = puts.journal.peek(segment, offset);
    if (found === undefined)
      return this.#load(segment, offset).then(() => this.#match(store, record, prefix));
    const { keyStart, valueStart } = puts.viewOf(found);
    const end = Math.min(valueStart, keyStart + prefix.length);
    return prefix.compare(found.buffer, keyStart, end) === 0 ? puts.entryOf(found) : undefined;
  }

  #load(segment: number, offset: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#parts.puts.journal.load(segment, offset, (error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  }
}
