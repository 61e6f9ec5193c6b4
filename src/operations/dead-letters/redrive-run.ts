/**
 * One redrive on its way. Invariants: each letter leaves its queue, comes in where it goes and is counted in one step,
 * so that whatever ends the process nothing is lost, sent twice or miscounted; what it tells is durable.
 */
import type { Broker, Operator } from '../../broker/index.js';
import { messageOf, type Clock } from '../../kernel/index.js';
import { ChosenLetters, type ChosenLetter } from './chosen-letters.js';
import { deadTasksPrefix } from './dead-letter-queues.js';
import { objectionsTo, planRedrive } from './redrive-plan.js';
import { guardPut, jobPut, type RedriveRecords } from './redrive-records.js';
import {
  forbidding,
  isFiltered,
  type RedriveJob,
  type RedriveRequest,
  type RedriveState,
} from './redrive-request.js';
import { redrivenProperties } from './redriven-message.js';

/** Sent before it waits until that is durable, so that what is not synced stays bounded. */
const syncLetters = 64;
const newsMs = 500;
/** Queues that are counted one by one; their names are written with each step. */
const targetsMax = 100;

export interface RunParts {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly records: RedriveRecords;
  readonly slot: number;
  readonly operator: Operator;
  /** Told of how it is, twice a second at most, and of its end. */
  readonly news: (job: RedriveJob) => void;
}

export class RedriveRun {
  /** As it is; what was sent may not be durable yet. */
  #now: RedriveJob;
  /** As it may be told. */
  job: RedriveJob;
  readonly #request: RedriveRequest;
  readonly #parts: RunParts;
  readonly #stop = new AbortController();
  readonly #startMs: number;
  #unsynced = 0;
  #toldMs = -Infinity;
  /** The queues that no letter may go to, as of the last batch. */
  readonly #closed = new Map<string, boolean>();

  constructor(job: RedriveJob, request: RedriveRequest, parts: RunParts) {
    this.#now = this.job = job;
    this.#request = request;
    this.#parts = parts;
    this.#startMs = parts.clock.monotonic();
  }

