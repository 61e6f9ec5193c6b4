/**
 * What was sent, confirmed and seen, and the verdict of Jepsen's total-queue over it: nothing confirmed is never
 * seen, nothing is seen that was never sent, and a message that is seen again says that it is redelivered. A body
 * carries its number and a checksum of its padding.
 */
import { crc32 } from 'node:zlib';
import { createHash } from 'node:crypto';

/** CRC-32 where Node has it (22.2 and later), else the start of a SHA-1: only equality matters. */
const checksum = crc32 ?? ((bytes) => createHash('sha1').update(bytes).digest().readUInt32BE(0));

const bit = { sent: 1, confirmed: 2, seen: 4 };
const headBytes = 8;

export class Checker {
  #states = new Uint8Array(1024);
  #count = 0;
  unexpected = 0;
  damaged = 0;
  duplicated = 0;
  unmarked = 0;

  /** A new message of `size` bytes. */
  make(size) {
    const number = this.#count++;
    if (number >= this.#states.length) {
      const larger = new Uint8Array(this.#states.length * 2);
      larger.set(this.#states);
      this.#states = larger;
    }
    this.#states[number] = bit.sent;
    const body = Buffer.alloc(headBytes + size, number & 0xff);
    body.writeUInt32BE(number, 0);
    body.writeUInt32BE(checksum(body.subarray(headBytes)), 4);
    return { number, body };
  }

  confirm(number) {
    this.#states[number] |= bit.confirmed;
  }

  see(bytes, redelivered) {
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const number = body.length < headBytes ? Infinity : body.readUInt32BE(0);
    if (number >= this.#count) return void this.unexpected++;
    if (body.readUInt32BE(4) !== checksum(body.subarray(headBytes))) return void this.damaged++;
    const state = this.#states[number];
    if ((state & bit.seen) !== 0) {
      this.duplicated++;
      if (!redelivered) this.unmarked++;
    }
    this.#states[number] = state | bit.seen;
  }

  /** Counts over the whole run; meaningful once the queue was drained. */
  verdict() {
    let confirmed = 0;
    let lost = 0;
    let recovered = 0;
    for (let number = 0; number < this.#count; number++) {
      const state = this.#states[number];
      if ((state & bit.confirmed) !== 0) {
        confirmed++;
        if ((state & bit.seen) === 0) lost++;
      } else if ((state & bit.seen) !== 0) recovered++;
    }
    const { unexpected, damaged, duplicated, unmarked } = this;
    const bad = lost + unexpected + damaged + unmarked > 0;
    return { sent: this.#count, confirmed, lost, unexpected, damaged, unmarked, duplicated, recovered, bad };
  }
}
