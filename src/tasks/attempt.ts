/**
 * One attempt at a task, from its delivery to its settlement. Invariant: the delivery is settled once, and only after
 * the handler has returned: a task that was told to stop and does not is still counted as running.
 */
import {
  headerNames,
  type AckOptions,
  type Delivery,
  type JsonValue,
  type RecordPut,
  type SendTo,
  type SettleOutcome,
} from '../engines/index.js';
import { assert, SluiceError, type CancelTimer } from '../kernel/index.js';
import { ending, reasonOf, type AttemptResult, type Settling, type Stop } from './attempt-result.js';
import { failureAmong } from './dependencies.js';
import { AttemptFigures } from './figures/attempt-figures.js';
import { outcomeKey, encodeOutcome, type Outcome } from './outcome.js';
import { decodeValue } from './payload.js';
import { lastRunKey } from './periodic/periodic-plan.js';
import { isConflict, isRefusedSend } from './refused-settlements.js';
import { nextAttempt, type NextAttempt } from './retry-policy.js';
import { validate, type StandardSchema } from './standard-schema.js';
import type { TaskContext } from './task-context.js';
import type { TaskDesk } from './task-desk.js';
import { failureOf, SchemaMismatch } from './task-errors.js';
import { enqueuedAt, needsOf, taskHeaders } from './task-message.js';
import type { TaskHandler, TaskPlan } from './task-options.js';
import type { AttemptTrace } from './tracing.js';
import type { ThreadPlan } from './threads/thread-plan.js';
import type { ThreadPlace, ThreadPool } from './threads/thread-pool.js';

/** Any task, as a worker sees it; its types are checked where it is declared. */
export interface AnyTask {
  readonly name: string;
  readonly plan: TaskPlan;
  readonly handler: TaskHandler<never, unknown> | undefined;
}

export class Attempt implements TaskContext {
  readonly task: string;
  readonly taskId: string;
  readonly attempt: number;
  readonly delivery: Delivery;
  /** Undefined: nobody traces. */
  readonly trace: AttemptTrace | undefined;
  readonly figures: AttemptFigures;
  readonly #task: AnyTask;
  readonly #desk: TaskDesk;
  readonly #threads: ThreadPool | undefined;
  #handler: AnyTask['handler'];
  #controller: AbortController | undefined;
  #stop: Stop | undefined;
  #sends: SendTo[] | undefined;

  /** `threads` are there where the task's handler is in a file. */
  constructor(desk: TaskDesk, task: AnyTask, delivery: Delivery, threads?: ThreadPool) {
    this.#desk = desk;
    this.#task = task;
    this.#threads = threads;
    this.#handler = task.handler;
    this.task = task.name;
    this.delivery = delivery;
    this.taskId = delivery.messageId ?? '';
    this.attempt = delivery.attempt;
    this.trace = desk.tracing?.processing(task.name, delivery);
    this.figures = new AttemptFigures(desk, task.plan, delivery);
  }

  get enqueuedAt(): Date {
    return enqueuedAt(this.delivery);
  }

  get scheduledAt(): Date | undefined {
    const fireMs = this.delivery.header(taskHeaders.fireMs);
    return fireMs === undefined ? undefined : new Date(Number(fireMs));
  }

  get deadline(): Date | undefined {
    return this.delivery.deadline;
  }

  get key(): string | undefined {
    return this.delivery.key;
  }

  /** Made when somebody looks: most handlers do not, and a controller costs more than the rest of the attempt. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#stop !== undefined) this.#controller.abort(reasonOf(this.taskId, this.#stop));
    }
    return this.#controller.signal;
  }

  /** A function of its own, as handlers take the context apart. */
  get progress(): TaskContext['progress'] {
    return (value: JsonValue) => this.#desk.setProgress(this.taskId, value);
  }

