/** Where a task is in its life, from its message or the record of its end. */
import { headerNames, type MessageReport } from '../engines/index.js';
import type { Outcome } from './outcome.js';
import { taskHeaders } from './task-message.js';

/** A task that is not done. */
export interface PendingTask {
  readonly task: string | undefined;
  readonly queue: string;
  /** Attempts that were begun. */
  readonly attempts: number;
  readonly enqueuedAt: Date;
  readonly deadline: Date | undefined;
  readonly key: string | undefined;
  readonly tenant: string | undefined;
}

/** `held`: behind an earlier task of its key, by a limit on it, or until other tasks have ended. */
export type TaskStatus =
  | (PendingTask & { readonly state: 'waiting' | 'held' | 'moving' })
  | (PendingTask & { readonly state: 'delayed'; readonly until: Date })
  | (PendingTask & { readonly state: 'running'; readonly since: Date | undefined })
  | Outcome
  | { readonly state: 'unknown' };

export function statusOf(report: MessageReport): TaskStatus {
  const { reason, holder } = report;
  const pending = pendingOf(report);
  switch (reason.kind) {
    case 'absent':
      return { state: 'unknown' };
    case 'unacknowledged': {
      const since = holder && new Date(holder.sinceMs);
      return { ...pending, state: 'running', since, attempts: pending.attempts + 1 };
    }
    case 'moving':
      return { ...pending, state: 'moving' };
    case 'delay':
      return { ...pending, state: 'delayed', until: new Date(reason.untilMs) };
    case 'records':
    case 'key-busy':
    case 'key-rate':
      return { ...pending, state: 'held' };
    case 'paused':
    case 'no-consumer':
    case 'queue-concurrency':
    case 'queue-rate':
    case 'tenant-concurrency':
    case 'tenant-rate':
    case 'no-credit':
    case 'order':
      return { ...pending, state: 'waiting' };
  }
}

/** What its message says of a task that is not done. */
export function pendingOf({ queue, key, deliveryCount, arrivalMs, properties }: MessageReport): PendingTask {
  const { type, headers = {} } = properties;
  const tenant = headers[headerNames.tenant];
  const deadlineMs = Number(headers[headerNames.deadline] ?? Number.NaN);
  return {
    task: type,
    queue,
    attempts: deliveryCount,
    enqueuedAt: new Date(Number(headers[taskHeaders.enqueuedMs] ?? arrivalMs)),
    deadline: Number.isNaN(deadlineMs) ? undefined : new Date(deadlineMs),
    key,
    tenant: typeof tenant === 'string' ? tenant : undefined,
  };
}
