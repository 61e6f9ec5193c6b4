/**
 * What all tasks of one opening share: the engine, time and chance, the names of tasks, and the small records that
 * processes leave for each other (wishes to cancel, progress, the windows of `dedupe`).
 */
import type { App, Engine, EngineMessage, JsonValue, QueueOptions, RecordPut } from '../engines/index.js';
import { requireCapability } from '../engines/index.js';
import { SluiceError, type Clock, type Random } from '../kernel/index.js';
import type { CostEstimate } from '../scheduling/index.js';
import { CostExchange } from './cost-exchange.js';
import { TaskReporter } from './figures/task-reporter.js';
import type { LearnedCosts } from './costs.js';
import { FailedAttempts } from './failed-attempts.js';
import { outcomeKey } from './outcome.js';
import { Outcomes } from './outcomes.js';
import { ownQueueOn } from './own-queue.js';
import { encodeValue, jsonOf } from './payload.js';
import { TaskEnquiry, type CancelResult } from './task-enquiry.js';
import { TaskIds, type TaskId } from './task-id.js';
import type { TaskPlan } from './task-options.js';
import type { TaskTracing } from './tracing.js';

/** How long a wish to cancel is kept for a worker that is away; one day. */
const cancelKeptMs = 86_400_000;
/** How long the last word on progress is kept after it was said; one day. */
const progressKeptMs = 86_400_000;

/** The reason of a cancel travels in headers and records. */
const reasonLengthMax = 4_096;

/** As `keepResult` of a task. */
const keepResultMsDefault = 3_600_000;

/** Names a task on its way: what is asked of one that may be in any state. */
export interface TaskPlace {
  readonly id: TaskId;
  readonly queue: string;
  /** How long the outcome of a task that is cancelled is kept; an hour unless said otherwise. */
  readonly keepResultMs?: number | undefined;
  /** Its type, where it is known: it is counted as cancelled. */
  readonly task?: string | undefined;
}

export class TaskDesk {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: TaskIds;
  readonly outcomes: Outcomes;
  readonly enquiry: TaskEnquiry;
  readonly costs: LearnedCosts;
  /** What went wrong in attempts that are made again. */
  readonly failedAttempts: FailedAttempts;
  /** Counts what is done here, for whoever measures. */
  readonly reporter: TaskReporter;
  /** Undefined: nobody traces. */
  readonly tracing: TaskTracing | undefined;
  readonly #exchange: CostExchange;
  readonly #app: App;
  readonly #warned = new Set<string>();
  /** Queues that are being made, or were. */
  readonly #declaring = new Map<string, Promise<void>>();
  readonly #declared = new Set<string>();

  constructor(app: App, clock: Clock, random: Random, tracing?: TaskTracing) {
    this.tracing = tracing;
    this.#app = app;
    this.engine = app.engine;
    this.clock = clock;
    this.random = random;
    this.ids = new TaskIds(random);
    this.reporter = new TaskReporter(this.engine, clock, this.ids.origin);
    this.outcomes = new Outcomes(this.engine, this.ids.origin);
    this.#exchange = new CostExchange(app.engine);
    this.costs = this.#exchange.costs;
    this.failedAttempts = new FailedAttempts(this.engine, clock);
    this.enquiry = new TaskEnquiry(this.engine, clock, this.outcomes);
  }

  /** Whether a task's queue delivers; gives whether that has changed. */
  async setPaused(plan: TaskPlan, paused: boolean): Promise<boolean> {
    requireCapability(this.engine, 'pause');
    await this.declare(plan);
    return this.engine.topology.setPaused(plan.queue, paused);
  }

  /** Makes the task's queue, once. */
  declare(plan: TaskPlan): Promise<void> {
    let declaring = this.#declaring.get(plan.queue);
    if (declaring === undefined) {
      declaring = this.#declare(plan);
      this.#declaring.set(plan.queue, declaring);
      declaring.catch(() => this.#declaring.delete(plan.queue));
    }
    return declaring;
  }

  /** Resolves when the costs that workers elsewhere have learned are known here. */
  followCosts(): Promise<void> {
    return this.#exchange.follow();
  }

  /** What workers have told of costs, by task. */
  toldCosts(): Promise<ReadonlyMap<string, CostEstimate>> {
    return this.#exchange.told();
  }

  async #declare(plan: TaskPlan): Promise<void> {
    const { queue, queueOptions } = plan;
    if (needsCost(plan)) await this.#exchange.follow();
    const options = ownQueueOn(this.engine.capabilities, queueOptions);
    await this.#app
      .queue(queue, options)
      .declare()
      .catch((error: unknown) => this.#takeWithoutIndex(queue, options, error));
    this.#declared.add(queue);
  }

  /** A queue that an earlier build made has no index: its tasks go on, and only what needs the index is refused. */
  async #takeWithoutIndex(queue: string, options: QueueOptions | undefined, error: unknown): Promise<void> {
    if (options?.messageIndex !== true) throw error;
    if (!(error instanceof SluiceError) || error.code !== 'precondition-failed') throw error;
    // Where more than the index differs, the first refusal says what.
    const declaring = this.#app.queue(queue, { ...options, messageIndex: false }).declare();
    await declaring.catch(() => Promise.reject(error));
    this.warn(
      `queue '${queue}' was made without x-message-index: its tasks run, but cannot be asked why they wait, nor be removed while they do. Once it is empty, delete it (sluice queue delete ${queue}) and start again.`,
    );
  }

