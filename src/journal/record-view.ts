/** The one object through which records are seen, filled anew for each. */
import { assert } from '../kernel/index.js';
import type { RecordView } from './contract.js';
import {
  hasMagic,
  lengthAt,
  recordHeaderBytes,
  sequenceAt,
  typeAt,
  type FrameBytes,
} from './record-frame.js';

export function newRecordView(): RecordView {
  return {
    ...{ type: 0, sequence: 0, segment: 0, offset: 0, buffer: Buffer.alloc(0), start: 0, end: 0 },
    isAfterGap: false,
  };
}

/** Points `view` at the record at `offset` of a segment; `bytes` hold the segment from `base` on. */
export function fillView(
  view: RecordView,
  bytes: FrameBytes,
  base: number,
  segment: number,
  offset: number,
): RecordView {
  const at = offset - base;
  assert(hasMagic(bytes.view, at), 'a location names the start of a record');
  view.type = typeAt(bytes.view, at);
  view.sequence = sequenceAt(bytes.view, at);
  view.segment = segment;
  view.offset = offset;
  view.buffer = bytes.buffer;
  view.start = at + recordHeaderBytes;
  view.end = view.start + lengthAt(bytes.view, at);
  return view;
}
