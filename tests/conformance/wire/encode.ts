/** Builds what the client sends: whole frames, and their parts for cases that need them broken. */
import { basicClass, methodNamed, propertyFields, type Field } from './specification.js';
import { encodeTable, type Table, type Value } from './values.js';

export const frameMethod = 1;
export const frameHeader = 2;
export const frameBody = 3;
export const frameHeartbeat = 8;
export const frameEnd = 0xce;

function unsigned(value: number, count: number): Buffer {
  const out = Buffer.alloc(count);
  if (count === 8) out.writeBigUInt64BE(BigInt(value));
  else out.writeUIntBE(value, 0, count);
  return out;
}

function short(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([unsigned(bytes.length, 1), bytes]);
}

function long(value: Value): Buffer {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from((value ?? '') as string);
  return Buffer.concat([unsigned(bytes.length, 4), bytes]);
}

function encodeField(type: Exclude<Field['type'], 'bit'>, value: Value): Buffer {
  switch (type) {
    case 'u8':
      return unsigned((value ?? 0) as number, 1);
    case 'u16':
      return unsigned((value ?? 0) as number, 2);
    case 'u32':
      return unsigned((value ?? 0) as number, 4);
    case 'u64':
      return unsigned((value ?? 0) as number, 8);
    case 'timestamp':
      return unsigned(Math.floor((value as Date).getTime() / 1000), 8);
    case 'short':
      return short((value ?? '') as string);
    case 'long':
      return long(value);
    case 'table':
      return encodeTable((value ?? {}) as Table);
  }
}

/** Fields left out are zero, empty or false. */
export function encodeArguments(fields: readonly Field[], values: Table): Buffer {
  const parts: Buffer[] = [];
  let bit = 8;
  for (const { name, type } of fields) {
    if (type !== 'bit') {
      parts.push(encodeField(type, values[name]));
      bit = 8;
      continue;
    }
    if (bit === 8) {
      parts.push(Buffer.from([0]));
      bit = 0;
    }
    const octet = parts.at(-1)!;
    if (values[name] === true) octet[0] = octet[0]! | (1 << bit);
    bit++;
  }
  return Buffer.concat(parts);
}

/** A frame: type, channel, size, payload, end octet. */
export function frame(type: number, channel: number, payload: Buffer, end = frameEnd): Buffer {
  return Buffer.concat([
    unsigned(type, 1),
    unsigned(channel, 2),
    unsigned(payload.length, 4),
    payload,
    Buffer.from([end]),
  ]);
}

/** A method frame. */
export function methodFrame(channel: number, name: string, values: Table = {}): Buffer {
  const { classId, methodId, fields } = methodNamed(name);
  const numbers = Buffer.concat([unsigned(classId, 2), unsigned(methodId, 2)]);
  return frame(frameMethod, channel, Buffer.concat([numbers, encodeArguments(fields, values)]));
}

/** A content header frame: class, weight 0, size, flags, the properties present. */
export function headerFrame(
  channel: number,
  size: number,
  properties: Table = {},
  classId = basicClass,
): Buffer {
  const present = propertyFields.filter(({ name }) => properties[name] !== undefined);
  const flags = present.reduce((sum, field) => sum | (1 << (15 - propertyFields.indexOf(field))), 0);
  return frame(
    frameHeader,
    channel,
    Buffer.concat([
      unsigned(classId, 2),
      unsigned(0, 2),
      unsigned(size, 8),
      unsigned(flags, 2),
      encodeArguments(present, properties),
    ]),
  );
}

/** Header and body frames; bodies are cut to `frameMax`. */
export function contentFrames(channel: number, body: Buffer, properties: Table, frameMax: number): Buffer {
  const parts = [headerFrame(channel, body.length, properties)];
  for (let at = 0; at < body.length; at += frameMax - 8) {
    parts.push(frame(frameBody, channel, body.subarray(at, at + frameMax - 8)));
  }
  return Buffer.concat(parts);
}
