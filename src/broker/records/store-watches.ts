/** The watchers of one virtual host, found by the first bytes of a key: a look-up for each length there is. */
import type { RecordListener } from './face.js';

/** Prefixes of one length in bytes. */
interface SameLength {
  /** By the bytes as Latin-1. */
  readonly byText: Map<string, Set<RecordListener>>;
  /** How many begin and end with certain bytes, by `markOf`: most keys are told from all of them without a text. */
  readonly marks: Uint32Array;
}

export class StoreWatches {
  readonly #byLength = new Map<number, SameLength>();
  count = 0;

  add(prefix: string, listener: RecordListener): void {
    const bytes = Buffer.from(prefix);
    const text = bytes.toString('latin1');
    let same = this.#byLength.get(bytes.length);
    if (same === undefined) {
      same = { byText: new Map(), marks: new Uint32Array(256) };
      this.#byLength.set(bytes.length, same);
    }
    let listeners = same.byText.get(text);
    if (listeners === undefined) {
      same.byText.set(text, (listeners = new Set()));
      same.marks[markOf(bytes, 0, bytes.length)]!++;
    }
    listeners.add(listener);
    this.count++;
  }

  remove(prefix: string, listener: RecordListener): void {
    const bytes = Buffer.from(prefix);
    const text = bytes.toString('latin1');
    const same = this.#byLength.get(bytes.length);
    const listeners = same?.byText.get(text);
    if (same === undefined || listeners?.delete(listener) !== true) return;
    this.count--;
    if (listeners.size > 0) return;
    same.byText.delete(text);
    same.marks[markOf(bytes, 0, bytes.length)]!--;
    if (same.byText.size === 0) this.#byLength.delete(bytes.length);
  }

  /** Whether anybody watches a key. */
  matches(buffer: Buffer, start: number, end: number): boolean {
    for (const [length, same] of this.#byLength)
      if (listenersAt(same, buffer, start, start + length, end) !== undefined) return true;
    return false;
  }

  listenersOf(buffer: Buffer, start: number, end: number): RecordListener[] {
    const found: RecordListener[] = [];
    for (const [length, same] of this.#byLength) {
      const listeners = listenersAt(same, buffer, start, start + length, end);
      if (listeners !== undefined) found.push(...listeners);
    }
    return found;
  }
}

/** Those whose prefix is the bytes from `start` to `prefixEnd` of a key that ends at `end`. */
function listenersAt(
  { byText, marks }: SameLength,
  buffer: Buffer,
  start: number,
  prefixEnd: number,
  end: number,
): Set<RecordListener> | undefined {
  if (prefixEnd > end || marks[markOf(buffer, start, prefixEnd)] === 0) return undefined;
  return byText.get(buffer.toString('latin1', start, prefixEnd));
}

function markOf(bytes: Buffer, start: number, end: number): number {
  return start === end ? 0 : (31 * bytes[start]! + bytes[end - 1]!) & 255;
}
