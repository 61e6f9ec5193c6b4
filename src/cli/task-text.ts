/** Tasks for people: the columns of lists, and one task in lines. Nothing from a task is trusted with the terminal. */
import type { MessageReport } from '../engines/index.js';
import type { DeadTask, FailedAttempt, ListedTask, Outcome, TaskQueueFigures } from '../tasks/index.js';
import { bodyText } from './message-text.js';
import type { Column } from './table.js';
import { severalLines, singleLine } from './text.js';

export const queueColumns: readonly Column<TaskQueueFigures>[] = [
  { title: 'task', of: ({ task, queue }) => task ?? queue },
  { title: 'waiting', of: ({ waiting }) => waiting, align: 'right' },
  { title: 'delayed', of: ({ delayed }) => delayed, align: 'right' },
  { title: 'held', of: ({ held }) => held, align: 'right' },
  { title: 'running', of: ({ running }) => running, align: 'right' },
  { title: 'dead', of: ({ dead }) => dead, align: 'right' },
  { title: 'workers', of: ({ workers }) => workers, align: 'right' },
];

/** A task with its state, as lists of several states show it. */
export type TaskRow = ListedTask & { readonly state: string };

export const taskColumns: readonly Column<TaskRow>[] = [
  { title: 'id', of: ({ taskId }) => taskId },
  { title: 'state', of: ({ state }) => state },
  { title: 'attempts', of: ({ attempts }) => attempts, align: 'right' },
  { title: 'key', of: ({ key }) => key },
  { title: 'enqueued', of: ({ enqueuedAt }) => enqueuedAt.toISOString() },
  { title: 'until', of: ({ until }) => until?.toISOString() },
  { title: 'by', of: ({ by }) => by },
];

export const deadColumns: readonly Column<DeadTask>[] = [
  { title: 'id', of: ({ taskId }) => taskId },
  { title: 'task', of: ({ task }) => task },
  { title: 'attempts', of: ({ attempts }) => attempts, align: 'right' },
  { title: 'error', of: ({ errorName }) => errorName },
  { title: 'reason', of: ({ reason }) => reason },
];

/** The facts of a dead task as JSON. */
export function deadJson({ body, ...facts }: DeadTask): unknown {
  return { ...facts, payload: payloadOf(body) };
}

/** JSON where the payload is that; else its text. */
export function payloadOf(body: Buffer | undefined): unknown {
  if (body === undefined || body.length === 0) return undefined;
  const text = body.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Lines about a task that is in a queue. */
export function messageLines({ queue, properties, body, key }: MessageReport): string[] {
  return [
    line('Task', properties.type),
    line('Queue', queue),
    line('Key', key),
    ...Object.entries(properties.headers ?? {}).map(([name, value]) =>
      line(name, typeof value === 'string' ? value : JSON.stringify(value, jsonSafe)),
    ),
    `Payload   ${body === undefined ? '(over 64 KiB)' : bodyText(body)}`,
  ].filter((text) => text !== '');
}

/** Lines about the end of a task. */
export function outcomeLines(outcome: Outcome): string[] {
  switch (outcome.state) {
    case 'completed':
      return outcome.output === undefined
        ? []
        : [`Output    ${severalLines(JSON.stringify(outcome.output))}`];
    case 'failed':
      return [severalLines(outcome.failure.stack ?? `${outcome.failure.name}: ${outcome.failure.message}`)];
    case 'cancelled':
    case 'missed':
      return [];
  }
}

/** A line about an attempt that failed and was made again. */
export function failedLine({ attempt, endedMs, failure }: FailedAttempt): string {
  const when = new Date(endedMs).toISOString();
  return line(`Attempt ${attempt}`, `failed at ${when}: ${failure.name}: ${failure.message}`);
}

/** Lines about a task among the dead letters. */
export function deadLines({ task, queue, attempts, reason, stack, body }: DeadTask): string[] {
  return [
    line('Task', task),
    line('Queue', queue),
    line('Attempts', String(attempts)),
    `Payload   ${bodyText(body)}`,
    severalLines(stack ?? reason),
  ].filter((text) => text !== '');
}

function line(name: string, value: string | undefined): string {
  return value === undefined ? '' : `${singleLine(name).padEnd(10)}${singleLine(value)}`;
}

/** JSON has no 64-bit integers. */
function jsonSafe(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
