/** Explanations of tasks as sentences. Invariant: every kind has one; times that pass are told as seen at `nowMs`. */
import type { Outcome } from './outcome.js';
import type { BusyTask, Explanation } from './task-explanation.js';

export function explanationText(explanation: Explanation, nowMs: number): string {
  switch (explanation.kind) {
    case 'done':
      return outcomeText(explanation.outcome);
    case 'running': {
      const { by, since, attempt } = explanation;
      const who = by === undefined ? '' : ` by ${by}`;
      const time = since === undefined ? '' : `, for ${spanText(nowMs - since.getTime())}`;
      return `running${who}: attempt ${attempt}${time}`;
    }
    case 'delayed': {
      const { until, attempts } = explanation;
      const why = attempts === 0 ? '' : `, to be tried again after ${counted(attempts, 'failed attempt')}`;
      return `waiting: delayed until ${until.toISOString()}${why}`;
    }
    case 'after':
      return `waiting: ${afterText(explanation.tasks, explanation.missing)}`;
    case 'key-busy': {
      const key = explanation.key === undefined ? 'its key' : `key ${explanation.key}`;
      return `waiting: ${key} is busy (${busyText(explanation.task, nowMs)})`;
    }
    case 'rate-limit':
      return `waiting: the rate limit of its ${explanation.of} holds it until ${explanation.until.toISOString()}`;
    case 'concurrency-full':
      return `waiting: its ${explanation.of} has ${explanation.running} of ${explanation.max} running`;
    case 'paused':
      return 'waiting: its queue is paused';
    case 'no-worker':
      return 'waiting: no worker serves its queue';
    case 'workers-busy':
      return `waiting: every worker is busy; ${placeText(explanation)}`;
    case 'tenant-share':
      return `waiting: ${explanation.tenants} tenants take turns; ${placeText(explanation)}`;
    case 'position':
      return `waiting: ${placeText(explanation)}`;
    case 'moving':
      return 'on its way to another queue';
    case 'unknown':
      return 'unknown: it is in no queue, and nothing is kept of its end';
  }
}

function outcomeText(outcome: Outcome): string {
  const when = `at ${new Date(outcome.endedMs).toISOString()}`;
  switch (outcome.state) {
    case 'completed':
      return `completed ${when}, attempt ${outcome.attempts}`;
    case 'failed':
      return `failed ${when}, after ${counted(outcome.attempts, 'attempt')}: ${outcome.failure.message}`;
    case 'cancelled':
      return `cancelled ${when}${outcome.reason === undefined ? '' : `: ${outcome.reason}`}`;
    case 'missed':
      return `not started before its deadline ${new Date(outcome.deadlineMs).toISOString()}`;
  }
}

const namedMax = 3;

function afterText(tasks: readonly string[], missing: number): string {
  const named = tasks.slice(0, namedMax).join(', ');
  const more = missing - Math.min(tasks.length, namedMax);
  const text = more > 0 ? `${named} and ${more} more` : named;
  return `${missing === 1 ? 'task' : 'tasks'} ${text} must end first`;
}

function busyText({ taskId, doing, at }: BusyTask, nowMs: number): string {
  const name = taskId === undefined ? 'another task' : `task ${taskId}`;
  if (at === undefined) return doing === 'running' ? `${name}, running` : `${name}, first in line`;
  return doing === 'running'
    ? `${name}, ${spanText(nowMs - at.getTime())}`
    : `${name}, delayed until ${at.toISOString()}`;
}

function placeText({
  position,
  of,
  isEstimate,
}: {
  position: number;
  of: number;
  isEstimate: boolean;
}): string {
  return `position ${isEstimate ? 'about ' : ''}${position} of ${of}`;
}

/** `350 ms`, `1.2 s`, `3 min`, `2.5 h`. */
function spanText(spanMs: number): string {
  if (spanMs < 1_000) return `${Math.max(0, Math.round(spanMs))} ms`;
  if (spanMs < 60_000) return `${Number((spanMs / 1_000).toFixed(1))} s`;
  if (spanMs < 3_600_000) return `${Number((spanMs / 60_000).toFixed(1))} min`;
  return `${Number((spanMs / 3_600_000).toFixed(1))} h`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
