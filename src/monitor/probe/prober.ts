/**
 * Sends a message with a sequence number through an engine again and again, and waits for it to come back: what that
 * tells is the same on every engine. Invariants: one probe at a time; after one that failed the next has a new
 * connection, at most five seconds (or an interval) later; nothing is left when it has stopped.
 */
import type { LatencyFigures } from '../../kernel/index.js';
import { messageOf, SluiceError, type CancelTimer, type Clock, type Random } from '../../kernel/index.js';
import { Availability, type Verdict } from './availability.js';
import { verdictOf } from './probe-failure.js';
import { ProbeLimit } from './probe-limit.js';
import { ProbeSession, probeTimeToLiveMs, type ProbedEngine } from './probe-session.js';
import { ProbeTally } from './probe-tally.js';

/** How an engine is probed. */
export interface ProbePlan {
  /** From the start of a probe to the start of the next. */
  readonly everyMs: number;
  /** A probe that takes longer has failed. */
  readonly timeoutMs: number;
  /** The queue that probes go through. */
  readonly queue: string;
}

export interface ProberOptions extends ProbePlan {
  /** The engine's name in labels. */
  readonly engine: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Connects anew. What it gives is closed when a probe failed. */
  readonly open: () => Promise<ProbedEngine>;
  /** Told when probes begin to fail, or cannot tell anything; never the same again and again. */
  readonly onProblem: (problem: string) => void;
}

/** What a prober knows. Counters since it came to be. */
export interface ProbeFigures {
  readonly roundTrips: LatencyFigures;
  readonly sent: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  readonly upMs: number;
  readonly downMs: number;
  readonly outages: number;
  /** Of the outage under way; 0: there is none; undefined: unknown. */
  readonly outageMs: number | undefined;
  readonly recoveries: LatencyFigures;
}

const pauseMsMax = 5_000;
const stopMsMax = 2_000;
/** A timer that fires later than this was held up in our own process. */
const heldUpMsMax = 1_000;
/** In timeouts. A dead connection is given up by the engine after one; what it held comes again then. */
const lostAfterTimeouts = 4;

export class Prober {
  readonly #options: ProberOptions;
  readonly #run: string;
  readonly #tally: ProbeTally;
  readonly #availability: Availability;
  #opening: Promise<ProbeSession> | undefined;
  #session: ProbeSession | undefined;
  readonly #ending = new Set<Promise<void>>();
  #limit: ProbeLimit | undefined;
  #cancelPause: CancelTimer | undefined;
  #failures = 0;
  #problem: string | undefined;
  #state: 'idle' | 'running' | 'stopped' = 'idle';

  constructor(options: ProberOptions) {
    const { clock, random, timeoutMs, everyMs, engine, queue } = options;
    this.#options = options;
    this.#run = random.bytes(12).toString('base64url');
    const nowMs = clock.monotonic();
    this.#availability = new Availability(nowMs, 2 * Math.max(everyMs, pauseMsMax) + heldUpMsMax);
    const lostAfterMs = lostAfterTimeouts * timeoutMs;
    const onShared = (): void => {
      this.#tell(`another prober uses the queue '${queue}' of ${engine}: give each its own (probe.queue)`);
    };
    const timeToLiveMs = probeTimeToLiveMs;
    this.#tally = new ProbeTally({ nowMs, run: this.#run, lostAfterMs, timeToLiveMs, onShared });
  }

  /** Probes from now on. Safe to call twice. */
  start(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'running';
    void this.#repeat();
  }

  /** Ends the probe under way and the connection; resolves after two seconds at the latest. Safe before `start` and twice. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#cancelPause?.();
    this.#limit?.fail(new SluiceError('closed', 'the prober was stopped'));
    this.#disconnect();
    const opening = this.#opening?.then(noop, noop);
    const { clock } = this.#options;
    let cancel: CancelTimer | undefined;
    const bound = new Promise<void>((resolve) => (cancel = clock.after(stopMsMax, resolve)));
    await Promise.race([Promise.all([opening, ...this.#ending]), bound]);
    cancel?.();
  }

  /** One probe. Never rejects. Not while it runs by itself. */
  async runOnce(): Promise<Verdict> {
    const { clock } = this.#options;
    const startedMs = clock.monotonic();
    const verdict = await this.#probe(startedMs);
    const endedMs = clock.monotonic();
    this.#availability.observe(verdict, startedMs, endedMs);
    this.#failures = verdict === 'up' ? 0 : this.#failures + 1;
    if (verdict === 'up') {
      this.#problem = undefined;
      this.#tally.judge(endedMs);
    } else this.#disconnect();
    return verdict;
  }

