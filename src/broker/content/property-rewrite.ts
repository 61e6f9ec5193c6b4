/**
 * Changes a property in encoded form, as dead-lettering and `BCC` need it, copying the others byte for byte.
 */
import { encodeFieldTable } from './field-table-encode.js';
import type { FieldTable } from './field-value.js';
import { propertyFlags, propertyList, type PropertyName } from './property-flags.js';
import { endOfProperty } from './properties.js';

/** The encoded `properties` with `headers` in place of their headers; undefined removes the table. */
export function withHeaders(properties: Buffer, headers: FieldTable | undefined): Buffer {
  return withProperty(properties, 'headers', headers && encodeFieldTable(headers));
}

/** The encoded `properties` without an expiration. */
export function withoutExpiration(properties: Buffer): Buffer {
  return withProperty(properties, 'expiration', undefined);
}

/**
 * The encoded `properties` with the encoded `value` (length prefix included) for `name`; undefined removes it.
 * Returns `properties` itself where there is nothing to remove.
 *
 * @throws SluiceError `protocol` where `properties` are malformed before or at `name`.
 */
export function withProperty(properties: Buffer, name: PropertyName, value: Buffer | undefined): Buffer {
  const flag = propertyFlags[name];
  const flags = properties.readUInt16BE(0);
  if (value === undefined && (flags & flag) === 0) return properties;
  const [start, end] = spanOf(properties, flags, name);
  const result = Buffer.concat([
    properties.subarray(0, start),
    value ?? emptyBytes,
    properties.subarray(end),
  ]);
  result.writeUInt16BE(value === undefined ? flags & ~flag : flags | flag, 0);
  return result;
}

const emptyBytes = Buffer.alloc(0);

/** Where the value of `name` stands, or would stand. */
function spanOf(
  properties: Buffer,
  flags: number,
  name: PropertyName,
): readonly [start: number, end: number] {
  let at = 2;
  for (const property of propertyList) {
    const end =
      (flags & property.flag) === 0 ? at : endOfProperty(properties, at, properties.length, property.kind);
    if (property.name === name) return [at, end];
    at = end;
  }
  return [at, at];
}
