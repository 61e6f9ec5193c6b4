/**
 * A task as a message, and back: the body is the payload's JSON, the properties say which task it is and how it is to
 * be ordered. docs/formats/task.md describes it for other languages.
 */
import type { Delivery, EngineMessage, HeaderTable } from '../engines/index.js';
import type { TaskId } from './task-id.js';

/** Headers of tasks, beyond those of every message. */
export const taskHeaders = {
  /** Record keys: the task waits until each has been written. */
  after: 'x-after',
  /** Unix ms of the enqueue, exact where the timestamp has whole seconds. */
  enqueuedMs: 'x-enqueued',
  /** For a periodic task: the moment that this run is for, Unix ms. */
  fireMs: 'x-fire',
  failure: 'x-failure',
} as const;

/** What an enqueue has decided. */
export interface TaskRequest {
  readonly id: TaskId;
  readonly name: string;
  readonly body: Buffer;
  readonly priority: number;
  readonly nowMs: number;
  readonly key: string | undefined;
  readonly tenant: string | undefined;
  readonly deadlineMs: number | undefined;
  readonly delayMs: number | undefined;
  readonly expirationMs: number | undefined;
  readonly costMs: number | undefined;
  readonly after: readonly string[] | undefined;
}

export function taskMessage(request: TaskRequest): EngineMessage {
  const { id, name, body, priority, key, tenant, deadlineMs, delayMs, expirationMs, costMs } = request;
  return {
    body,
    contentType: 'application/json',
    type: name,
    messageId: id,
    priority,
    headers: headersOf(request),
    ...(key === undefined ? {} : { key }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(expirationMs === undefined ? {} : { expirationMs }),
    ...(costMs === undefined ? {} : { costMs }),
  };
}

function headersOf({ nowMs, after }: TaskRequest): HeaderTable {
  return {
    [taskHeaders.enqueuedMs]: Math.floor(nowMs),
    ...(after === undefined ? {} : { [taskHeaders.after]: after }),
  };
}

/** When a delivered task was enqueued, as far as its message says. */
export function enqueuedAt({ headers, properties }: Delivery): Date {
  const enqueuedMs = headers[taskHeaders.enqueuedMs];
  if (typeof enqueuedMs === 'number' || typeof enqueuedMs === 'bigint') return new Date(Number(enqueuedMs));
  return properties.timestamp ?? new Date(0);
}
