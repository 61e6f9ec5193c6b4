/**
 * Watches the order in which one life of the broker hands messages out: first in, first out for ordered queues (for each
 * tenant of a shared one), and one message of a key at a time, in the order of publishing, for keyed ones.
 */
import type { Copy, Ledger } from './ledger.js';
import { planOf } from './queue-plan.js';

export class QueueWatch {
  readonly #ledger: Ledger;
  /** The last ordinal handed out, by queue, publisher and tenant. */
  readonly #ordinals = new Map<string, number>();
  /** Messages of a key that are still in the queue, oldest first, by queue and key. */
  readonly #lines = new Map<string, Set<Copy>>();
  /** The message of a key that a client holds, by queue and key. */
  readonly #busy = new Map<string, Copy>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** A message enters a queue. */
  published(copy: Copy): void {
    if (copy.key === undefined || copy.dueMs > 0) return;
    const line = this.#lines.get(lineOf(copy));
    if (line === undefined) this.#lines.set(lineOf(copy), new Set([copy]));
    else line.add(copy);
  }

  /** A message leaves it for good. */
  settled(copy: Copy): void {
    if (copy.key === undefined) return;
    this.#lines.get(lineOf(copy))?.delete(copy);
    this.returned(copy);
  }

  dispatched(copy: Copy, redelivered: boolean): void {
    this.#checkOrder(copy, redelivered);
    this.#checkKey(copy);
  }

  #checkOrder(copy: Copy, redelivered: boolean): void {
    if (redelivered || planOf(copy.queue)?.isOrdered !== true) return;
    const name = `${copy.queue} ${copy.publisher} ${copy.tenant ?? ''}`;
    if ((this.#ordinals.get(name) ?? 0) >= copy.ordinal) this.#ledger.report('delivered out of order', copy);
    this.#ordinals.set(name, copy.ordinal);
  }

  #checkKey(copy: Copy): void {
    if (copy.key === undefined) return;
    const busy = this.#busy.get(lineOf(copy));
    if (busy !== undefined) this.#ledger.report(`delivered while message ${busy.id} of its key is out`, copy);
    this.#busy.set(lineOf(copy), copy);
    const line = this.#lines.get(lineOf(copy));
    // Messages of an earlier life are not in the line.
    if (line?.has(copy) !== true) return;
    for (const first of line) {
      if (first === copy) break;
      // Limits, expiries and lost confirms take messages out unseen; what is still there must come first.
      if (!first.mayVanish && !first.mayExpire && isLasting(first))
        this.#ledger.report(
          `delivered before message ${first.id} of its key (${first.history.join(' ')})`,
          copy,
        );
    }
  }

  /** A message was given back; it stays in its line. */
  returned(copy: Copy): void {
    if (copy.key !== undefined && this.#busy.get(lineOf(copy)) === copy) this.#busy.delete(lineOf(copy));
  }
}

function lineOf(copy: Copy): string {
  return `${copy.queue} ${copy.key ?? ''}`;
}

function isLasting(copy: Copy): boolean {
  return planOf(copy.queue)?.isLasting === true;
}
