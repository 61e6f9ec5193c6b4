/** Sends a long list as events without holding up the event loop: it yields between pieces. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OperationCall } from '../control/index.js';

/** 200 rows of some 400 bytes take well under a millisecond to encode. */
const pieceRows = 200;

/** Emits every row, in order, some at a time. Where the caller is gone it stops, and tells how many it made. */
export async function emitInPieces<Source, Row>(
  call: OperationCall<readonly Row[], never>,
  source: Iterable<Source>,
  rowOf: (source: Source) => Row,
): Promise<{ readonly count: number }> {
  let [count, piece] = [0, [] as Row[]];
  for (const item of source) {
    piece.push(rowOf(item));
    count++;
    if (piece.length < pieceRows) continue;
    await call.emit(piece);
    await nextTurn();
    if (call.signal.aborted) return { count };
    piece = [];
  }
  if (piece.length > 0) await call.emit(piece);
  return { count };
}
