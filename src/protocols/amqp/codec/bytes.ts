/** Big-endian numbers at an offset, without the checks of `Buffer`'s methods: the caller has checked the bounds. */

export function uint16At(buffer: Buffer, at: number): number {
  return (buffer[at]! << 8) | buffer[at + 1]!;
}

export function uint32At(buffer: Buffer, at: number): number {
  return ((buffer[at]! << 24) | (buffer[at + 1]! << 16) | (buffer[at + 2]! << 8) | buffer[at + 3]!) >>> 0;
}

/** Beyond 2^53 the nearest number. */
export function uint64At(buffer: Buffer, at: number): number {
  return uint32At(buffer, at) * 0x1_0000_0000 + uint32At(buffer, at + 4);
}

export function putUint16(target: Buffer, at: number, value: number): number {
  target[at] = value >>> 8;
  target[at + 1] = value;
  return at + 2;
}

export function putUint32(target: Buffer, at: number, value: number): number {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
  return at + 4;
}

/** Writes a whole number below 2^53 as uint64. */
export function putUint64(target: Buffer, at: number, value: number): number {
  const high = Math.floor(value / 0x1_0000_0000);
  return putUint32(target, putUint32(target, at, high), value >>> 0);
}
