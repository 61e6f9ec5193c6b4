/**
 * The notifications of one receiver, delivered one after another. Invariant: they arrive in the order of their making,
 * or not at all; one that is tried again holds back those behind it, so that nobody hears of an end before the
 * beginning.
 */
import { messageOf, type CancelTimer, type Clock, type Random } from '../../kernel/index.js';
import { nextAttemptMs } from './backoff.js';
import type { Notice } from './notice.js';
import { SlidingWindow, type RateLimit } from './rate-limit.js';
import {
  afterFailure,
  afterSuccess,
  counted,
  newReceiverState,
  type FinalOutcome,
  type ReceiverState,
} from './receiver-state.js';
import type { Receiver, SendOutcome } from './receivers/receiver.js';
import type { ReceiverType } from './settings.js';

/** Notifications that wait for one receiver; beyond them the oldest goes. */
export const waitingMax = 200;
/** How long a stop waits for an attempt that is under way. */
const graceMs = 1_000;
/** Why an attempt that took too long was ended. */
const late = Symbol('late');

export interface LaneOptions {
  readonly name: string;
  readonly type: ReceiverType;
  readonly receiver: Receiver;
  readonly clock: Clock;
  readonly random: Random;
  readonly timeoutMs: number;
  readonly giveUpMs: number;
  /** In place of what the service allows. */
  readonly limit?: RateLimit | undefined;
  /** Takes secrets out of a text. */
  readonly hide: (text: string) => string;
  /** Told when a notification has left, for whatever reason. */
  readonly ended: (notice: Notice, outcome: FinalOutcome, reason: string) => void;
  /** Told when the receiver broke, or works again. */
  readonly changed: (state: ReceiverState) => void;
}