  /** What is known at this moment. */
  get figures(): ProbeFigures {
    const nowMs = this.#options.clock.monotonic();
    const { sent, lost, duplicated, reordered, roundTrips } = this.#tally;
    const { upMs, downMs, outages, recoveries } = this.#availability;
    return {
      ...{ sent, lost, duplicated, reordered, upMs, downMs, outages },
      outageMs: this.#availability.outageMs(nowMs),
      roundTrips: roundTrips.read(nowMs),
      recoveries: recoveries.read(nowMs),
    };
  }

  async #repeat(): Promise<void> {
    const { clock, everyMs } = this.#options;
    while (this.#state === 'running') {
      const startedMs = clock.monotonic();
      await this.runOnce();
      const tookMs = clock.monotonic() - startedMs;
      await this.#pause(Math.max(this.#pauseMs(everyMs) - tookMs, 0));
    }
  }

  /** Twice as long after each failure, so that an engine that starts is left alone. */
  #pauseMs(everyMs: number): number {
    return Math.min(everyMs * 2 ** Math.min(this.#failures, 16), Math.max(everyMs, pauseMsMax));
  }

  async #pause(ms: number): Promise<void> {
    if (this.#state !== 'running') return;
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(ms, resolve);
      this.#cancelPause = () => {
        cancel();
        resolve();
      };
    });
  }

  async #probe(startedMs: number): Promise<Verdict> {
    const { clock, timeoutMs } = this.#options;
    const limit = new ProbeLimit(clock, timeoutMs);
    this.#limit = limit;
    try {
      const session = await limit.race(this.#connect());
      await limit.race(Promise.race([this.#roundTrip(session), session.failed]));
      return 'up';
    } catch (error) {
      return this.#verdictOf(error, startedMs);
    } finally {
      limit.end();
      this.#limit = undefined;
    }
  }

  #verdictOf(error: unknown, startedMs: number): Verdict {
    if (this.#state === 'stopped') return 'unknown';
    const { clock, engine, timeoutMs } = this.#options;
    const nowMs = clock.monotonic();
    if (this.#tally.isShared(nowMs) || nowMs - startedMs > timeoutMs + heldUpMsMax) return 'unknown';
    const verdict = verdictOf(error);
    const what = verdict === 'down' ? 'probes fail' : 'probes tell nothing';
    this.#tell(`${engine}: ${what}: ${messageOf(error)}`);
    return verdict;
  }

  /** Resolves when the message is both confirmed and back. */
  async #roundTrip(session: ProbeSession): Promise<void> {
    const { sequence, received } = this.#tally.send(this.#options.clock.monotonic());
    await session.send(this.#run, sequence);
    this.#tally.confirm(sequence);
    await received;
  }

  /** The session that is there, or the one that is being opened: never two. */
  async #connect(): Promise<ProbeSession> {
    if (this.#session !== undefined) return this.#session;
    this.#opening ??= this.#open();
    return this.#opening;
  }

  async #open(): Promise<ProbeSession> {
    const { open, queue, clock } = this.#options;
    try {
      const session = await ProbeSession.open(await open(), queue, (run, sequence, redelivered) => {
        this.#tally.receive(run, sequence, redelivered, clock.monotonic());
      });
      if (this.#state === 'stopped') await session.end();
      else this.#session = session;
      return session;
    } finally {
      this.#opening = undefined;
    }
  }

  #disconnect(): void {
    this.#tally.disconnect();
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    const ended = session.end().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  #tell(problem: string): void {
    if (this.#problem === problem) return;
    this.#problem = problem;
    this.#options.onProblem(problem);
  }
}

const noop = (): void => undefined;