  get send(): TaskContext['send'] {
    return (queue, message) => {
      this.#sends ??= [];
      this.#sends.push({ queue, message: this.trace === undefined ? message : this.trace.carry(message) });
    };
  }

  /** Somebody wants it cancelled. */
  cancel(reason: string | undefined): void {
    this.#halt({ kind: 'cancel', reason });
  }

  /** The worker stops at once. */
  shutDown(): void {
    this.#halt({ kind: 'shutdown' });
  }

  #halt(stop: Stop): void {
    if (this.#stop !== undefined) return;
    this.#stop = stop;
    this.#controller?.abort(reasonOf(this.taskId, stop));
  }

  /**
   * Runs the handler; its slot is free when this is given or resolves. `result` rejects when the engine has failed.
   * A handler that gives no promise is done with at once.
   */
  run(): Settling | Promise<Settling> {
    this.figures.begun();
    const { plan } = this.#task;
    const isUnguarded =
      plan.attemptTimeoutMs === undefined &&
      plan.thread === undefined &&
      plan.onLate === 'run' &&
      plan.periodic === undefined &&
      this.delivery.header(taskHeaders.needs) === undefined;
    return isUnguarded ? this.#runHandler() : this.#runGuarded();
  }

  #runHandler(): Settling | Promise<Settling> {
    const begunMs = this.#desk.clock.monotonic();
    let handled: unknown;
    try {
      handled = this.#handle();
    } catch (error) {
      return this.#threw(error, begunMs);
    }
    if (!(handled instanceof Promise)) return this.#returned(handled, begunMs);
    return handled.then(
      (output) => this.#returned(output, begunMs),
      (error: unknown) => this.#threw(error, begunMs),
    );
  }

  #threw(error: unknown, begunMs: number): Settling {
    this.figures.processed(this.#desk.clock.monotonic() - begunMs);
    return ending(this.#failed(error));
  }

  #returned(output: unknown, begunMs: number): Settling {
    const { clock, costs } = this.#desk;
    const endedMs = clock.monotonic();
    costs.add(this.task, endedMs - begunMs, endedMs);
    this.figures.processed(endedMs - begunMs);
    return this.#completed(output);
  }

  /** With everything that may come before the handler, and its time. */
  async #runGuarded(): Promise<Settling> {
    const { plan } = this.#task;
    if (this.#isLate) return ending(this.#late());
    const needs = needsOf(this.delivery);
    const missing = needs.length === 0 ? undefined : await failureAmong(this.#desk, needs);
    if (missing !== undefined) return ending(this.#giveUp(missing));
    if (plan.periodic?.overlap === 'skip' && (await this.#overlaps()))
      return ending(this.endCancelled('the run before it was still at work'));
    return plan.thread === undefined ? this.#runTimed() : this.#runInThread(plan.thread);
  }

  /** Its time begins when there is a thread for it. */
  async #runInThread(plan: ThreadPlan): Promise<Settling> {
    let place: ThreadPlace;
    try {
      place = await this.#threads!.acquire(plan, this.signal);
    } catch (error) {
      return ending(this.#failed(error));
    }
    try {
      if (this.#isLate) return ending(this.#late());
      this.#handler = place.handler;
      return await this.#runTimed();
    } finally {
      place.release();
    }
  }

  async #runTimed(): Promise<Settling> {
    const { attemptTimeoutMs } = this.#task.plan;
    if (attemptTimeoutMs === undefined) return this.#runHandler();
    const cancelTimer = this.#watchTime(attemptTimeoutMs);
    try {
      return await this.#runHandler();
    } finally {
      cancelTimer();
    }
  }

  /**
   * Runs of a periodic task come one after another; one whose moment fell into the run before is left out. One that was
   * sent after its moment makes up for what was missed: no run was at work then.
   */
  async #overlaps(): Promise<boolean> {
    const { scheduledAt } = this;
    if (scheduledAt === undefined || scheduledAt <= this.enqueuedAt || this.attempt > 1) return false;
    const entry = await this.#desk.engine.records.get(lastRunKey(this.task));
    return entry !== undefined && Number(entry.value.toString()) > scheduledAt.getTime();
  }

  /** Gives the way to stop watching. */
  #watchTime(timeoutMs: number): CancelTimer {
    return this.#desk.clock.after(timeoutMs, () => {
      const text = `the attempt took longer than ${timeoutMs} ms`;
      this.#halt({ kind: 'timeout', error: new SluiceError('timeout', text, { retryable: true }) });
    });
  }

  /** The handler's result, checked. */
  #handle(): unknown {
    const { plan } = this.#task;
    const handler = this.#handler;
    assert(handler !== undefined, 'a task without a handler is not attempted');
    const payload = decodeValue(this.delivery.text(), `the payload of task '${plan.name}'`);
    if (plan.input === undefined && plan.output === undefined) return handler(payload as never, this);
    return this.#handleChecked(payload);
  }

  async #handleChecked(payload: unknown): Promise<unknown> {
    const { plan } = this.#task;
    const given =
      plan.input === undefined
        ? payload
        : await checked(plan.input, payload, `the payload of task '${plan.name}'`);
    const result: unknown = await this.#handler!(given as never, this);
    return plan.output === undefined
      ? result
      : checked(plan.output, result, `the result of task '${plan.name}'`);
  }

  #completed(output: unknown): Settling {
    let records: readonly RecordPut[] | undefined;
    try {
      records = this.#records({ state: 'completed', output, attempts: this.attempt, endedMs: this.#nowMs() });
    } catch (error) {
      // What the handler returned is no JSON: a failure like any other, told to whoever waits.
      return ending(this.#failed(error));
    }
    const settled = this.delivery.ack(ackOptions(records, this.#sends));
    if ((this.#sends?.length ?? 0) === 0) return { kind: 'completing', settled };
    const told = settled.then((outcome) => ({ kind: outcome === 'lost' ? 'lost' : 'completed' }) as const);
    return ending(told.catch((error: unknown) => this.#sendRefused(error)));
  }

  /** A send that is refused fails its attempt. */
  #sendRefused(error: unknown): Promise<AttemptResult> {
    return isRefusedSend(error) && this.delivery.isHeld ? this.#failed(error) : this.endedBefore(error);
  }

  /**
   * For a settlement that was refused because the task has its outcome: this message was sent twice, as after a confirm
   * that was lost with the server. It goes, and what was done for it does not count. Rejects with any other `error`.
   */
  async endedBefore(error: unknown): Promise<AttemptResult> {
    if (!isConflict(error, outcomeKey(this.taskId))) throw error;
    await this.delivery.ack();
    return { kind: 'lost' };
  }

  async #failed(thrown: unknown): Promise<AttemptResult> {
    const stop = this.#stop;
    if (stop?.kind === 'cancel') return this.endCancelled(stop.reason);
    if (stop?.kind === 'shutdown') {
      await this.delivery.release();
      return { kind: 'released' };
    }
    const error = stop?.kind === 'timeout' ? stop.error : thrown;
    let next: NextAttempt;
    try {
      next = nextAttempt(this.#task.plan.retry, this.attempt, error, this.#desk.random);
    } catch (refusal) {
      return this.#giveUp(policyFailure(this.task, refusal, error));
    }
    if (next.kind === 'give-up') return this.#giveUp(error);
    if (this.#task.plan.keepResultMs > 0)
      this.#desk.failedAttempts.keep(this.taskId, this.attempt, this.figures.beganMs, error);
    const outcome = await this.delivery.retry(next.afterMs);
    return outcome === 'lost' ? { kind: 'lost' } : { kind: 'retried', error, afterMs: next.afterMs };
  }

  /** Ends a task that was cancelled, whether it had begun or not. */
  endCancelled(reason: string | undefined): Promise<AttemptResult> {
    const attempts = this.attempt;
    const records = this.#records({ state: 'cancelled', reason, attempts, endedMs: this.#nowMs() });
    return this.#ended(this.delivery.ack(ackOptions(records)), { kind: 'cancelled' });
  }

  #giveUp(error: unknown): Promise<AttemptResult> {
    const failure = failureOf(error);
    const attempts = this.attempt;
    const records = this.#records({ state: 'failed', failure, attempts, endedMs: this.#nowMs() });
    const settling = this.delivery.deadLetter(failure.message, {
      headers: { [taskHeaders.failure]: JSON.stringify(failure), [taskHeaders.attempts]: attempts },
      ...(records === undefined ? {} : { records }),
    });
    return this.#ended(settling, { kind: 'failed', error });
  }

  #ended(settling: Promise<SettleOutcome>, result: AttemptResult): Promise<AttemptResult> {
    return settling.then(
      (outcome) => (outcome === 'lost' ? { kind: 'lost' } : result),
      (error: unknown) => this.endedBefore(error),
    );
  }

  get #isLate(): boolean {
    const { deadline } = this;
    return (
      deadline !== undefined &&
      this.#task.plan.onLate !== 'run' &&
      this.#desk.clock.now() > deadline.getTime()
    );
  }

  #late(): Promise<AttemptResult> {
    const records = this.#records({
      state: 'missed',
      deadlineMs: this.deadline!.getTime(),
      attempts: this.attempt - 1,
      endedMs: this.#nowMs(),
    });
    const options = ackOptions(records);
    const settling =
      this.#task.plan.onLate === 'drop'
        ? this.delivery.ack(options)
        : this.delivery.deadLetter('its deadline had passed', options);
    return this.#ended(settling, { kind: 'missed' });
  }

  /** What is written with the task's end; undefined: nothing is kept. */
  #records(outcome: Outcome): readonly RecordPut[] | undefined {
    const { keepResultMs, periodic } = this.#task.plan;
    if (this.#desk.engine.capabilities.records.kind === 'none') return undefined;
    const end = keepResultMs > 0 && this.taskId !== '' ? this.#end(outcome, keepResultMs) : undefined;
    // A run that was left out did not run.
    if (periodic === undefined || outcome.state === 'cancelled') return end === undefined ? undefined : [end];
    const run = { key: lastRunKey(this.task), value: Buffer.from(String(outcome.endedMs)) };
    return end === undefined ? [run] : [end, run];
  }

  /** An outcome is written once; a dead letter that somebody moved back by hand has one, and ends anew. */
  #end(outcome: Outcome, ttlMs: number): RecordPut {
    const key = outcomeKey(this.taskId);
    const value = encodeOutcome(outcome);
    const isMoved = this.delivery.header(headerNames.failureReason) !== undefined;
    return isMoved ? { key, value, ttlMs } : { key, value, ttlMs, expected: 'absent' };
  }

  #nowMs(): number {
    return Math.floor(this.#desk.clock.now());
  }
}

/** The task's own `retry.backoff` failed: what it threw, and on what. */
function policyFailure(task: string, refusal: unknown, error: unknown): SluiceError {
  const text = `retry.backoff of task '${task}' failed (${failureOf(refusal).message}) on: ${failureOf(error).message}`;
  return new SluiceError('bad-input', text, { cause: refusal });
}

async function checked(schema: StandardSchema, value: unknown, what: string): Promise<unknown> {
  const validation = await validate(schema, value);
  if (validation.kind === 'invalid') throw new SchemaMismatch(what, validation.issues);
  return validation.value;
}

function ackOptions(
  records: readonly RecordPut[] | undefined,
  send?: readonly SendTo[],
): Omit<AckOptions, 'send'> & { readonly send?: readonly SendTo[] } {
  if (send === undefined) return records === undefined ? {} : { records };
  return records === undefined ? { send } : { records, send };
}
