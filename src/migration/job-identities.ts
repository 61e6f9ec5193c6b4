/**
 * Which jobs of a queue were brought: a set of 128-bit identities in one typed array, 22 bytes or so a job, so that
 * ten million take some 300 MB and a hash that two jobs share is out of the question.
 */
import { createHash } from 'node:crypto';

export const identityBytes = 16;
const wordsEach = identityBytes / 4;
const slotsFirst = 1_024;
const loadMax = 0.75;

/** What tells a job from every other: its names there, and the moment of its enqueue. */
export function identityOf(...parts: readonly (string | number)[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, identityBytes);
}

export class JobIdentities {
  #words = new Uint32Array(slotsFirst * wordsEach);
  #slots = slotsFirst;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  has(identity: Buffer, at = 0): boolean {
    const slot = this.#slotOf(identity, at);
    return !this.#isFree(slot);
  }

  add(identity: Buffer, at = 0): void {
    const slot = this.#slotOf(identity, at);
    if (!this.#isFree(slot)) return;
    for (let word = 0; word < wordsEach; word++)
      this.#words[slot * wordsEach + word] = wordOf(identity, at, word);
    if (++this.#count > this.#slots * loadMax) this.#grow();
  }

  /** Adds all of a row of identities. */
  addAll(identities: Buffer): void {
    for (let at = 0; at + identityBytes <= identities.length; at += identityBytes) this.add(identities, at);
  }

  /** The slot that holds an identity, or the free one where it belongs. */
  #slotOf(identity: Buffer, at: number): number {
    let slot = wordOf(identity, at, 0) & (this.#slots - 1);
    while (!this.#isFree(slot) && !this.#holds(slot, identity, at)) slot = (slot + 1) & (this.#slots - 1);
    return slot;
  }

  #holds(slot: number, identity: Buffer, at: number): boolean {
    for (let word = 0; word < wordsEach; word++)
      if (this.#words[slot * wordsEach + word] !== wordOf(identity, at, word)) return false;
    return true;
  }

  /** The second word of an identity is never zero, see `wordOf`. */
  #isFree(slot: number): boolean {
    return this.#words[slot * wordsEach + 1] === 0;
  }

  #grow(): void {
    const before = Buffer.from(this.#words.buffer);
    this.#slots *= 2;
    this.#words = new Uint32Array(this.#slots * wordsEach);
    this.#count = 0;
    const isLittle = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
    if (!isLittle) before.swap32();
    for (let at = 0; at < before.length; at += identityBytes)
      if (before.readUInt32LE(at + 4) !== 0) this.add(before, at);
  }
}

function wordOf(identity: Buffer, at: number, word: number): number {
  const value = identity.readUInt32LE(at + 4 * word);
  return word === 1 && value === 0 ? 1 : value;
}
