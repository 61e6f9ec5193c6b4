/**
 * Sends the firings of one periodic task. Every process that declares the task runs one of these; a record, changed by
 * compare-and-set in one step with the sending, lets exactly one of them send each firing.
 */
import type { EngineMessage, RecordEntry } from '../../engines/index.js';
import type { CancelTimer } from '../../kernel/index.js';
import type { TaskDesk } from '../task-desk.js';
import type { TaskId } from '../task-id.js';
import { taskHeaders, taskMessage } from '../task-message.js';
import type { TaskPlan } from '../task-options.js';
import { dueFirings } from './firings.js';
import type { PeriodicPlan } from './periodic-plan.js';

/** What the record `periodic/NAME` holds, `periodic/NAME/ID` of a kept schedule. */
interface Sent {
  /** The last moment that was sent, Unix ms. */
  readonly lastMs: number;
  /** The task of that firing, and of the one before it. */
  readonly id: TaskId;
  readonly beforeId?: TaskId | undefined;
}

/** A failed look is repeated after this. */
const retryMs = 1_000;
/** Timers are set anew at least so often, so that a jump of time does not hold a firing back. */
const sleepMsMax = 60_000;

export class PeriodicScheduler {
  readonly #desk: TaskDesk;
  readonly #plan: TaskPlan;
  readonly #periodic: PeriodicPlan;
  readonly #key: string;
  #cancelTimer: CancelTimer | undefined;
  #isStopped = false;

  /** `id`: of a schedule that is kept, and not the task's own. */
  constructor(desk: TaskDesk, plan: TaskPlan, periodic: PeriodicPlan, id?: string) {
    this.#desk = desk;
    this.#plan = plan;
    this.#periodic = periodic;
    this.#key = `periodic/${plan.name}${id === undefined ? '' : `/${id}`}`;
  }

  start(): void {
    this.#look();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer?.();
  }

  /** Sends what is due. Gives when to look again, Unix ms; undefined: never. */
  async runOnce(): Promise<number | undefined> {
    await this.#desk.declare(this.#plan);
    const { engine, clock } = this.#desk;
    const entry = await engine.records.get(this.#key);
    const sent = entry === undefined ? undefined : (JSON.parse(entry.value.toString()) as Sent);
    const { schedule, missed, sinceMs = Infinity } = this.#periodic;
    const nowMs = clock.now();
    const lastMs = sent?.lastMs ?? (sinceMs <= nowMs ? sinceMs : undefined);
    const { firings, againMs } = dueFirings(schedule, lastMs, nowMs, missed);
    if (firings.length > 0 && (await this.#send(firings, entry, sent)) && this.#periodic.overlap === 'cancel')
      await this.#cancelBefore(sent);
    return againMs;
  }

  /** False: another process was first. */
  async #send(
    firings: readonly number[],
    entry: RecordEntry | undefined,
    before: Sent | undefined,
  ): Promise<boolean> {
    const queue = this.#plan.queue;
    const sends = firings.map((fireMs) => ({ fireMs, id: this.#desk.ids.next() }));
    const { fireMs: lastMs, id } = sends.at(-1)!;
    const beforeId = sends.at(-2)?.id ?? before?.id;
    const value = Buffer.from(JSON.stringify({ lastMs, id, beforeId } satisfies Sent));
    const messages = sends.map((one) => this.#message(one.id, one.fireMs));
    const puts = [{ key: this.#key, value, expected: entry?.version ?? 'absent' } as const];
    const outcome = await this.#desk.traced(queue, messages, (traced) =>
      this.#desk.engine.commit({ sends: traced.map((message) => ({ queue, message })), puts }),
    );
    return outcome.kind === 'written';
  }

  /** The moment of the last one has come: the run before it makes room. */
  async #cancelBefore(sent: Sent | undefined): Promise<void> {
    if (sent?.beforeId === undefined) return;
    await this.#desk.cancel({ id: sent.beforeId, queue: this.#plan.queue }, 'the next run is due');
  }

  #message(id: TaskId, fireMs: number): EngineMessage {
    const { name, priority, costMs, deadlineMs } = this.#plan;
    const nowMs = this.#desk.clock.now();
    const delayMs = Math.max(0, Math.round(fireMs - nowMs));
    const message = taskMessage({
      id,
      name,
      body: this.#periodic.body,
      priority,
      nowMs,
      costMs,
      delayMs: delayMs === 0 ? undefined : delayMs,
      // One run at a time: what overlaps is decided when its turn comes.
      key: this.#key,
      tenant: undefined,
      deadlineMs: deadlineMs === undefined ? undefined : fireMs + deadlineMs,
      expirationMs: undefined,
      after: undefined,
      runsAfterFailure: false,
    });
    return { ...message, headers: { ...message.headers, [taskHeaders.fireMs]: fireMs } };
  }

  #look(): void {
    this.runOnce().then(
      (againMs) => {
        if (againMs !== undefined) this.#sleep(againMs - this.#desk.clock.now());
      },
      () => {
        this.#sleep(retryMs);
      },
    );
  }

  #sleep(delayMs: number): void {
    if (this.#isStopped) return;
    this.#cancelTimer = this.#desk.clock.after(Math.min(Math.max(1, delayMs), sleepMsMax), () => {
      this.#look();
    });
  }
}
