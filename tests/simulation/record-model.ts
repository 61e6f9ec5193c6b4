/**
 * What the world outside knows of key-value records: every change that stands, by key, in order. It outlives every
 * crash. Invariant: after a start, what stands is what the journal held up to its last recovered record, no more.
 */
import type { ExpectedRecord, RecordEntry } from '../../src/broker/index.js';
import type { Ledger } from './ledger.js';
import { idOf } from './message-body.js';

/** A change that was made. Its version is above `after`, and at most `until`. */
export interface RecordChange {
  readonly key: string;
  readonly kind: 'put' | 'deleted';
  /** The number of the value; 0 for a deletion. */
  readonly value: number;
  /** Unix ms; Infinity: never. */
  readonly expiresMs: number;
  readonly after: number;
  readonly until: number;
  /** Undefined until somebody is told: a commit does not say. */
  version: number | undefined;
  /** It may have found nothing to delete any more. */
  readonly isDoubtful: boolean;
}

/** A change that is asked for. `put` left out: a deletion. */
export interface RecordStep {
  readonly key: string;
  readonly expected: ExpectedRecord;
  readonly put?: { readonly value: number; readonly ttlMs: number | undefined };
}

/** Who hears of changes as they are made. */
export interface ChangeListener {
  noted(change: RecordChange): void;
}

export class RecordModel {
  readonly #ledger: Ledger;
  readonly #changes = new Map<string, RecordChange[]>();
  readonly listeners = new Set<ChangeListener>();
  /** Somebody was told of everything up to here. */
  #told = 0;
  nextValue = 1;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** The last change of a key, also one that has expired. */
  last(key: string): RecordChange | undefined {
    return this.#changes.get(key)?.at(-1);
  }

  /** The record of a key as it is now. */
  live(key: string, nowMs: number): RecordChange | undefined {
    const last = this.last(key);
    return last?.kind === 'put' && last.expiresMs > nowMs ? last : undefined;
  }

  /** The change of a key that was the last when `sequence` was written. */
  lastBefore(key: string, sequence: number): RecordChange | undefined {
    return this.#changes.get(key)?.findLast(({ until }) => until <= sequence);
  }

  /** Whether a key was put after `sequence` was written, and up to `last`. */
  wasPutSince(key: string, sequence: number, last: number): boolean {
    const changes = this.#changes.get(key) ?? [];
    return changes.some(({ kind, after, until }) => kind === 'put' && after >= sequence && until <= last);
  }

  /** The first of changes, made one after another as one step, that meets a conflict; undefined: none does. */
  conflictIn(steps: readonly RecordStep[], nowMs: number): RecordStep | undefined {
    const made = new Map<string, 'put' | 'deleted'>();
    for (const step of steps) {
      const { key, expected, put } = step;
      const before = made.get(key);
      if (before === undefined) {
        if (expected !== undefined && !this.#isAsExpected(key, expected, nowMs)) return step;
      } else if (expected !== undefined && !(expected === 'absent' && before === 'deleted')) return step;
      made.set(key, put === undefined ? 'deleted' : 'put');
    }
    return undefined;
  }

  #isAsExpected(key: string, expected: number | 'absent', nowMs: number): boolean {
    const live = this.live(key, nowMs);
    return expected === 'absent' ? live === undefined : live?.version === expected;
  }

  /** Notes a change whose version was told. */
  wrote(step: RecordStep, version: number, nowMs: number): void {
    this.#made([step], version - 1, version, nowMs, version);
  }

  /** Notes changes that a commit has made, with versions above `after` and up to `until`. */
  committed(steps: readonly RecordStep[], after: number, until: number, nowMs: number): void {
    this.#made(steps, after, until, nowMs, undefined);
  }

  #made(
    steps: readonly RecordStep[],
    after: number,
    until: number,
    nowMs: number,
    version: number | undefined,
  ): void {
    for (const { key, put } of steps) {
      const last = this.last(key);
      if (put === undefined && last?.kind !== 'put') continue;
      this.#add({
        key,
        ...(put === undefined
          ? gone
          : { kind: 'put', value: put.value, expiresMs: expiryOf(put.ttlMs, nowMs) }),
        after,
        until,
        version,
        isDoubtful: version === undefined && put === undefined && last!.expiresMs <= nowMs,
      });
    }
  }

  #add(change: RecordChange): void {
    const changes = this.#changes.get(change.key);
    if (changes === undefined) this.#changes.set(change.key, [change]);
    else changes.push(change);
    for (const listener of this.listeners) listener.noted(change);
  }

  /** Somebody heard something that is durable up to `sequence`. */
  told(sequence: number): void {
    this.#told = Math.max(this.#told, sequence);
  }

  /** The broker has begun again with what the journal held up to `lastSequence`. */
  recovered(lastSequence: number): void {
    this.listeners.clear();
    if (lastSequence < this.#told)
      this.#ledger.report(`records up to ${this.#told} were told of, ${lastSequence} is left`);
    for (const changes of this.#changes.values()) {
      while ((changes.at(-1)?.until ?? 0) > lastSequence) {
        const { key, after } = changes.pop()!;
        if (after < lastSequence) this.#report(`half of a step was recovered up to ${lastSequence}`, key);
      }
    }
    this.#told = 0;
  }

  /** Everything that the broker shows, as of now. */
  compare(entries: readonly RecordEntry[], nowMs: number): void {
    const shown = new Map(entries.map((entry) => [entry.key, entry]));
    if (shown.size !== entries.length) this.#ledger.report('a scan shows a record twice');
    for (const key of this.#changes.keys()) this.check(key, shown.get(key), nowMs);
    for (const key of shown.keys()) if (!this.#changes.has(key)) this.#report('nobody put it', key);
  }

  /** What the broker shows of one key, as of now. */
  check(key: string, entry: RecordEntry | undefined, nowMs: number): void {
    const live = this.live(key, nowMs);
    if (live === undefined && entry === undefined) return;
    if (live === undefined) this.#report(`there at version ${entry!.version}, and it is gone`, key);
    else if (entry === undefined) this.#report('lost', key);
    else if (!this.matches(live, entry)) this.#report(`shown as ${describe(entry)}`, key);
  }

  /** Whether an entry is what a change has made; the version that it tells is kept. */
  matches(change: RecordChange, entry: RecordEntry): boolean {
    const { value, version } = entry;
    if (idOf(value, 0, value.length) !== change.value) return false;
    if ((entry.expiresMs ?? Infinity) !== change.expiresMs) return false;
    if (version <= change.after || version > change.until) return false;
    change.version ??= version;
    return change.version === version;
  }

  #report(what: string, key: string): void {
    const changes = this.#changes.get(key)?.slice(-6) ?? [];
    this.#ledger.report(
      `record ${key}: ${what}; ${changes.map((change) => JSON.stringify(change)).join(' ')}`,
    );
  }
}

const gone = { kind: 'deleted', value: 0, expiresMs: Infinity } as const;

function expiryOf(ttlMs: number | undefined, nowMs: number): number {
  return ttlMs === undefined ? Infinity : Math.ceil(nowMs + ttlMs);
}

function describe({ value, version, expiresMs }: RecordEntry): string {
  return JSON.stringify({ value: idOf(value, 0, value.length), version, expiresMs });
}
