/**
 * Makes many equal acts one record: the first is written at once, repeats within the window are counted and written as
 * one record at its end. Invariant: the log grows with time and with distinct sources, never with how fast a client
 * repeats itself, no more than `keysMax` of a kind are told apart, and acts on messages take no place of sign-ins.
 */
import type { AuditEntry, AuditEvent } from './audit-types.js';
import type { AuditRecord } from './audit-record.js';

const keysMax = 1_000;

/** Sign-ins, ends of sessions and refusals. */
const ofAccess: ReadonlySet<AuditEvent> = new Set<AuditEvent>([
  'access-refused',
  'session-ended',
  'sign-in',
  'sign-out',
]);

/** What is done to one message at a time. */
const ofMessages: ReadonlySet<AuditEvent> = new Set<AuditEvent>([
  'messages-dead-lettered',
  'messages-moved',
  'messages-published',
  'messages-purged',
  'messages-released',
  'messages-removed',
  'messages-taken',
]);

interface Repeats {
  readonly endsAtMs: number;
  readonly first: AuditEntry;
  count: number;
}

export class AuditCoalescer {
  readonly #windowMs: number;
  readonly #ofAccess = new Map<string, Repeats>();
  readonly #ofMessages = new Map<string, Repeats>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** When the oldest window ends; `undefined` when none is open. */
  get nextEndMs(): number | undefined {
    const ends = [...firstOf(this.#ofAccess), ...firstOf(this.#ofMessages)].map(({ endsAtMs }) => endsAtMs);
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  /** The record to write now, or `undefined` when it was only counted. */
  admit(entry: AuditEntry, nowMs: number): AuditRecord | undefined {
    const book = this.#bookOf(entry);
    if (book === undefined) return { ...entry, atMs: nowMs, count: 1 };
    const isFull = book.size >= keysMax;
    const known = book.get(keyOf(entry)) ?? (isFull ? book.get(overflowKey(entry)) : undefined);
    if (known !== undefined) {
      known.count++;
      return undefined;
    }
    const key = isFull ? overflowKey(entry) : keyOf(entry);
    const first = isFull ? { ...entry, actor: '(many)', source: '(many)', subject: '(many)' } : entry;
    book.set(key, { endsAtMs: nowMs + this.#windowMs, first, count: 0 });
    return { ...entry, atMs: nowMs, count: 1 };
  }

  /** Records for the windows that have ended by `nowMs`; all of them for Infinity. */
  due(nowMs: number, atMs: number): AuditRecord[] {
    return [...takeDue(this.#ofAccess, nowMs, atMs), ...takeDue(this.#ofMessages, nowMs, atMs)];
  }

  /** Undefined: each is a record of its own. */
  #bookOf({ event }: AuditEntry): Map<string, Repeats> | undefined {
    if (this.#windowMs === 0) return undefined;
    if (ofAccess.has(event)) return this.#ofAccess;
    return ofMessages.has(event) ? this.#ofMessages : undefined;
  }
}

/** The oldest: windows are all as long. */
function firstOf(book: ReadonlyMap<string, Repeats>): Repeats[] {
  for (const repeats of book.values()) return [repeats];
  return [];
}

function takeDue(book: Map<string, Repeats>, nowMs: number, atMs: number): AuditRecord[] {
  const records: AuditRecord[] = [];
  for (const [key, repeats] of book) {
    if (repeats.endsAtMs > nowMs) break;
    book.delete(key);
    if (repeats.count > 0) records.push({ ...repeats.first, atMs, count: repeats.count });
  }
  return records;
}

/** Without the subject for access: a user who is refused a thousand names is one story, told by its first. */
function keyOf(entry: AuditEntry): string {
  const { event, outcome, reason, actor, source, subject } = entry;
  const key = [event, outcome, reason ?? '', actor.length, actor, source];
  return (ofMessages.has(event) ? [...key, subject] : key).join('\0');
}

function overflowKey(entry: AuditEntry): string {
  return [entry.event, entry.outcome].join('\0');
}