export class Lane {
  readonly #options: LaneOptions;
  readonly #window: SlidingWindow;
  readonly #waiting: Notice[] = [];
  #state: ReceiverState;
  #sending:
    { readonly notice: Notice; readonly abort: AbortController; readonly done: Promise<void> } | undefined;
  #timer: CancelTimer | undefined;
  /** Nothing is tried before. */
  #notBeforeMs = -Infinity;
  #isRunning = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#window = new SlidingWindow(options.limit === undefined ? options.receiver.limits : [options.limit]);
    this.#state = newReceiverState(options.name, options.type);
  }

  get state(): ReceiverState {
    const [oldest] = this.#waiting;
    const waiting = this.#waiting.length;
    return { ...this.#state, waiting, ...(oldest === undefined ? {} : { oldestMs: oldest.atMs }) };
  }

  get receiver(): Receiver {
    return this.#options.receiver;
  }

  start(): void {
    this.#isRunning = true;
    this.#pump();
  }

  /** What is under way may end within a second; the rest waits for the next start. Safe to call twice. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#timer?.();
    const sending = this.#sending;
    if (sending === undefined) return;
    const cancel = this.#options.clock.after(graceMs, () => {
      sending.abort.abort();
    });
    await sending.done;
    cancel();
  }

  /** Adds one. A repeat has nothing to say while others of its incident wait; a change replaces an earlier one. */
  push(notice: Notice): void {
    const isSame = (other: Notice): boolean =>
      other.incident.id === notice.incident.id && other.route === notice.route;
    if (notice.reason === 'repeated' && this.#waiting.some(isSame)) {
      this.#end(notice, 'dropped', 'an earlier one waits');
      return;
    }
    if (notice.reason === 'changed') {
      this.#drop((other) => isSame(other) && other.reason === 'changed', 'a newer one took its place');
    }
    this.#waiting.push(notice);
    if (this.#waiting.length > waitingMax) this.#dropOldest();
    this.#pump();
  }

  /** Sends one notification now, before those that wait, once. */
  async try(notice: Notice): Promise<SendOutcome> {
    const outcome = await this.#attempt(notice, new AbortController());
    this.#note(outcome);
    return outcome.kind === 'delivered'
      ? outcome
      : { ...outcome, reason: this.#options.hide(outcome.reason) };
  }

  #drop(which: (notice: Notice) => boolean, reason: string): void {
    for (const notice of this.#waiting.filter((each) => which(each) && each !== this.#sending?.notice)) {
      this.#waiting.splice(this.#waiting.indexOf(notice), 1);
      this.#end(notice, 'dropped', reason);
    }
  }

  #dropOldest(): void {
    const oldest = this.#waiting.find((notice) => notice !== this.#sending?.notice);
    this.#drop((notice) => notice === oldest, `more than ${waitingMax} wait`);
  }

  #end(notice: Notice, outcome: FinalOutcome, reason: string): void {
    // What was replaced by something newer is not lost.
    if (outcome !== 'dropped' || reason.startsWith('more than')) this.#state = counted(this.#state, outcome);
    this.#options.ended(notice, outcome, reason);
  }

  #pump(): void {
    if (!this.#isRunning || this.#sending !== undefined) return;
    this.#timer?.();
    this.#timer = undefined;
    const { clock } = this.#options;
    const [notice] = this.#waiting;
    if (notice === undefined) return;
    const now = clock.now();
    const waitMs = Math.max(this.#notBeforeMs - now, this.#window.waitMs(now));
    if (waitMs > 0) {
      this.#timer = clock.after(waitMs, () => {
        this.#pump();
      });
      return;
    }
    const abort = new AbortController();
    this.#sending = { notice, abort, done: this.#deliver(notice, abort) };
  }

  async #deliver(notice: Notice, abort: AbortController): Promise<void> {
    const outcome = await this.#attempt(notice, abort);
    this.#sending = undefined;
    // A stop took it back: it is as if it had not been tried.
    if (!this.#isRunning && outcome.kind === 'failed') return;
    this.#note(outcome);
    this.#settle(notice, outcome);
    this.#pump();
  }

  #settle(notice: Notice, outcome: SendOutcome): void {
    const { clock, random, giveUpMs, hide } = this.#options;
    if (outcome.kind === 'delivered') this.#leave(notice, 'delivered', '');
    else if (outcome.kind === 'refused') this.#leave(notice, 'refused', hide(outcome.reason));
    else {
      const now = clock.now();
      const waitMs = nextAttemptMs(this.#state.failuresInRow, outcome.afterMs, random);
      this.#notBeforeMs = now + waitMs;
      if (now + waitMs - notice.atMs > giveUpMs) this.#leave(notice, 'expired', hide(outcome.reason));
    }
  }

  #leave(notice: Notice, outcome: FinalOutcome, reason: string): void {
    const at = this.#waiting.indexOf(notice);
    if (at !== -1) this.#waiting.splice(at, 1);
    this.#end(notice, outcome, reason);
  }

  #note(outcome: SendOutcome): void {
    const before = this.#state.state;
    const now = this.#options.clock.now();
    this.#state =
      outcome.kind === 'delivered'
        ? afterSuccess(this.#state, now)
        : afterFailure(this.#state, this.#options.hide(outcome.reason), outcome.kind === 'refused', now);
    const isBroken = this.#state.state === 'broken';
    if (isBroken !== (before === 'broken')) this.#options.changed(this.state);
  }

  async #attempt(notice: Notice, abort: AbortController): Promise<SendOutcome> {
    const { clock, receiver, timeoutMs } = this.#options;
    this.#window.sent(clock.now());
    const cancel = clock.after(timeoutMs, () => {
      abort.abort(late);
    });
    try {
      return await receiver.send(notice, abort.signal);
    } catch (error) {
      const why: unknown = abort.signal.reason;
      const reason = why === late ? `it did not answer within ${timeoutMs} ms` : messageOf(error);
      return { kind: 'failed', reason };
    } finally {
      cancel();
    }
  }
}
