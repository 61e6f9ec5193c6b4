/** Finds puts in the journal again and tells their parts. What it returns is the same object each time. */
import type { Journal, RecordView } from '../../journal/index.js';
import { assert } from '../../kernel/index.js';
import { RecordType } from '../record-types.js';
import type { RecordEntry } from './face.js';
import { newPutView, readPut, type PutView } from './record-codec.js';

export class StoredPuts {
  readonly journal: Journal;
  readonly #put = newPutView();
  #buffer: Buffer | undefined = undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(journal: Journal) {
    this.journal = journal;
  }

  /** The journal's record at a place, if it can be had at once. */
  find(segment: number, offset: number): RecordView | undefined {
    return this.journal.peek(segment, offset) ?? this.journal.readNow(segment, offset);
  }

  /** Where the parts of a put are. */
  viewOf(record: RecordView): Readonly<PutView> {
    assert(record.type === RecordType.recordPut, 'a record stands where its put was written');
    const { buffer } = record;
    if (this.#buffer !== buffer) {
      this.#buffer = buffer;
      this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    }
    readPut(this.#view, record.start, this.#put);
    return this.#put;
  }

  /** A copy of what was put. */
  entryOf(record: RecordView): RecordEntry {
    const { keyStart, valueStart, valueEnd, expiryMs } = this.viewOf(record);
    return {
      key: record.buffer.toString('utf8', keyStart, valueStart),
      value: Buffer.from(record.buffer.subarray(valueStart, valueEnd)),
      version: record.sequence,
      expiresMs: expiryMs === 0 ? undefined : expiryMs,
    };
  }
}
