/**
 * Text on the wire: UTF-8 by convention, any bytes in fact. Invariant: decoding and encoding again gives the
 * same bytes. Bytes that are not UTF-8 become the lone surrogates U+DC80 to U+DCFF, one for each byte above 0x7f
 * (the same device as Python's `surrogateescape`, PEP 383), which no valid UTF-8 can produce.
 */
import { isUtf8 } from 'node:buffer';

const escapeBase = 0xdc00;

/** Decodes the bytes from `start` to `end`; never fails. */
export function decodeText(buffer: Buffer, start: number, end: number): string {
  const text = buffer.toString('utf8', start, end);
  // U+FFFD stands for a decoding failure, or for itself: only then are the bytes worth a second look.
  if (!text.includes('\ufffd') || isUtf8(buffer.subarray(start, end))) return text;
  return buffer
    .toString('latin1', start, end)
    .replace(/[\x80-\xff]/g, (byte) => String.fromCharCode(escapeBase + byte.charCodeAt(0)));
}

/** The bytes that `encodeText` writes for `text`. */
export function textBytes(text: string): number {
  if (text.isWellFormed()) return Buffer.byteLength(text);
  let bytes = 0;
  for (const character of text) bytes += isEscape(character) ? 1 : Buffer.byteLength(character);
  return bytes;
}

/** Writes `text` at `at` and returns the offset after it. The caller has ensured room for `textBytes(text)`. */
export function encodeText(target: Buffer, at: number, text: string): number {
  if (text.isWellFormed()) return at + target.write(text, at);
  let position = at;
  for (const character of text) {
    if (isEscape(character)) target[position++] = character.charCodeAt(0) - escapeBase;
    else position += target.write(character, position);
  }
  return position;
}

/** Whether `character` (one code point) stands for a byte that was not UTF-8. */
function isEscape(character: string): boolean {
  const code = character.charCodeAt(0);
  return code >= escapeBase + 0x80 && code <= escapeBase + 0xff;
}
