/**
 * One redrive on its way. Invariants: each letter leaves its queue, comes in where it goes and is counted in one step
 * with those that go at once, so that whatever ends the process nothing is lost, sent twice or miscounted; what it tells
 * is durable.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Broker, MessageChange, Operator, RelocationOutcome } from '../../broker/index.js';
import { messageOf, type Clock } from '../../kernel/index.js';
import { ChosenLetters, type ChosenLetter } from './chosen-letters.js';
import { deadTasksPrefix } from './dead-letter-queues.js';
import { countedJob } from './redrive-count.js';
import { RedrivePace } from './redrive-pace.js';
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
import { SyncBehind } from './sync-behind.js';

/** Letters that go at once: fewer where they take long. */
const stepLetters = 32;
const newsMs = 500;

/** A letter of a batch that has where to go. */
interface Going {
  readonly index: number;
  readonly letter: ChosenLetter;
  readonly target: string;
}

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
  readonly #pace: RedrivePace;
  readonly #behind = new SyncBehind(() => this.#sync());
  #toldMs = -Infinity;
  /** The queues that no letter may go to, as of the last batch. */
  readonly #closed = new Map<string, boolean>();

  constructor(job: RedriveJob, request: RedriveRequest, parts: RunParts) {
    this.#now = this.job = job;
    this.#request = request;
    this.#parts = parts;
    this.#pace = new RedrivePace(parts.clock, request.ratePerSecond);
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
    let problem: string | undefined;
    while (problem === undefined && !this.#isOver()) {
      const batch = await letters.next(signal);
      if (batch === undefined) break;
      this.#closed.clear();
      problem = await this.#sendBatch(batch);
      if (problem === undefined) this.#change({ seen: letters.seen });
      await this.#behind.next();
    }
    await this.#behind.all();
    return problem;
  }

  async #sendBatch(batch: readonly ChosenLetter[]): Promise<string | undefined> {
    let at = 0;
    while (at < batch.length && !this.#isOver()) {
      const going = this.#goingFrom(batch, at, await this.#due());
      if (this.#isCancelled()) break;
      if (going.length === 0) {
        this.#change({ homeless: this.#now.homeless + batch.length - at });
        break;
      }
      const { outcomes, after } = await this.#move(going, at);
      this.#now = after;
      if (outcomes.at(-1) === 'full') return `'${going[outcomes.length - 1]!.target}' is full`;
      at = going[outcomes.length - 1]!.index + 1;
      for (const { letter } of going.slice(0, outcomes.length)) this.#behind.add(letter.bytes);
      await this.#behind.room();
      await nextTurn();
    }
    return undefined;
  }

  /** The next letters of a batch that have where to go. */
  #goingFrom(batch: readonly ChosenLetter[], from: number, most: number): Going[] {
    const going: Going[] = [];
    for (let index = from; index < batch.length && going.length < most; index++) {
      const letter = batch[index]!;
      const { target } = letter;
      if (target !== undefined && !this.#isClosed(target)) going.push({ index, letter, target });
    }
    return going;
  }

  /** Sends as many as can go at once. Those between them that have nowhere to go are counted with them. */
  async #move(
    going: readonly Going[],
    at: number,
  ): Promise<{ readonly outcomes: readonly RelocationOutcome[]; readonly after: RedriveJob }> {
    const { broker, slot, operator } = this.#parts;
    const { vhost, queue } = this.#request;
    const now = this.#now;
    const targets = going.map(({ target }) => target);
    const afterwards = (outcomes: readonly RelocationOutcome[]): RedriveJob => {
      const passed = going[outcomes.length - 1]!.index + 1 - at;
      return countedJob(now, targets, outcomes, passed - outcomes.length);
    };
    const outcomes = await broker.administration.queues.moveTogether(
      vhost,
      queue,
      going.map(({ letter, target }) => ({
        position: letter.position,
        to: target,
        change: () => this.#changeOf(letter, target),
      })),
      (each) => [jobPut(slot, afterwards(each))],
      operator,
    );
    return { outcomes, after: afterwards(outcomes) };
  }

  #changeOf(letter: ChosenLetter, target: string): MessageChange {
    const { queue, guard, edit } = this.#request;
    const { properties, death } = letter;
    const guarded = guard ? guardPut(queue, letter, this.#now.id) : undefined;
    return {
      exchange: death.exchange ?? '',
      routingKey: death.routingKey ?? target,
      properties: redrivenProperties(properties, {
        redriveId: this.#now.id,
        from: queue,
        before: death.redriven,
        nowMs: this.#parts.clock.now(),
        edit,
      }),
      body: edit?.body,
      puts: guarded === undefined ? [] : [guarded],
      // Whoever asks for the result of a task waits for its new end.
      deletions: queue.startsWith(deadTasksPrefix) && death.messageId ? [`task/${death.messageId}`] : [],
    };
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

  /** How many may be sent now; waits until one may, and before a wait what was sent becomes durable. */
  async #due(): Promise<number> {
    const { count = Infinity } = this.#request;
    let due = this.#pace.dueAfter(this.#now.sent);
    while (due === 0 && !this.#isCancelled()) {
      await this.#behind.all();
      await this.#pace.wait(this.#now.sent, this.#stop.signal);
      due = this.#pace.dueAfter(this.#now.sent);
    }
    return Math.min(due, count - this.#now.sent, stepLetters);
  }

  async #sync(): Promise<void> {
    const { broker, clock, news } = this.#parts;
    const synced = this.#now;
    await broker.administration.durable();
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
      await this.#behind.all();
      await records.keep(slot, ended);
    } catch {
      // The process ends, or the virtual host is gone: what was sent is in the record of the last step.
    }
    this.job = this.#now = ended;
    news(ended);
  }
}
