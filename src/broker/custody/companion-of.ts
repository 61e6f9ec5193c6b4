/** Which description of a party a live record needs, so that compaction keeps it. */
import type { RecordView } from '../../journal/index.js';
import { publisherOffset } from '../publish-record.js';
import { RecordType } from '../record-types.js';
import { newPutView, readPut } from '../records/record-codec.js';
import { custodyOf } from './custody-reader.js';

const put = newPutView();

/** The offset of the description in the record's segment; 0: none. */
export function companionOf(record: RecordView): number {
  const { type, buffer, start, end } = record;
  if (type !== RecordType.publish && type !== RecordType.recordPut) return 0;
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  if (type === RecordType.publish) return publisherOffset(view, start, end);
  readPut(view, start, put);
  return put.queue === 0 ? 0 : (custodyOf(view, put.valueEnd, end, 0)?.party ?? 0);
}
