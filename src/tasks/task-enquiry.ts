/**
 * Asks about one task: its message where it waits or runs, else the record of its end. Invariant: the message is looked
 * for first, so a task that ends meanwhile is found by its end, and one that was sent back by its message.
 */
import { requireCapability, type Engine, type MessageReport } from '../engines/index.js';
import { SluiceError, type Clock } from '../kernel/index.js';
import { explanationText } from './explanation-text.js';
import { encodeOutcome, outcomeKey, type Outcome } from './outcome.js';
import type { Outcomes } from './outcomes.js';
import { explain, type Explanation, type TaskWhy } from './task-explanation.js';
import { statusOf, type TaskStatus } from './task-status.js';

/** Names a task; without its queue, every queue that finds messages by identifier is looked through. */
export interface TaskName {
  readonly id: string;
  readonly queue?: string | undefined;
}

/** What was found of a task. */
export type FoundTask =
  | { readonly kind: 'there'; readonly report: MessageReport }
  | { readonly kind: 'ended'; readonly outcome: Outcome }
  | { readonly kind: 'unknown' };

/** `cancelled`: it waited, and is gone. `asked`: whoever has it, or will, is told. `done`: it had ended before. */
export type CancelResult = 'cancelled' | 'asked' | 'done' | 'unknown';

export class TaskEnquiry {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #outcomes: Outcomes;

  constructor(engine: Engine, clock: Clock, outcomes: Outcomes) {
    this.#engine = engine;
    this.#clock = clock;
    this.#outcomes = outcomes;
  }

  /** Rejects with `unsupported` where the engine cannot tell, `precondition-failed` for a queue without an index. */
  async find({ id, queue }: TaskName): Promise<FoundTask> {
    requireCapability(this.#engine, 'messages');
    let refusal: SluiceError | undefined;
    const report = await this.#engine.messages.find(id, queue).catch((error: unknown) => {
      if (!(error instanceof SluiceError)) throw error;
      if (error.code === 'precondition-failed') refusal = error;
      else if (error.code !== 'not-found') throw error;
      return undefined;
    });
    if (report !== undefined) return { kind: 'there', report };
    const outcome = await this.#outcomeOf(id);
    if (outcome !== undefined) return { kind: 'ended', outcome };
    if (refusal !== undefined) throw refusal;
    return { kind: 'unknown' };
  }

  async #outcomeOf(id: string): Promise<Outcome | undefined> {
    return this.#engine.capabilities.records.kind === 'none' ? undefined : this.#outcomes.find(id);
  }

  async why(name: TaskName): Promise<TaskWhy> {
    const explanation = explanationOf(await this.find(name));
    return { ...explanation, text: explanationText(explanation, this.#clock.now()) };
  }

  async status(name: TaskName): Promise<TaskStatus> {
    const found = await this.find(name);
    if (found.kind === 'there') return statusOf(found.report);
    return found.kind === 'ended' ? found.outcome : { state: 'unknown' };
  }

  /**
   * Removes a task that waits, with the record of its end in the same step. `unable`: this engine or queue cannot
   * remove one message.
   */
  async remove(
    id: string,
    queue: string,
    end: { readonly reason: string | undefined; readonly keepMs: number },
  ): Promise<'removed' | 'active' | 'absent' | 'unable'> {
    if (this.#engine.capabilities.messages.kind === 'none') return 'unable';
    const found = await this.#engine.messages.find(id, queue).catch(unableOr);
    if (found === 'unable') return found;
    if (found === undefined) return 'absent';
    const outcome: Outcome = {
      state: 'cancelled',
      reason: end.reason,
      attempts: found.deliveryCount,
      endedMs: Math.floor(this.#clock.now()),
    };
    const record = { key: outcomeKey(id), value: encodeOutcome(outcome), ttlMs: end.keepMs };
    const removed = await this.#engine.messages.remove(queue, id, end.keepMs > 0 ? record : undefined);
    if (removed !== 'removed' || end.keepMs === 0) return removed;
    // Its message was there twice, and the other one has ended: that end stays.
    return (await this.#outcomes.find(id))?.state === 'cancelled' ? removed : 'absent';
  }
}

function explanationOf(found: FoundTask): Explanation {
  switch (found.kind) {
    case 'there':
      return explain(found.report);
    case 'ended':
      return { kind: 'done', outcome: found.outcome };
    case 'unknown':
      return { kind: 'unknown' };
  }
}

function unableOr(error: unknown): 'unable' | undefined {
  if (error instanceof SluiceError && error.code === 'precondition-failed') return 'unable';
  if (error instanceof SluiceError && error.code === 'not-found') return undefined;
  throw error;
}
