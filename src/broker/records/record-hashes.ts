/** Hashes of record keys in a row, three words each. One object is reused. */
export class RecordHashes {
  #words = new Uint32Array(3 * 16);
  count = 0;

  clear(): void {
    this.count = 0;
  }

  add(low: number, high: number, check: number): void {
    const at = this.count * 3;
    if (at === this.#words.length) {
      const wider = new Uint32Array(at * 2);
      wider.set(this.#words);
      this.#words = wider;
    }
    this.#words[at] = low;
    this.#words[at + 1] = high;
    this.#words[at + 2] = check;
    this.count++;
  }

  low(index: number): number {
    return this.#words[index * 3]!;
  }

  high(index: number): number {
    return this.#words[index * 3 + 1]!;
  }

  check(index: number): number {
    return this.#words[index * 3 + 2]!;
  }
}
