/** The watchers of one virtual host, found by the first bytes of a key: a look-up for each length there is. */
import type { RecordListener } from './face.js';

export class StoreWatches {
  /** By length in bytes, then by the bytes as Latin-1. */
  readonly #byLength = new Map<number, Map<string, Set<RecordListener>>>();
  count = 0;

  add(prefix: string, listener: RecordListener): void {
    const bytes = Buffer.from(prefix);
    const text = bytes.toString('latin1');
    let byText = this.#byLength.get(bytes.length);
    if (byText === undefined)
      this.#byLength.set(bytes.length, (byText = new Map<string, Set<RecordListener>>()));
    let listeners = byText.get(text);
    if (listeners === undefined) byText.set(text, (listeners = new Set()));
    listeners.add(listener);
    this.count++;
  }

  remove(prefix: string, listener: RecordListener): void {
    const bytes = Buffer.from(prefix);
    const text = bytes.toString('latin1');
    const byText = this.#byLength.get(bytes.length);
    const listeners = byText?.get(text);
    if (byText === undefined || listeners?.delete(listener) !== true) return;
    this.count--;
    if (listeners.size === 0) byText.delete(text);
    if (byText.size === 0) this.#byLength.delete(bytes.length);
  }

  /** Whether anybody watches a key. */
  matches(buffer: Buffer, start: number, end: number): boolean {
    for (const [length, byText] of this.#byLength)
      if (start + length <= end && byText.has(buffer.toString('latin1', start, start + length))) return true;
    return false;
  }

  listenersOf(buffer: Buffer, start: number, end: number): RecordListener[] {
    const found: RecordListener[] = [];
    for (const [length, byText] of this.#byLength) {
      const listeners =
        start + length > end ? undefined : byText.get(buffer.toString('latin1', start, start + length));
      if (listeners !== undefined) found.push(...listeners);
    }
    return found;
  }
}
