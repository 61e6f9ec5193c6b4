/**
 * Bodies that say who they are: number and length, then bytes that follow from the number. Invariant: a body is whole
 * exactly when `idOf` gives its number.
 */

const headBytes = 8;
const pattern = Buffer.alloc(512 * 1024);
for (let at = 0, mixed = 1; at < pattern.length; at++) {
  mixed = (Math.imul(mixed, 1_664_525) + 1_013_904_223) >>> 0;
  pattern[at] = mixed >>> 24;
}

/** Numbers spread over the pattern, so that two bodies hardly ever share their bytes. */
const strides = 65_521;

/** The body of message `id`; at least eight bytes. */
export function bodyOf(id: number, bytes: number): Buffer {
  const length = Math.max(bytes, headBytes);
  const body = Buffer.allocUnsafe(length);
  body.writeUInt32LE(id, 0);
  body.writeUInt32LE(length, 4);
  pattern.copy(body, headBytes, id % strides, (id % strides) + length - headBytes);
  return body;
}

/** The number of the message whose whole body stands at `[start, end)`; -1 for anything else. */
export function idOf(buffer: Buffer, start: number, end: number): number {
  if (end - start < headBytes) return -1;
  const id = buffer.readUInt32LE(start);
  if (buffer.readUInt32LE(start + 4) !== end - start) return -1;
  const from = id % strides;
  const same = buffer.compare(pattern, from, from + end - start - headBytes, start + headBytes, end) === 0;
  return same ? id : -1;
}
