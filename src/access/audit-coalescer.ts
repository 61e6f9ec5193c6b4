/**
 * Makes many equal sign-ins and refusals one record: the first is written at once, repeats within the window
 * are counted and written as one record at its end. Invariant: the log grows with time and with distinct
 * sources, never with how fast a client repeats itself, and no more than `keysMax` are told apart.
 */
import type { AuditEntry, AuditEvent } from './audit-types.js';
import type { AuditRecord } from './audit-record.js';

const keysMax = 1_000;
const coalesced: ReadonlySet<AuditEvent> = new Set<AuditEvent>(['sign-in', 'access-refused']);

interface Repeats {
  readonly endsAtMs: number;
  readonly first: AuditEntry;
  count: number;
}

export class AuditCoalescer {
  readonly #windowMs: number;
  readonly #repeats = new Map<string, Repeats>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** When the oldest window ends; `undefined` when none is open. */
  get nextEndMs(): number | undefined {
    for (const repeats of this.#repeats.values()) return repeats.endsAtMs;
    return undefined;
  }

  /** The record to write now, or `undefined` when it was only counted. */
  admit(entry: AuditEntry, nowMs: number): AuditRecord | undefined {
    if (this.#windowMs === 0 || !coalesced.has(entry.event)) return { ...entry, atMs: nowMs, count: 1 };
    const known = this.#find(keyOf(entry)) ?? (this.#isFull() ? this.#find(overflowKey(entry)) : undefined);
    if (known !== undefined) {
      known.count++;
      return undefined;
    }
    const key = this.#isFull() ? overflowKey(entry) : keyOf(entry);
    const first = this.#isFull() ? { ...entry, actor: '(many)', source: '(many)', subject: '(many)' } : entry;
    this.#repeats.set(key, { endsAtMs: nowMs + this.#windowMs, first, count: 0 });
    return { ...entry, atMs: nowMs, count: 1 };
  }

  /** Records for the windows that have ended by `nowMs`; all of them for Infinity. */
  due(nowMs: number, atMs: number): AuditRecord[] {
    const records: AuditRecord[] = [];
    for (const [key, repeats] of this.#repeats) {
      if (repeats.endsAtMs > nowMs) break;
      this.#repeats.delete(key);
      if (repeats.count > 0) records.push({ ...repeats.first, atMs, count: repeats.count });
    }
    return records;
  }

  #find(key: string): Repeats | undefined {
    return this.#repeats.get(key);
  }

  #isFull(): boolean {
    return this.#repeats.size >= keysMax;
  }
}

/** The subject is left out: a user who is refused a thousand names is one story, told by its first. */
function keyOf(entry: AuditEntry): string {
  const { event, outcome, reason, actor, source } = entry;
  return [event, outcome, reason ?? '', actor.length, actor, source].join('\0');
}

function overflowKey(entry: AuditEntry): string {
  return [entry.event, entry.outcome].join('\0');
}
