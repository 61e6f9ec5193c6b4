/**
 * The dead letters of a queue: tasks that were given up, with what went wrong. Invariant: one that is sent back leaves
 * the dead letters in the same step, where the engine's completion is native; elsewhere it may be there twice for a
 * moment, and is never gone.
 */
import {
  deadLetterQueueOf,
  headerNames,
  type Delivery,
  type Engine,
  type Envelope,
  type HeaderTable,
  type MessageProperties,
} from '../engines/index.js';
import { requireKnownOptions, SluiceError, type Clock, type OptionNames } from '../kernel/index.js';
import { outcomeKey } from './outcome.js';
import { taskHeaders } from './task-message.js';

/** One task among the dead letters. */
export interface DeadTask {
  readonly taskId: string | undefined;
  readonly task: string | undefined;
  /** Where it failed, and where it goes back to. */
  readonly queue: string;
  readonly reason: string;
  /** The name of the error, `Error` unless it said otherwise. */
  readonly errorName: string | undefined;
  readonly stack: string | undefined;
  readonly attempts: number;
  readonly key: string | undefined;
  readonly body: Buffer;
}

export interface RedriveOptions {
  /** Which ones; all unless said otherwise. */
  readonly where?: (task: DeadTask) => boolean;
  /** At most so many a second; as fast as it goes unless said otherwise. */
  readonly perSecond?: number;
  /** Sends nothing, and tells what would be sent. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

export interface RedriveReport {
  /** Those that were looked at. */
  readonly seen: number;
  /** Those that were sent back, or would be. */
  readonly redriven: number;
}

const redriveOptionNames: OptionNames<RedriveOptions> = {
  where: true,
  perSecond: true,
  dryRun: true,
  signal: true,
};

/** Dead letters held at a time while they are looked through; what does not match goes back at the end. */
const heldMax = 10_000;

export class DeadLetters {
  /** The queue that holds them. */
  readonly name: string;
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #queue: string;

  constructor(engine: Engine, clock: Clock, queue: string) {
    this.#engine = engine;
    this.#clock = clock;
    this.#queue = queue;
    this.name = deadLetterQueueOf(queue);
  }

  /** Up to `count` from the front. */
  async list(count = 100): Promise<DeadTask[]> {
    if ((await this.#engine.topology.describeQueue(this.name)) === undefined) return [];
    const stored = await this.#engine.peek(this.name, count);
    return stored.map(({ properties, body }) => deadTask(this.#queue, properties, body));
  }

  /** Sends dead letters back to where they failed, oldest first, their attempts counted anew. */
  async redrive(options: RedriveOptions = {}): Promise<RedriveReport> {
    requireKnownOptions(options, redriveOptionNames, 'redrive');
    const { where = () => true, dryRun = false, perSecond = Infinity } = options;
    if (!(perSecond > 0)) throw new SluiceError('bad-input', `perSecond is above zero, not ${perSecond}`);
    const info = await this.#engine.topology.describeQueue(this.name);
    const count = Math.min(info?.ready ?? 0, heldMax);
    if (count === 0) return { seen: 0, redriven: 0 };
    if (!dryRun) return this.#redrive(count, where, 1_000 / perSecond, options.signal);
    const tasks = await this.list(count);
    return { seen: tasks.length, redriven: tasks.filter(where).length };
  }

  async #redrive(
    count: number,
    where: (task: DeadTask) => boolean,
    pauseMs: number,
    signal: AbortSignal | undefined,
  ): Promise<RedriveReport> {
    const deliveries = await this.#engine.receive(this.name, {
      prefetch: Math.min(count, 65_535),
      deadLetterQueue: deadLetterQueueOf(this.name),
    });
    const kept: Delivery[] = [];
    let [seen, redriven] = [0, 0];
    try {
      while (seen < count && signal?.aborted !== true) {
        const { value, done } = await deliveries.next();
        if (done === true) break;
        seen++;
        const task = deadTask(this.#queue, value.properties, value.body);
        if (!where(task)) {
          kept.push(value);
          continue;
        }
        await this.#reopen(task);
        await value.ack({ send: { queue: task.queue, message: asSent(value, this.#clock.now()) } });
        redriven++;
        if (pauseMs > 0) await this.#pause(pauseMs);
      }
    } finally {
      for (const delivery of kept) await delivery.release();
      await deliveries.close();
    }
    return { seen, redriven };
  }

  /** Whoever asks for its result waits for the new end. */
  async #reopen({ taskId }: DeadTask): Promise<void> {
    if (taskId === undefined || this.#engine.capabilities.records.kind === 'none') return;
    await this.#engine.records.delete(outcomeKey(taskId));
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(delayMs, resolve);
    });
  }
}

/** What a death leaves in the headers; RabbitMQ's own begin with `x-death`, `x-first-death` and `x-last-death`. */
const deathHeader = /^x-(death|first-death|last-death|attempts$|delivery-count$|acquired-count$)/;
const droppedHeaders = new Set<string>([
  headerNames.failureReason,
  headerNames.failureQueue,
  headerNames.earlierAttempts,
  headerNames.delay,
  taskHeaders.failure,
  // Whoever sends it back has seen what failed before it.
  headerNames.after,
  taskHeaders.needs,
]);

/** The message as it was sent first. A deadline is as far away again as it was then. */
function asSent({ properties, headers, body }: Delivery, nowMs: number): Envelope {
  const kept: Record<string, HeaderTable[string]> = {};
  for (const [name, value] of Object.entries(headers))
    if (!droppedHeaders.has(name) && !deathHeader.test(name)) kept[name] = value;
  const deadlineMs = Number(kept[headerNames.deadline]);
  const enqueuedMs = Number(kept[taskHeaders.enqueuedMs]);
  if (deadlineMs > enqueuedMs) kept[headerNames.deadline] = Math.round(nowMs + deadlineMs - enqueuedMs);
  if (enqueuedMs > 0) kept[taskHeaders.enqueuedMs] = Math.floor(nowMs);
  const rest = Object.entries(properties).filter(([name]) => name !== 'expirationMs' && name !== 'userId');
  return { ...Object.fromEntries(rest), headers: kept, body };
}

function deadTask(
  queue: string,
  { headers = {}, type, messageId }: MessageProperties,
  body: Buffer,
): DeadTask {
  const failure = failureIn(headers);
  return {
    taskId: messageId,
    task: type,
    queue: textOf(headers[headerNames.failureQueue]) ?? queue,
    reason: textOf(headers[headerNames.failureReason]) ?? 'unknown',
    errorName: failure?.name,
    stack: failure?.stack,
    attempts: Number(headers[taskHeaders.attempts] ?? headers[headerNames.earlierAttempts] ?? 0),
    key: textOf(headers[headerNames.key]),
    body,
  };
}

function failureIn(headers: HeaderTable): { readonly name?: string; readonly stack?: string } | undefined {
  const text = textOf(headers[taskHeaders.failure]);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as { name?: string; stack?: string };
  } catch {
    // Another program's header of the same name.
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
