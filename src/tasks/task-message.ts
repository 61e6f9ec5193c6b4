/**
 * A task as a message, and back: the body is the payload's JSON, the properties say which task it is and how it is to
 * be ordered. docs/formats/task.md describes it for other languages.
 */
import { SluiceError } from '../kernel/index.js';
import type { Delivery, EngineMessage, HeaderTable } from '../engines/index.js';
import { outcomeKey } from './outcome.js';
import type { TaskId } from './task-id.js';

/** Headers of tasks, beyond those of every message. */
export const taskHeaders = {
  /** The tasks that it waited for, each of which must have completed: the names of their outcomes. */
  needs: 'x-needs',
  /** Unix ms of the enqueue, exact where the timestamp has whole seconds. */
  enqueuedMs: 'x-enqueued',
  /** For a periodic task: the moment that this run is for, Unix ms. */
  fireMs: 'x-fire',
  /** Of a dead letter: what its last attempt threw, JSON; and how many attempts were begun. */
  failure: 'x-failure',
  attempts: 'x-attempts',
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
  /** Tasks that it waits for. */
  readonly after: readonly TaskId[] | undefined;
  /** Whether it runs when one of them failed. */
  readonly runsAfterFailure: boolean;
}

const labelBytesMax = 255;

/** A task's key or tenant. Throws `bad-input` for what is no text, or too long for every engine. */
export function checkedLabel(
  given: string | undefined,
  what: 'key' | 'tenant',
  task: string,
): string | undefined {
  // Its letters are counted only where they may be too many: a letter has at most three bytes.
  if (given === undefined || (typeof given === 'string' && given.length * 3 <= labelBytesMax)) return given;
  if (typeof given === 'string' && Buffer.byteLength(given) <= labelBytesMax) return given;
  const found = typeof given === 'string' ? `text of ${Buffer.byteLength(given)}` : `a ${typeof given}`;
  throw new SluiceError(
    'bad-input',
    `the ${what} of a task '${task}' is text of at most ${labelBytesMax} bytes, not ${found}`,
    { details: { task, [what]: given } },
  );
}

export function taskMessage(request: TaskRequest): EngineMessage {
  const { id, name, body, priority, key, tenant, deadlineMs, delayMs, expirationMs, costMs, after } = request;
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
    ...(after === undefined ? {} : { after: after.map(outcomeKey) }),
    ...(expirationMs === undefined ? {} : { expirationMs }),
    ...(costMs === undefined ? {} : { costMs }),
  };
}

function headersOf({ nowMs, after, runsAfterFailure }: TaskRequest): HeaderTable {
  return {
    [taskHeaders.enqueuedMs]: Math.floor(nowMs),
    ...(after === undefined || runsAfterFailure ? {} : { [taskHeaders.needs]: after }),
  };
}

/** The tasks that must have completed before a delivered task may run. */
export function needsOf({ headers }: Delivery): readonly string[] {
  const needs = headers[taskHeaders.needs];
  return Array.isArray(needs) ? needs.filter((id): id is string => typeof id === 'string') : [];
}

/** When a delivered task was enqueued, as far as its message says. */
export function enqueuedAt({ headers, properties }: Delivery): Date {
  const enqueuedMs = headers[taskHeaders.enqueuedMs];
  if (typeof enqueuedMs === 'number' || typeof enqueuedMs === 'bigint') return new Date(Number(enqueuedMs));
  return properties.timestamp ?? new Date(0);
}
