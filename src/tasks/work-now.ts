/**
 * What workers do now, and which waiting tasks are due soonest: for a picture of the moment. Invariant: it is bounded,
 * and says where it left something out; what is not known is undefined.
 */
import type { Engine, ListedMessage } from '../engines/index.js';
import type { Clock } from '../kernel/index.js';
import { latenessRisk, type CostEstimate } from '../scheduling/index.js';
import type { TaskQueueFigures } from './task-directory.js';

/** Whether a task is expected to end in time. */
export type TaskRisk = 'on-time' | 'at-risk' | 'late';

interface TaskNow {
  readonly taskId: string | undefined;
  readonly task: string | undefined;
  readonly queue: string;
  /** Attempts that failed. */
  readonly attempts: number;
  readonly deadline: Date | undefined;
  /** What the type has taken lately, milliseconds: the 95th percentile. */
  readonly costMs: number | undefined;
  /** Undefined: it has no deadline, or its cost is not known. */
  readonly risk: TaskRisk | undefined;
}

/** A task that runs. */
export interface RunningTask extends TaskNow {
  /** The connection of its worker, and since when it has it. */
  readonly worker: string | undefined;
  readonly since: Date | undefined;
  /** By what the type took lately; it may have passed. */
  readonly expectedEnd: Date | undefined;
}

/** A task that waits. */
export interface WaitingTask extends TaskNow {
  /** How far it is from its turn in its queue; 1: next. */
  readonly position: number;
  readonly enqueuedAt: Date;
  readonly expectedStart: Date | undefined;
}

export interface WorkNow {
  readonly at: Date;
  /** By worker, then the longest at work first. */
  readonly running: readonly RunningTask[];
  /** The nearest deadline first, then those without, as their queues have them. */
  readonly waiting: readonly WaitingTask[];
  /** Queues or tasks were left out. */
  readonly isCut: boolean;
}

const queuesMax = 50;
const runningMax = 200;
const lookedMax = 20;
const waitingMax = 50;

export interface WorkParts {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly costs: ReadonlyMap<string, CostEstimate>;
}

/** Of these queues. Rejects with `unsupported` where the engine does not tell of single messages. */
export async function workNow(parts: WorkParts, queues: readonly TaskQueueFigures[]): Promise<WorkNow> {
  const busy = queues.filter(({ running, waiting }) => running !== 0 || waiting !== 0);
  const running: RunningTask[] = [];
  const waiting: WaitingTask[] = [];
  let isCut = busy.length > queuesMax;
  for (const queue of busy.slice(0, queuesMax)) {
    const { messages } = parts.engine;
    const [held, ready] = await Promise.all([
      messages.list(queue.queue, 'running', runningMax),
      messages.list(queue.queue, 'ready', lookedMax),
    ]);
    isCut ||= held.length === runningMax;
    running.push(...held.map((message) => runningTask(parts, queue, message)));
    waiting.push(...ready.map((message, index) => waitingTask(parts, queue, message, index)));
  }
  waiting.sort((one, other) => dueMs(one) - dueMs(other));
  running.sort((one, other) => compare(one.worker, other.worker) || sinceMs(one) - sinceMs(other));
  return { at: new Date(parts.clock.now()), running, waiting: waiting.slice(0, waitingMax), isCut };
}

function taskNow({ costs }: WorkParts, { queue }: TaskQueueFigures, message: ListedMessage): TaskNow {
  const { messageId: taskId, type: task, deliveryCount: attempts, deadlineMs } = message;
  const costMs = task === undefined ? undefined : costs.get(task)?.p95Ms;
  const deadline = deadlineMs === undefined ? undefined : new Date(deadlineMs);
  return { taskId, task, queue, attempts, deadline, costMs, risk: undefined };
}

function runningTask(parts: WorkParts, queue: TaskQueueFigures, message: ListedMessage): RunningTask {
  const { holder, deadlineMs } = message;
  const now = taskNow(parts, queue, message);
  const nowMs = parts.clock.now();
  const endMs = holder === undefined || now.costMs === undefined ? undefined : holder.sinceMs + now.costMs;
  const place = {
    worker: holder?.connection,
    since: holder === undefined ? undefined : new Date(holder.sinceMs),
    expectedEnd: endMs === undefined ? undefined : new Date(endMs),
  };
  if (deadlineMs === undefined) return { ...now, ...place };
  if (nowMs > deadlineMs) return { ...now, ...place, risk: 'late' };
  const risk = endMs === undefined ? undefined : endMs > deadlineMs ? 'at-risk' : 'on-time';
  return { ...now, ...place, risk };
}

function waitingTask(
  parts: WorkParts,
  queue: TaskQueueFigures,
  message: ListedMessage,
  index: number,
): WaitingTask {
  const now = taskNow(parts, queue, message);
  const place = { position: index + 1, enqueuedAt: new Date(message.arrivalMs) };
  const meanMs = now.task === undefined ? undefined : parts.costs.get(now.task)?.meanMs;
  const { running = 0, workers = 0 } = queue;
  if (now.costMs === undefined || meanMs === undefined || workers === 0)
    return { ...now, ...place, expectedStart: undefined };
  const nowMs = parts.clock.now();
  const { startMs, kind } = latenessRisk({
    ...{ nowMs, deadlineMs: message.deadlineMs ?? Infinity },
    jobsAhead: running + index,
    // Each place that is taken now is one that comes free.
    workers: Math.max(workers, running),
    ...{ costMsMeanAhead: meanMs, costMsHigh: now.costMs },
  });
  const risk = message.deadlineMs === undefined ? undefined : kind;
  return { ...now, ...place, risk, expectedStart: new Date(startMs) };
}

function dueMs({ deadline }: WaitingTask): number {
  return deadline?.getTime() ?? Number.MAX_SAFE_INTEGER;
}

function sinceMs({ since }: RunningTask): number {
  return since?.getTime() ?? 0;
}

function compare(one = '', other = ''): number {
  return one < other ? -1 : Number(one > other);
}
