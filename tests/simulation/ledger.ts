/**
 * What the world outside knows of the messages: sent, confirmed, seen, settled. It outlives every crash, and it is
 * the checker: `report` keeps the first broken promise, `findLost` looks at the end. After Jepsen's total-queue.
 */

import { PauseModel } from './pause-model.js';
import { PolicyModel } from './policy-model.js';
import { RecordModel } from './record-model.js';
import { StepBook } from './step-book.js';

/** What must be true and was not. */
export class Violation extends Error {}

/** One message in one queue. */
export interface Copy {
  readonly id: number;
  readonly queue: string;
  readonly isPersistent: boolean;
  /** Its place among the publishes of its channel. */
  readonly ordinal: number;
  /** Names the publishing channel. */
  readonly publisher: number;
  /** Life in which it was sent. */
  readonly life: number;
  readonly key: string | undefined;
  /** Whose share of a shared queue it takes. */
  readonly tenant: string | undefined;
  /** Unix ms. */
  readonly dueMs: number;
  /** When it must be gone; Infinity: never, or nobody outside knows when. */
  readonly expiresMs: number;
  /** Records that it names as those to wait for. */
  readonly after: readonly string[];
  /** Those of them that were not there when it came. */
  awaited: readonly string[];
  /** The last sequence before it came. */
  sentAfter: number;
  /** It has a time to live, and may leave its queue by itself. */
  readonly mayExpire: boolean;
  /** A retry of this life is not to come sooner, Unix ms. */
  heldBackUntilMs: number;
  heldBackInLife: number;
  isConfirmed: boolean;
  /** How often a client saw it here. */
  seen: number;
  /** How often the broker handed it out, seen or not. */
  dispatched: number;
  dispatchedInLife: number;
  settlement: 'none' | 'requested' | 'durable';
  isAcknowledged: boolean;
  isRejected: boolean;
  /** The broker would not have it, or a crash has undone it. */
  isRefused: boolean;
  /** It may be gone without a trace: purged, expired without a dead-letter exchange, its queue deleted. */
  mayVanish: boolean;
  seenInDrain: boolean;
  /** The transaction that it was published in. */
  transaction: object | undefined;
  /** What became of it, for the report of a violation. */
  readonly history: string[];
}

function describe(copy: Copy): string {
  const { history, ...facts } = copy;
  return `${JSON.stringify(facts)}\n  ${history.join(' ')}`;
}

export interface LedgerCounts {
  readonly sent: number;
  readonly confirmed: number;
  readonly seen: number;
  readonly duplicated: number;
  /** Not confirmed, and seen all the same. */
  readonly recovered: number;
}

/** The queue that the dead letters of `queue` go to. */
export function morgueOf(queue: string): string {
  return `morgue.${queue}`;
}

const isMorgue = (queue: string): boolean => queue.startsWith('morgue.');

export class Ledger {
  readonly #copies = new Map<string, Map<number, Copy>>();
  readonly records = new RecordModel(this);
  readonly steps = new StepBook();
  readonly pauses = new PauseModel();
  readonly policies = new PolicyModel();
  nextId = 1;
  /** Counts the lives of the broker. */
  life = 1;
  /** Life of the last unclean stop; everything sent before may be marked as redelivered. */
  lastCrashLife = 0;

  /** The first promise that was broken. It is thrown outside the broker, whose calls must not be cut short. */
  #broken: Violation | undefined;

  report(what: string, copy?: Copy): void {
    const about = copy === undefined ? '' : `: message ${copy.id} in ${copy.queue} ${describe(copy)}`;
    this.#broken ??= new Violation(what + about);
  }

