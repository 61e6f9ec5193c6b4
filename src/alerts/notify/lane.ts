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

/** How a receiver is delivered to, as its settings say. */
export interface Delivery {
  readonly type: ReceiverType;
  readonly receiver: Receiver;
  readonly timeoutMs: number;
  readonly giveUpMs: number;
  /** In place of what the service allows. */
  readonly limit: RateLimit | undefined;
}

export interface LaneOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Takes secrets out of a text. */
  readonly hide: (text: string) => string;
  /** Told when a notification has left, for whatever reason. */
  readonly ended: (notice: Notice, outcome: FinalOutcome, reason: string) => void;
  /** Told when the receiver broke, or works again. */
  readonly changed: (state: ReceiverState) => void;
  /** Asked, as often as the receiver wants it, to push again what still fires. */
  readonly refresh: (lane: Lane) => void;
}

export class Lane {
  readonly #options: LaneOptions;
  readonly #window: SlidingWindow;
  #delivery: Delivery;
  readonly #waiting: Notice[] = [];
  #state: ReceiverState;
  #sending:
    { readonly notice: Notice; readonly abort: AbortController; readonly done: Promise<void> } | undefined;
  #timer: CancelTimer | undefined;
  #refreshTimer: CancelTimer | undefined;
  /** Nothing is tried before. */
  #notBeforeMs = -Infinity;
  #isRunning = false;

  constructor(options: LaneOptions, delivery: Delivery) {
    this.#options = options;
    this.#delivery = delivery;
    this.#window = new SlidingWindow(limitsOf(delivery));
    this.#state = newReceiverState(options.name, delivery.type);
  }

  get state(): ReceiverState {
    const [oldest] = this.#waiting;
    const waiting = this.#waiting.length;
    const { type } = this.#delivery;
    return { ...this.#state, type, waiting, ...(oldest === undefined ? {} : { oldestMs: oldest.atMs }) };
  }

  get receiver(): Receiver {
    return this.#delivery.receiver;
  }

  /** It was broken when an earlier life ended, and is so until it is heard from. */
  restoreBroken(): void {
    this.#state = { ...this.#state, state: 'broken' };
  }

  start(): void {
    this.#isRunning = true;
    this.#pump();
    this.#armRefresh();
  }

  /** Delivers in another way from now on. What is known of the receiver, and what waits for it, stays. */
  configure(delivery: Delivery): void {
    const { refreshMs } = this.receiver;
    this.#delivery = delivery;
    this.#window.setLimits(limitsOf(delivery));
    if (refreshMs !== delivery.receiver.refreshMs) this.#armRefresh();
  }

  /** Tries at once what waits for another attempt. */
  retryNow(): void {
    this.#notBeforeMs = -Infinity;
    this.#pump();
  }

  /** What is under way may end within a second; the rest waits for the next start. Safe to call twice. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#timer?.();
    this.#refreshTimer?.();
    const sending = this.#sending;
    if (sending === undefined) return;
    const cancel = this.#options.clock.after(graceMs, () => {
      sending.abort.abort();
    });
    await sending.done;
    cancel();
  }

  /** Ends for good: what is under way may end as at a stop, the rest is given up. */
  async retire(reason: string): Promise<void> {
    await this.stop();
    for (const notice of this.#waiting.splice(0)) this.#end(notice, 'refused', reason);
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
    const { clock, random, hide } = this.#options;
    const { giveUpMs } = this.#delivery;
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
    const { clock } = this.#options;
    const { receiver, timeoutMs } = this.#delivery;
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

  #armRefresh(): void {
    this.#refreshTimer?.();
    const { refreshMs } = this.receiver;
    if (!this.#isRunning || refreshMs === undefined) return;
    this.#refreshTimer = this.#options.clock.after(refreshMs, () => {
      this.#options.refresh(this);
      this.#armRefresh();
    });
  }
}

function limitsOf({ limit, receiver }: Delivery): readonly RateLimit[] {
  return limit === undefined ? receiver.limits : [limit];
}
