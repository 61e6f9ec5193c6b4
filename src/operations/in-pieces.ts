/** Sends a long list as events without holding up the event loop: it yields between pieces. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OperationCall } from '../control/index.js';

/** 200 rows of some 400 bytes take well under a millisecond to encode. */
const pieceRows = 200;

/** Emits every row, in order, some at a time. */
export async function emitInPieces<Source, Row>(
  call: OperationCall<readonly Row[], never>,
  source: readonly Source[],
  rowOf: (source: Source) => Row,
): Promise<{ readonly count: number }> {
  for (let start = 0; start < source.length; start += pieceRows) {
    await call.emit(source.slice(start, start + pieceRows).map(rowOf));
    await nextTurn();
    if (call.signal.aborted) break;
  }
  return { count: source.length };
}
