/** Reads a span of a message's body, from memory or piece by piece from disk. Invariant: what it gives is a copy. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BodyReader, LargeBody, MessageView } from '../broker/index.js';

/** Read before others have their turn: half a millisecond. */
const turnBytes = 1_048_576;

/** Up to `bytes` from `from` on. `view` need not outlive the call itself. */
export async function readBody(view: MessageView, from: number, bytes: number): Promise<Buffer> {
  if (view.large !== undefined) return readLarge(view.large, from, from + bytes);
  const start = Math.min(view.bodyStart + from, view.bodyEnd);
  return Buffer.from(view.bodyBuffer.subarray(start, Math.min(start + bytes, view.bodyEnd)));
}

/** Bytes `from` up to `to` of a body that is stored in pieces. Call it while the view that shows it is good. */
export async function readLarge(large: LargeBody, from: number, to: number): Promise<Buffer> {
  const reader = large.open();
  const parts: Buffer[] = [];
  let [at, nextTurnAt] = [0, turnBytes];
  try {
    for (const { length } of large.pieces) {
      if (at >= to) break;
      if (at >= nextTurnAt) {
        await nextTurn();
        nextTurnAt = at + turnBytes;
      }
      const piece = await takePiece(reader);
      if (at + length > from) parts.push(piece(Math.max(0, from - at), Math.min(length, to - at)));
      at += length;
    }
  } finally {
    reader.close();
  }
  return Buffer.concat(parts);
}

/** Gives what copies a span of the next piece; call it at once. */
async function takePiece(reader: BodyReader): Promise<(from: number, to: number) => Buffer> {
  for (;;) {
    const piece = reader.take();
    if (piece !== undefined) {
      const { buffer, start, end } = piece;
      const copy = Buffer.from(buffer.subarray(start, end));
      return (from, to) => copy.subarray(from, to);
    }
    await new Promise<void>((resolve, reject) => {
      reader.load((error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  }
}
