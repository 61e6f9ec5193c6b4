/**
 * Publishers that an operator has slowed: a rate for a connection, a user or an exchange. A publish is never refused for
 * it; its connection is not read from until the rate allows the next. Invariant: a limit that is lifted delays nobody.
 */
import { SluiceError, type CancelTimer, type Clock } from '../../kernel/index.js';
import { pauseReasons, type Intake } from './intake.js';

/** The reading side of a connection. */
type Pausable = Pick<Intake, 'pause' | 'resume'>;

/** Whose publishes are counted: all that is given must agree. */
export interface ThrottleTarget {
  readonly connection?: string | undefined;
  readonly user?: string | undefined;
  readonly vhost?: string | undefined;
  readonly exchange?: string | undefined;
}

export interface PublisherLimit {
  /** Whoever sets it names it; another of the same name takes its place. */
  readonly name: string;
  readonly target: ThrottleTarget;
  /** Messages, of all connections that it concerns together. */
  readonly perSecond: number;
}

/** One publish. */
export type PublishOrigin = Required<{ readonly [name in keyof ThrottleTarget]: string }>;

const perSecondMax = 1_000_000;
/** Messages that may come at once after a pause, as a share of a second's. */
const burstSeconds = 0.1;

interface Bucket extends PublisherLimit {
  tokens: number;
  filledMs: number;
}

/** The limits of one server. */
export class ThrottleBook {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();
  readonly #waiting = new Set<ThrottledReading>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    return this.#buckets.size === 0;
  }

  list(): PublisherLimit[] {
    return [...this.#buckets.values()].map(({ name, target, perSecond }) => ({ name, target, perSecond }));
  }

  /** @throws SluiceError `bad-input` for a rate that is none, or a target that names nobody. */
  set({ name, target, perSecond }: PublisherLimit): void {
    if (!(perSecond > 0 && perSecond <= perSecondMax))
      throw new SluiceError(
        'bad-input',
        `a rate is above 0 and up to ${perSecondMax} a second, not ${perSecond}`,
      );
    if (Object.values(target).every((part) => part === undefined))
      throw new SluiceError('bad-input', 'a limit for publishers names a connection, a user or an exchange');
    this.#buckets.set(name, { name, target, perSecond, tokens: 0, filledMs: this.#clock.monotonic() });
  }

  /** False: there is none of that name. */
  lift(name: string): boolean {
    if (!this.#buckets.delete(name)) return false;
    for (const reading of [...this.#waiting]) reading.end();
    return true;
  }

  /** Counts a publish; gives the milliseconds that the next one has to wait. */
  take(origin: PublishOrigin): number {
    const nowMs = this.#clock.monotonic();
    let waitMs = 0;
    for (const bucket of this.#buckets.values()) {
      if (!concerns(bucket.target, origin)) continue;
      const filled = bucket.tokens + ((nowMs - bucket.filledMs) / 1_000) * bucket.perSecond;
      bucket.tokens = Math.min(filled, Math.max(1, bucket.perSecond * burstSeconds)) - 1;
      bucket.filledMs = nowMs;
      waitMs = Math.max(waitMs, (-bucket.tokens / bucket.perSecond) * 1_000);
    }
    return waitMs;
  }

  /** Makes what stops the reading of one connection. */
  reading(intake: Pausable): ThrottledReading {
    return new ThrottledReading(this.#clock, this.#waiting, intake);
  }
}

function concerns({ connection, user, vhost, exchange }: ThrottleTarget, origin: PublishOrigin): boolean {
  return (
    (connection === undefined || connection === origin.connection) &&
    (user === undefined || user === origin.user) &&
    (vhost === undefined || vhost === origin.vhost) &&
    (exchange === undefined || exchange === origin.exchange)
  );
}

/** Whether a connection stands still for a limit, and until when. */
export class ThrottledReading {
  readonly #clock: Clock;
  readonly #waiting: Set<ThrottledReading>;
  readonly #intake: Pausable;
  #untilMs = 0;
  #cancel: CancelTimer | undefined;

  constructor(clock: Clock, waiting: Set<ThrottledReading>, intake: Pausable) {
    this.#clock = clock;
    this.#waiting = waiting;
    this.#intake = intake;
  }

  get isActive(): boolean {
    return this.#cancel !== undefined;
  }

  /** Reads nothing for so long; what was read already may make it longer. */
  begin(waitMs: number): void {
    this.#untilMs = this.#clock.monotonic() + waitMs;
    if (this.#cancel !== undefined) return;
    this.#waiting.add(this);
    this.#intake.pause(pauseReasons.throttled);
    this.#arm(waitMs);
  }

  /** Goes on reading. Safe to call when it does. */
  end(): void {
    if (this.#cancel === undefined) return;
    this.#cancel();
    this.#cancel = undefined;
    this.#waiting.delete(this);
    this.#intake.resume(pauseReasons.throttled);
  }

  #arm(waitMs: number): void {
    this.#cancel = this.#clock.after(Math.ceil(waitMs), () => {
      const leftMs = this.#untilMs - this.#clock.monotonic();
      if (leftMs > 0) this.#arm(leftMs);
      else this.end();
    });
  }
}
