/**
 * Hashes of message identifiers, for queues that can find a message by it. Keyed by the data directory's secret, so that
 * no client can choose identifiers that stand in one chain.
 */
import { KeyHasher, type HashSecret } from '../scheduling/index.js';
import { PropertyScan, scanProperties } from './content/index.js';

export class MessageIds {
  readonly #state: { readonly secret: HashSecret | undefined };
  readonly #scan = new PropertyScan();
  #secret: HashSecret | undefined = undefined;
  #hasher: KeyHasher | undefined = undefined;

  constructor(state: { readonly secret: HashSecret | undefined }) {
    this.#state = state;
  }

  /** The hash of an identifier in bytes: unsigned, 32 bits, never 0. */
  hash(bytes: Uint8Array, start = 0, end = bytes.length): number {
    const { secret } = this.#state;
    if (this.#hasher === undefined || this.#secret !== secret) {
      this.#secret = secret;
      this.#hasher = new KeyHasher(secret ?? { low: 0, high: 0 });
    }
    this.#hasher.hash(bytes, start, end);
    return this.#hasher.low === 0 ? 1 : this.#hasher.low;
  }

  /** The hash of the `message-id` that scanned properties carry; 0: they carry none. */
  ofScan(buffer: Buffer, { messageIdStart, messageIdEnd }: PropertyScan): number {
    return messageIdStart < 0 ? 0 : this.hash(buffer, messageIdStart, messageIdEnd);
  }

  /** As `ofScan`, for encoded properties. */
  ofProperties(buffer: Buffer, start: number, end: number): number {
    scanProperties(buffer, start, end, this.#scan);
    return this.ofScan(buffer, this.#scan);
  }
}

/** Whether encoded properties carry this identifier. */
export function hasMessageId(buffer: Buffer, start: number, end: number, identifier: Buffer): boolean {
  const scan = new PropertyScan();
  scanProperties(buffer, start, end, scan);
  if (scan.messageIdStart < 0) return false;
  return identifier.equals(buffer.subarray(scan.messageIdStart, scan.messageIdEnd));
}