  #isCancelled(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Whether enough was sent. */
  #isOver(): boolean {
    const { count = Infinity } = this.#request;
    return this.#isCancelled() || this.#now.sent >= count;
  }

  /** Sends nothing more. */
  cancel(): void {
    this.#stop.abort();
  }

  /** Resolves when it has ended, however. */
  async run(): Promise<void> {
    let state: RedriveState = 'done';
    let problem: string | undefined;
    try {
      await this.#count();
      problem = await this.#sendAll();
      if (problem !== undefined) state = 'stopped';
      else if (this.#isCancelled()) state = 'cancelled';
    } catch (error) {
      state = 'stopped';
      problem = messageOf(error);
    }
    await this.#end(state, problem);
  }

  async #count(): Promise<void> {
    if (!isFiltered(this.#request)) return;
    const { matched, unseen } = await planRedrive(this.#parts, { ...this.#request, guard: false });
    if (unseen === 0) this.#change({ total: matched });
  }

  /** Undefined: it came to the end, or was cancelled. */
  async #sendAll(): Promise<string | undefined> {
    const { signal } = this.#stop;
    const letters = new ChosenLetters(this.#parts.broker, this.#request);
    while (!this.#isOver()) {
      const batch = await letters.next(signal);
      if (batch === undefined) break;
      this.#closed.clear();
      for (const letter of batch) {
        if (this.#isOver()) break;
        const problem = await this.#send(letter);
        if (problem !== undefined) return problem;
      }
      this.#change({ seen: letters.seen });
      await this.#sync();
    }
    return undefined;
  }

  async #send(letter: ChosenLetter): Promise<string | undefined> {
    const { target } = letter;
    if (target === undefined || this.#isClosed(target)) {
      this.#change({ homeless: this.#now.homeless + 1 });
      return undefined;
    }
    await this.#pace();
    if (this.#isCancelled()) return undefined;
    const after = this.#afterSending(target);
    const outcome = await this.#move(letter, target, after);
    switch (outcome) {
      case 'moved':
        this.#now = after;
        if (++this.#unsynced >= syncLetters) await this.#sync();
        return undefined;
      case 'conflict':
        this.#change({ duplicates: this.#now.duplicates + 1 });
        return undefined;
      case 'active':
      case 'absent':
        this.#change({ missed: this.#now.missed + 1 });
        return undefined;
      case 'full':
        return `'${target}' is full`;
    }
  }

  #move(letter: ChosenLetter, target: string, after: RedriveJob) {
    const { broker, clock, slot, operator } = this.#parts;
    const { vhost, queue, guard, edit } = this.#request;
    const { position, death } = letter;
    const guarded = guard ? guardPut(queue, letter, this.#now.id) : undefined;
    const change = {
      exchange: death.exchange ?? '',
      routingKey: death.routingKey ?? target,
      properties: redrivenProperties(letter.properties, {
        redriveId: this.#now.id,
        from: queue,
        before: death.redriven,
        nowMs: clock.now(),
        edit,
      }),
      body: edit?.body,
      puts: [jobPut(slot, after), ...(guarded === undefined ? [] : [guarded])],
      // Whoever asks for the result of a task waits for its new end.
      deletions: queue.startsWith(deadTasksPrefix) && death.messageId ? [`task/${death.messageId}`] : [],
    };
    return broker.administration.queues.moveTo(vhost, queue, position, target, operator, { change });
  }

  #afterSending(target: string): RedriveJob {
    const { sent, targets } = this.#now;
    const isKnown = Object.hasOwn(targets, target);
    if (!isKnown && Object.keys(targets).length >= targetsMax) return { ...this.#now, sent: sent + 1 };
    const before = isKnown ? targets[target]! : 0;
    return { ...this.#now, sent: sent + 1, targets: { ...targets, [target]: before + 1 } };
  }

  #isClosed(target: string): boolean {
    let isClosed = this.#closed.get(target);
    if (isClosed === undefined) {
      const objections = objectionsTo(this.#parts.broker, this.#request, target);
      isClosed = objections.some((each) => forbidding.has(each));
      this.#closed.set(target, isClosed);
    }
    return isClosed;
  }

  /** Waits until the next may be sent; before a wait what was sent becomes durable. */
  async #pace(): Promise<void> {
    const { clock } = this.#parts;
    const { ratePerSecond } = this.#request;
    if (ratePerSecond === undefined) return;
    const dueMs = this.#startMs + (this.#now.sent / ratePerSecond) * 1_000;
    const leftMs = dueMs - clock.monotonic();
    if (leftMs <= 0) return;
    await this.#sync();
    await this.#wait(leftMs);
  }

  #wait(waitMs: number): Promise<void> {
    const { signal } = this.#stop;
    return new Promise((resolve) => {
      this.#parts.clock.after(waitMs, resolve);
      signal.addEventListener('abort', () => {
        resolve();
      });
    });
  }

  async #sync(): Promise<void> {
    const { broker, clock, news } = this.#parts;
    const synced = this.#now;
    if (this.#unsynced > 0) await broker.administration.durable();
    this.#unsynced = 0;
    this.job = synced;
    if (clock.monotonic() - this.#toldMs < newsMs) return;
    this.#toldMs = clock.monotonic();
    news(synced);
  }

  #change(change: Partial<RedriveJob>): void {
    this.#now = { ...this.#now, ...change };
  }

  async #end(state: RedriveState, problem: string | undefined): Promise<void> {
    const { records, slot, clock, news } = this.#parts;
    const ended = {
      ...this.#now,
      ...{ state, endedMs: clock.now() },
      ...(problem === undefined ? {} : { problem }),
    };
    try {
      await records.keep(slot, ended);
    } catch {
      // The process ends, or the virtual host is gone: what was sent is in the record of the last step.
    }
    this.job = this.#now = ended;
    news(ended);
  }
}
