/**
 * The envelope of Zabbix's protocol, in which a request and its answer lie. Invariant: a length is checked against what
 * may come before anything is kept for it.
 *
 *   "ZBXD" | flags | length | reserved | body       numbers little-endian
 *   flags 0x01: always; 0x04: large, length and reserved have 8 bytes in the place of 4; 0x02: the body is compressed
 *
 * Source: Zabbix 6.0 manual, appendix "Header", and what Debian's zabbix_sender writes.
 */
import { SluiceError } from '../../../kernel/index.js';

const magic = Buffer.from('ZBXD', 'latin1');
const flag = { protocol: 0x01, compressed: 0x02, large: 0x04 } as const;
const smallHeaderBytes = 13;
const largeHeaderBytes = 21;
const lengthOffset = 5;
/** Above this a length does not fit into 4 bytes. */
const smallBytesMax = 0xffff_ffff;

/** Puts a body into its envelope. `isLarge` is for bodies of 4 GiB and more, which no other header can tell. */
export function encodePacket(body: Uint8Array, isLarge = body.length > smallBytesMax): Buffer {
  const header = Buffer.alloc(isLarge ? largeHeaderBytes : smallHeaderBytes);
  magic.copy(header);
  header[magic.length] = isLarge ? flag.protocol | flag.large : flag.protocol;
  if (isLarge) header.writeBigUInt64LE(BigInt(body.length), lengthOffset);
  else header.writeUInt32LE(body.length, lengthOffset);
  return Buffer.concat([header, body]);
}

/** Takes a packet out of what a connection brings, piece by piece. */
export class PacketReader {
  readonly #bodyBytesMax: number;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #end: { readonly headerBytes: number; readonly totalBytes: number } | undefined;

  constructor(bodyBytesMax: number) {
    this.#bodyBytesMax = bodyBytesMax;
  }

  /** The body, once it is whole; what comes after it is not looked at. Throws `protocol` for what is no packet. */
  push(piece: Buffer): Buffer | undefined {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    if (this.#end === undefined) this.#readHeader();
    if (this.#end === undefined || this.#bytes < this.#end.totalBytes) return undefined;
    const { headerBytes, totalBytes } = this.#end;
    return Buffer.concat(this.#pieces).subarray(headerBytes, totalBytes);
  }

  #readHeader(): void {
    const known = Buffer.concat(this.#pieces);
    this.#pieces = [known];
    const seen = Math.min(known.length, magic.length);
    if (known.compare(magic, 0, seen, 0, seen) !== 0) throw refusal('it does not begin with ZBXD');
    if (known.length <= magic.length) return;
    const flags = known[magic.length]!;
    const isLarge = (flags & flag.large) !== 0;
    if ((flags & ~flag.large) !== flag.protocol) throw refusal(`flags ${flags} are not spoken here`);
    const headerBytes = isLarge ? largeHeaderBytes : smallHeaderBytes;
    if (known.length < headerBytes) return;
    const bodyBytes = isLarge
      ? Number(known.readBigUInt64LE(lengthOffset))
      : known.readUInt32LE(lengthOffset);
    if (bodyBytes > this.#bodyBytesMax) throw refusal(`${bodyBytes} bytes are too many`);
    this.#end = { headerBytes, totalBytes: headerBytes + bodyBytes };
  }
}

function refusal(why: string): SluiceError {
  return new SluiceError('protocol', `what came is no packet of Zabbix: ${why}`);
}
