/**
 * A body, decoded and shown as text, JSON or hexadecimal. Invariant: whatever is in it, it becomes text whose every
 * character can be seen, and neither a small body that becomes an immense one nor a deep one costs more than its bound.
 */
export type BodyForm = 'text' | 'json' | 'hex';
export const bodyForms = ['text', 'json', 'hex'] as const satisfies readonly BodyForm[];

/** Bytes that a body may become. */
export const decodedBytesMax = 4 * 1_048_576;

/** Why a body is shown as it came: `unknown` encoding, or not what it says; `cut`: the beginning of what it becomes. */
export type DecodingTrouble = 'unknown' | 'broken' | 'cut';

export interface DecodedBody {
  readonly bytes: Uint8Array;
  /** The encoding that was undone. */
  readonly from?: string;
  readonly trouble?: DecodingTrouble;
}

export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

const formats: Readonly<Record<string, CompressionFormat>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
};

/** Undoes what the browser can undo; the rest stays as it came, and says why. */
export async function decodedBody(bytes: Uint8Array, contentEncoding: unknown): Promise<DecodedBody> {
  if (typeof contentEncoding !== 'string') return { bytes };
  const encoding = contentEncoding.trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return { bytes };
  const format = Object.hasOwn(formats, encoding) ? formats[encoding]! : undefined;
  if (format === undefined) return { bytes, trouble: 'unknown' };
  // `deflate` means zlib's format, and some send it bare.
  const isBare = format === 'deflate' && ((bytes[0] ?? 0) & 0x0f) !== 8;
  try {
    return { ...(await unpacked(bytes, isBare ? 'deflate-raw' : format)), from: encoding };
  } catch {
    return { bytes, trouble: 'broken' };
  }
}

async function unpacked(bytes: Uint8Array, format: CompressionFormat): Promise<DecodedBody> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream(format));
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { bytes: joined(parts, length) };
    parts.push(value);
    length += value.length;
    if (length <= decodedBytesMax) continue;
    await reader.cancel();
    return { bytes: joined(parts, length).subarray(0, decodedBytesMax), trouble: 'cut' };
  }
}

export function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The form that shows most: JSON if it is JSON, text if it is text. */
export function formOf(bytes: Uint8Array): BodyForm {
  const text = exactText(bytes);
  if (text === undefined) return 'hex';
  return isJson(text) ? 'json' : 'text';
}

function exactText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function isJson(text: string): boolean {
  if (!/^\s*[[{"]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export interface ShownBody {
  readonly text: string;
  /** There is more than `charactersMax` show. */
  readonly isCut: boolean;
}

/** The beginning of a body in a form. JSON that is none is shown as text. */
export function shownBody(bytes: Uint8Array, form: BodyForm, charactersMax: number): ShownBody {
  if (form === 'hex') return hexOf(bytes, charactersMax);
  const text = new TextDecoder().decode(bytes);
  if (form === 'json' && isJson(text)) return prettyJson(text, charactersMax);
  return { text: visible(text.slice(0, charactersMax)), isCut: text.length > charactersMax };
}

/** Deeper levels are not indented further: ten thousand of them would make 200 MB of spaces. */
const indentMax = 24;

/**
 * Valid JSON, one member a line. Made from the text, not from what it parses to: long numbers keep their digits, and
 * members given twice are shown twice.
 */
export function prettyJson(text: string, charactersMax: number): ShownBody {
  const out: string[] = [];
  let [length, depth] = [0, 0];
  const line = (): string => `\n${'  '.repeat(Math.min(depth, indentMax))}`;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s"[\]{},:]+/gs)) {
    const isEmpty = (token === ']' || token === '}') && /^[[{]$/.test(out.at(-1)?.trim() ?? '');
    if (token === ']' || token === '}') {
      depth--;
      out.push(isEmpty ? token : line() + token);
    } else {
      const opened = out.at(-1);
      const isFirst = opened !== undefined && /[[{]$/.test(opened) && isBracket(opened);
      const isNext = opened === ',';
      out.push(token === ':' ? ': ' : isFirst || isNext ? line() + token : token);
      if (token === '[' || token === '{') depth++;
    }
    length += out.at(-1)!.length;
    if (length > charactersMax) return { text: visible(out.join('').slice(0, charactersMax)), isCut: true };
  }
  return { text: visible(out.join('')), isCut: false };
}

/** A token is a bracket alone, but for the line that it begins; a text that ends in one ends in a quote. */
function isBracket(token: string): boolean {
  return token.trim().length === 1;
}

/** Controls, and what turns the direction of text or hides in it: a reader is to see that it is there. */
const hidden =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

const controls = (
  'NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI ' +
  'DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'
).split(' ');

/** Text in which nothing is hidden: `⟨ESC⟩` and `⟨U+202E⟩` stand for characters that have no look of their own. */
export function visible(text: string): string {
  return text.replace(hidden, (character) => {
    const code = character.charCodeAt(0);
    return `⟨${controls[code] ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`}⟩`;
  });
}

const hexColumns = 16;
const hexLineCharacters = 76;

function hexOf(bytes: Uint8Array, charactersMax: number): ShownBody {
  const lines: string[] = [];
  const bytesMax = Math.ceil(charactersMax / hexLineCharacters) * hexColumns;
  const shown = bytes.subarray(0, bytesMax);
  for (let at = 0; at < shown.length; at += hexColumns) {
    const row = [...shown.subarray(at, at + hexColumns)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(6, '0')}  ${hex.padEnd(hexColumns * 3 - 1)}  ${text}`);
  }
  return { text: lines.join('\n'), isCut: bytes.length > bytesMax };
}
