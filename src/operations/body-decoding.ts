/**
 * Bodies as their content encoding says, undone as far as a bound. Invariant: a small body that becomes an immense one
 * costs no more than the bound, and no piece of the work holds up the event loop.
 */
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  gunzipSync,
  inflateRawSync,
  inflateSync,
} from 'node:zlib';

/** Up to so many bytes are undone at once, if no more than that become of them: 0.2 ms. */
const atOnceBytes = 4_096;
const atOnceDecodedBytes = 65_536;

export type Decoded =
  | { readonly kind: 'whole' | 'beginning'; readonly bytes: Buffer }
  /** The encoding is not known, or the bytes are not in it. */
  | { readonly kind: 'undecodable' };

type Coding = 'gzip' | 'deflate' | 'raw' | 'br';

const sync = { gzip: gunzipSync, deflate: inflateSync, raw: inflateRawSync, br: brotliDecompressSync };
const streams = {
  gzip: createGunzip,
  deflate: createInflate,
  raw: createInflateRaw,
  br: createBrotliDecompress,
};

/** Up to `bytesMax` bytes of what `body` stands for. */
export function decodedBody(
  body: Buffer,
  contentEncoding: string | undefined,
  bytesMax: number,
): Decoded | Promise<Decoded> {
  const named = (contentEncoding ?? '').trim().toLowerCase();
  if (named === '' || named === 'identity') return cut(body, bytesMax);
  const coding = codingOf(named, body);
  if (coding === undefined) return { kind: 'undecodable' };
  if (body.length > atOnceBytes || bytesMax < atOnceDecodedBytes) return streamed(body, coding, bytesMax);
  try {
    return { kind: 'whole', bytes: sync[coding](body, { maxOutputLength: atOnceDecodedBytes }) };
  } catch (error) {
    const isLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return isLarge ? streamed(body, coding, bytesMax) : { kind: 'undecodable' };
  }
}

function cut(body: Buffer, bytesMax: number): Decoded {
  return body.length <= bytesMax
    ? { kind: 'whole', bytes: body }
    : { kind: 'beginning', bytes: body.subarray(0, bytesMax) };
}

/** `deflate` means zlib's format, and some send it bare. */
function codingOf(named: string, body: Buffer): Coding | undefined {
  if (named === 'gzip' || named === 'x-gzip') return 'gzip';
  if (named === 'br') return 'br';
  if (named !== 'deflate') return undefined;
  return ((body[0] ?? 0) & 0x0f) === 8 ? 'deflate' : 'raw';
}

function streamed(body: Buffer, coding: Coding, bytesMax: number): Promise<Decoded> {
  const stream = streams[coding]();
  const parts: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve) => {
    stream.on('data', (part: Buffer) => {
      parts.push(part);
      bytes += part.length;
      if (bytes <= bytesMax) return;
      stream.destroy();
      resolve({ kind: 'beginning', bytes: Buffer.concat(parts).subarray(0, bytesMax) });
    });
    stream.on('end', () => {
      resolve({ kind: 'whole', bytes: Buffer.concat(parts) });
    });
    stream.on('error', () => {
      resolve({ kind: 'undecodable' });
    });
    stream.end(body);
  });
}