  /** Throws if a promise was broken. */
  check(): void {
    if (this.#broken !== undefined) throw this.#broken;
  }

  /** Adds to what is told of a message. */
  note(copy: Copy, what: string): void {
    copy.history.push(`${this.life}:${what}`);
  }

  send(copy: Pick<Copy, 'id' | 'queue' | 'isPersistent' | 'ordinal' | 'publisher'> & Partial<Copy>): Copy {
    const whole: Copy = {
      life: this.life,
      key: undefined,
      tenant: undefined,
      dueMs: 0,
      expiresMs: Infinity,
      mayExpire: false,
      heldBackUntilMs: 0,
      heldBackInLife: 0,
      isConfirmed: false,
      seen: 0,
      dispatched: 0,
      dispatchedInLife: 0,
      settlement: 'none',
      isAcknowledged: false,
      isRejected: false,
      isRefused: false,
      mayVanish: false,
      seenInDrain: false,
      transaction: undefined,
      after: [],
      awaited: [],
      sentAfter: 0,
      history: [],
      ...copy,
    };
    let copies = this.#copies.get(copy.queue);
    if (copies === undefined) this.#copies.set(copy.queue, (copies = new Map<number, Copy>()));
    copies.set(copy.id, whole);
    return whole;
  }

  find(queue: string, id: number): Copy | undefined {
    return this.#copies.get(queue)?.get(id);
  }

  /** The copy that a delivery from `queue` is of. A dead letter gets its copy when it is first met. */
  expected(queue: string, id: number): Copy | undefined {
    const known = this.find(queue, id);
    if (known?.isRefused === true) this.report('unexpected: it was refused', known);
    if (known !== undefined) return known;
    const source = isMorgue(queue) ? this.find(queue.slice('morgue.'.length), id) : undefined;
    if (source === undefined) {
      this.report(`unexpected: message ${id} was never sent to ${queue}`);
      return undefined;
    }
    const { isPersistent, ordinal, publisher } = source;
    return this.send({ id, queue, isPersistent, ordinal, publisher, life: source.life });
  }

  /** The broker hands a message out. What it handed out before, and somebody may have seen, must say so. */
  dispatch(copy: Copy, redelivered: boolean): void {
    const mustBeMarked = copy.seen > 0 || copy.dispatchedInLife === this.life;
    const mayBeMarked = copy.dispatched > 0 || copy.life <= this.lastCrashLife || isMorgue(copy.queue);
    this.note(copy, redelivered ? 'dispatched-again' : 'dispatched');
    if (mustBeMarked && !redelivered) this.report('delivered twice, and not marked as a redelivery', copy);
    if (redelivered && !mayBeMarked) this.report('marked as a redelivery without a reason', copy);
    copy.dispatched++;
    copy.dispatchedInLife = this.life;
  }

  /** A client saw a delivery. */
  see(copy: Copy, isDrain: boolean): void {
    if (copy.settlement === 'durable') this.report('seen after its settlement was durable', copy);
    copy.seen++;
    this.note(copy, 'seen');
    if (!isDrain) return;
    if (copy.seenInDrain) this.report('seen twice in the last drain', copy);
    copy.seenInDrain = true;
    const other = isMorgue(copy.queue)
      ? this.find(copy.queue.slice('morgue.'.length), copy.id)
      : this.find(morgueOf(copy.queue), copy.id);
    if (other?.seenInDrain === true) this.report('both in its queue and among the dead letters', copy);
  }

  /** The broker has begun again with what the journal held up to `lastSequence`. */
  recovered(lastSequence: number): void {
    this.records.recovered(lastSequence);
    this.steps.recovered(lastSequence);
    this.pauses.recovered(lastSequence);
    this.policies.recovered(lastSequence);
  }

  /** Messages come to their queues, behind `lastSequence`, and wait for records that are not there. */
  enter(copies: readonly Copy[], lastSequence: number): void {
    for (const copy of copies) {
      // One that has just expired may or may not be there.
      copy.awaited = copy.after.filter((key) => this.records.last(key)?.kind !== 'put');
      copy.sentAfter = lastSequence;
    }
  }

  /** Whether some record that a message waits for has not been written, as of `last`. */
  isAwaiting({ awaited, sentAfter }: Copy, last = Infinity): boolean {
    return awaited.some((key) => !this.records.wasPutSince(key, sentAfter, last));
  }

  /** Everything in a queue may vanish from now on. */
  release(queue: string): void {
    for (const copy of this.#copies.get(queue)?.values() ?? []) copy.mayVanish = true;
  }

  all(): Copy[] {
    return [...this.#copies.values()].flatMap((copies) => [...copies.values()]);
  }

  /** Messages that were confirmed, or seen, and then lost. Call it after everything was drained. */
  findLost(hasMorgue: (queue: string) => boolean): Copy[] {
    return this.all().filter((copy) => this.#isOwed(copy) && !this.#isAccountedFor(copy, hasMorgue));
  }

  /** Nobody may act on a message that a crash would undo, so what was seen is owed like what was confirmed. */
  #isOwed(copy: Copy): boolean {
    return copy.isPersistent && !copy.mayVanish && (copy.isConfirmed || copy.seen > 0);
  }

  #isAccountedFor(copy: Copy, hasMorgue: (queue: string) => boolean): boolean {
    if (copy.isAcknowledged) return true;
    if (!hasMorgue(copy.queue)) return copy.isRejected;
    const dead = this.find(morgueOf(copy.queue), copy.id);
    // What is handed out without acknowledgement may end with the connection.
    return dead !== undefined && (dead.seen > 0 || dead.isAcknowledged);
  }

  counts(): LedgerCounts {
    const all = this.all().filter(({ queue }) => !isMorgue(queue));
    return {
      sent: all.length,
      confirmed: all.filter(({ isConfirmed }) => isConfirmed).length,
      seen: all.filter(({ seen }) => seen > 0).length,
      duplicated: all.filter(({ seen }) => seen > 1).length,
      recovered: all.filter(({ isConfirmed, seen }) => !isConfirmed && seen > 0).length,
    };
  }
}
