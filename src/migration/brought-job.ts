/** A foreign job as the message of a task: waiting, delayed, or among the dead letters. Pure. */
import { deadLetterQueueOf, durationMsMax, headerNames, type EngineMessage } from '../engines/index.js';
import { taskHeaders, taskMessage, type TaskId } from '../tasks/index.js';
import type { JobFailure, SourceJob } from './source.js';

/** A job with everything decided. */
export interface BroughtJob {
  readonly queue: string;
  readonly message: EngineMessage;
}

export interface Destination {
  readonly task: string;
  readonly queue: string;
  readonly taskId: string;
  readonly nowMs: number;
}

/** Undefined: it is due later than a message can be delayed. */
export function broughtJob(job: SourceJob, to: Destination): BroughtJob | undefined {
  const delayMs = Math.max(0, Math.ceil(job.dueMs - to.nowMs));
  if (delayMs > durationMsMax) return undefined;
  const message = taskMessage({
    id: to.taskId as TaskId,
    name: to.task,
    body: job.body,
    priority: job.priority,
    nowMs: job.enqueuedMs,
    delayMs: delayMs === 0 ? undefined : delayMs,
    key: undefined,
    tenant: undefined,
    deadlineMs: undefined,
    expirationMs: undefined,
    costMs: undefined,
    after: undefined,
    runsAfterFailure: false,
  });
  if (job.failure !== undefined) return deadJob(message, job.failure, job.attemptsMade, to.queue);
  if (!(job.attemptsMade > 0)) return { queue: to.queue, message };
  const headers = { ...message.headers, [headerNames.earlierAttempts]: job.attemptsMade };
  return { queue: to.queue, message: { ...message, headers } };
}

function deadJob(
  message: EngineMessage,
  { reason, name, stack }: JobFailure,
  attempts: number,
  queue: string,
): BroughtJob {
  const failure = { name, message: reason, ...(stack === undefined ? {} : { stack }) };
  const headers = {
    ...message.headers,
    [headerNames.failureReason]: reason,
    [headerNames.failureQueue]: queue,
    [taskHeaders.failure]: JSON.stringify(failure),
    [taskHeaders.attempts]: attempts,
  };
  return { queue: deadLetterQueueOf(queue), message: { ...message, headers } };
}