  /** Whether the queue is there: one that is still being made is not. */
  isDeclared(plan: TaskPlan): boolean {
    return this.#declared.has(plan.queue);
  }

  /** Resolves when the messages are durable. */
  async send(queue: string, messages: readonly EngineMessage[]): Promise<void> {
    await this.traced(queue, messages, (traced) => this.engine.send(queue, traced));
    for (const { type } of messages) if (type !== undefined) this.reporter.of(type).counts.enqueued++;
  }

  /** Lets `send` send messages to a queue, told to whoever traces. */
  traced<Sent>(
    queue: string,
    messages: readonly EngineMessage[],
    send: (messages: readonly EngineMessage[]) => Promise<Sent>,
  ): Promise<Sent> {
    return this.tracing === undefined ? send(messages) : this.tracing.sending(queue, messages, send);
  }

  /**
   * Sends a task unless one was sent under the same key before, as one step; gives the name of the one that counts.
   */
  async sendOnce(
    queue: string,
    message: EngineMessage,
    id: TaskId,
    dedupe: { readonly key: string; readonly windowMs: number },
  ): Promise<TaskId> {
    requireCapability(this.engine, 'records');
    const put: RecordPut = {
      key: dedupe.key,
      value: Buffer.from(id),
      expected: 'absent',
      ttlMs: dedupe.windowMs,
    };
    const outcome = await this.traced(queue, [message], ([traced]) =>
      this.engine.commit({ sends: [{ queue, message: traced! }], puts: [put] }),
    );
    if (outcome.kind === 'written' && message.type !== undefined)
      this.reporter.of(message.type).counts.enqueued++;
    if (outcome.kind === 'written' || outcome.current === undefined) return id;
    return outcome.current.value.toString() as TaskId;
  }

  async progressOf(id: TaskId): Promise<JsonValue | undefined> {
    const entry = await this.engine.records.get(progressKey(id));
    return entry === undefined ? undefined : (JSON.parse(entry.value.toString('utf8')) as JsonValue);
  }

  async setProgress(id: string, value: JsonValue): Promise<void> {
    const record = encodeValue(value, 'the progress of a task');
    await this.engine.records.put(progressKey(id), record, { ttlMs: progressKeptMs });
  }

  /** Removes a task that waits; for another it leaves the wish for whichever worker has it, or will have it. */
  async cancel(place: TaskPlace, reason: string | undefined): Promise<CancelResult> {
    const { id, queue, keepResultMs: keepMs = keepResultMsDefault } = place;
    if (reason !== undefined && typeof reason !== 'string')
      throw new SluiceError('bad-input', 'the reason of a cancel is text');
    if (reason !== undefined && reason.length > reasonLengthMax)
      throw new SluiceError('bad-input', `the reason of a cancel has at most ${reasonLengthMax} letters`);
    const removed = await this.enquiry.remove(id, queue, { reason, keepMs });
    if (removed === 'removed') {
      if (place.task !== undefined) this.reporter.of(place.task).counts.cancelled++;
      return 'cancelled';
    }
    requireCapability(this.engine, 'records');
    const isHeld = removed === 'active';
    if (!isHeld && (await this.engine.records.get(outcomeKey(id))) !== undefined) return 'done';
    if (removed === 'absent') return 'unknown';
    const value = Buffer.from(jsonOf({ reason }, 'a cancel'));
    await this.engine.records.put(cancelKey(queue, id), value, { ttlMs: cancelKeptMs });
    return 'asked';
  }

  /** Tells what is not an error: the process's warnings show it once for each text. */
  warn(text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    process.emitWarning(text, 'SluiceWarning');
  }

  close(): void {
    this.#exchange.close();
    this.outcomes.close();
  }
}

/** Whether something depends on a cost that is to be learned: an order by laxity, a deadline, the analysis. */
function needsCost({ costMs, queueOptions, deadlineMs, gapMs }: TaskPlan): boolean {
  return (
    costMs === undefined && (queueOptions === undefined || deadlineMs !== undefined || gapMs !== undefined)
  );
}

function progressKey(id: string): string {
  return `progress/${id}`;
}

/** Wishes to cancel tasks of a queue begin with this. */
export function cancelPrefix(queue: string): string {
  return `cancel/${queue}/`;
}

export function cancelKey(queue: string, id: string): string {
  return cancelPrefix(queue) + id;
}

/** The reason in a wish to cancel. */
export function cancelReasonOf(value: Buffer): string | undefined {
  return (JSON.parse(value.toString('utf8')) as { reason?: string }).reason;
}
