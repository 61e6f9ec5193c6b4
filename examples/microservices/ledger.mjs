/**
 * The database of one service: a file of JSON lines. Invariant: what `once` returned is on disk, and one key is written
 * once, however often its task is delivered.
 */
import { closeSync, fdatasyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';

export class Ledger {
  #file;
  #entries = new Map();

  constructor(path) {
    this.#file = openSync(path, 'a+', 0o600);
    const text = readFileSync(path, 'utf8');
    // A line that a crash has cut short was not written.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) ftruncateSync(this.#file, Buffer.byteLength(whole));
    for (const line of whole.split('\n').filter(Boolean)) this.#add(JSON.parse(line));
  }

  /** Writes the entry that `make` gives, unless there is one of that key; gives the one that is there. */
  once(key, make) {
    let entry = this.#entries.get(key);
    if (entry !== undefined) return { entry, isNew: false };
    entry = { key, ...make() };
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
    fdatasyncSync(this.#file);
    this.#add(entry);
    return { entry, isNew: true };
  }

  /** In the order in which they were written. */
  entries() {
    return [...this.#entries.values()];
  }

  close() {
    closeSync(this.#file);
  }

  #add(entry) {
    this.#entries.set(entry.key, entry);
  }
}
