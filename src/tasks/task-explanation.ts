/**
 * What a task is doing, and why it is not done: from its message's place in the queue, and the record of its end.
 * Invariant: a task that is in its queue is told as such, whatever an earlier end of it left.
 */
import type { FirstOfKey, MessageHolder, MessageReport, MessageWait } from '../engines/index.js';
import { outcomePrefix, type Outcome } from './outcome.js';

/** The task that keeps others of its key waiting. */
export interface BusyTask {
  /** Undefined: it has gone meanwhile. */
  readonly taskId: string | undefined;
  readonly doing: 'running' | 'delayed' | 'waiting';
  /** Since when it runs, or until when it is delayed. */
  readonly at: Date | undefined;
}

/** Why a task is not done, or how it ended. */
export type Explanation =
  | { readonly kind: 'done'; readonly outcome: Outcome }
  /** `by`: the connection of its worker; undefined: unknown. */
  | {
      readonly kind: 'running';
      readonly by: string | undefined;
      readonly since: Date | undefined;
      readonly attempt: number;
    }
  /** `attempts` that failed: above 0 it waits to be tried again. */
  | { readonly kind: 'delayed'; readonly until: Date; readonly attempts: number }
  /** Until the tasks of `after` have ended: so many still, of which up to 100 are named. */
  | { readonly kind: 'after'; readonly tasks: readonly string[]; readonly missing: number }
  | { readonly kind: 'key-busy'; readonly key: string | undefined; readonly task: BusyTask }
  | { readonly kind: 'rate-limit'; readonly of: 'queue' | 'tenant' | 'key'; readonly until: Date }
  | {
      readonly kind: 'concurrency-full';
      readonly of: 'queue' | 'tenant';
      readonly running: number;
      readonly max: number;
    }
  | { readonly kind: 'paused' }
  | { readonly kind: 'no-worker' }
  /** Every worker has as many as it takes. */
  | ({ readonly kind: 'workers-busy' } & Place)
  /** It is its tenant's turn when the others had theirs. */
  | ({ readonly kind: 'tenant-share'; readonly tenants: number } & Place)
  | ({ readonly kind: 'position' } & Place)
  /** On its way to another queue. */
  | { readonly kind: 'moving' }
  /** In no queue, and nothing is kept of its end. */
  | { readonly kind: 'unknown' };

/** Where it stands among those that wait, counted from 1. */
interface Place {
  readonly position: number;
  readonly of: number;
  /** `position` was counted in a sample of a long queue. */
  readonly isEstimate: boolean;
}

/** An explanation, and the sentence that says it. */
export type TaskWhy = Explanation & { readonly text: string };

/** Exhaustive over what the engine tells. */
export function explain(report: MessageReport): Explanation {
  const { reason } = report;
  switch (reason.kind) {
    case 'absent':
      return { kind: 'unknown' };
    case 'unacknowledged':
      return runningOf(report);
    case 'moving':
      return { kind: 'moving' };
    case 'delay':
      return { kind: 'delayed', until: new Date(reason.untilMs), attempts: report.deliveryCount };
    case 'records':
      return { kind: 'after', tasks: (report.missing ?? []).map(taskIdOf), missing: reason.missing };
    case 'key-busy':
      return { kind: 'key-busy', key: report.key, task: busyTask(report.first) };
    case 'key-rate':
    case 'queue-rate':
    case 'tenant-rate':
      return { kind: 'rate-limit', of: ownerOf(reason), until: new Date(reason.untilMs) };
    case 'queue-concurrency':
    case 'tenant-concurrency':
      return { kind: 'concurrency-full', of: holderOf(reason), running: reason.held, max: reason.max };
    case 'paused':
      return { kind: 'paused' };
    case 'no-consumer':
      return { kind: 'no-worker' };
    case 'no-credit':
      return { kind: 'workers-busy', ...placeOf(report) };
    case 'order':
      return report.tenants !== undefined && report.tenants > 1
        ? { kind: 'tenant-share', tenants: report.tenants, ...placeOf(report) }
        : { kind: 'position', ...placeOf(report) };
  }
}

/** The record of a task's end is named by it. */
function taskIdOf(key: string): string {
  return key.startsWith(outcomePrefix) ? key.slice(outcomePrefix.length) : key;
}

function ownerOf({ kind }: { readonly kind: 'key-rate' | 'queue-rate' | 'tenant-rate' }) {
  return ({ 'key-rate': 'key', 'queue-rate': 'queue', 'tenant-rate': 'tenant' } as const)[kind];
}

function holderOf({ kind }: { readonly kind: 'queue-concurrency' | 'tenant-concurrency' }) {
  return ({ 'queue-concurrency': 'queue', 'tenant-concurrency': 'tenant' } as const)[kind];
}

function runningOf({ holder, deliveryCount }: MessageReport): Explanation {
  const attempt = deliveryCount + 1;
  return { kind: 'running', by: holder?.connection, since: sinceOf(holder), attempt };
}

function sinceOf(holder: MessageHolder | undefined): Date | undefined {
  return holder && new Date(holder.sinceMs);
}

function busyTask(first: FirstOfKey | undefined): BusyTask {
  if (first === undefined) return { taskId: undefined, doing: 'waiting', at: undefined };
  return { taskId: first.messageId, ...doingOf(first.reason, first.holder) };
}

function doingOf(reason: MessageWait, holder: MessageHolder | undefined): Omit<BusyTask, 'taskId'> {
  if (reason.kind === 'unacknowledged') return { doing: 'running', at: sinceOf(holder) };
  if (reason.kind === 'delay') return { doing: 'delayed', at: new Date(reason.untilMs) };
  return { doing: 'waiting', at: undefined };
}

function placeOf({ ahead = 0, ready, isEstimate }: MessageReport): Place {
  return { position: ahead + 1, of: Math.max(ready, ahead + 1), isEstimate };
}
