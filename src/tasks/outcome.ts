/**
 * What became of a task, as it is kept for whoever asks: one record of the engine, named `task/` and the task's name,
 * JSON. docs/formats/task.md describes it.
 */
import { recordValueBytesMax } from '../engines/index.js';
import { SluiceError } from '../kernel/index.js';
import { ResultTooLarge, type FailureReport } from './task-errors.js';
import { jsonOf } from './payload.js';

interface Ended {
  /** Attempts that were begun. */
  readonly attempts: number;
  /** Unix ms. */
  readonly endedMs: number;
}

export type Outcome =
  | (Ended & { readonly state: 'completed'; readonly output?: unknown })
  | (Ended & { readonly state: 'failed'; readonly failure: FailureReport })
  | (Ended & { readonly state: 'cancelled'; readonly reason?: string | undefined })
  | (Ended & { readonly state: 'missed'; readonly deadlineMs: number });

export const outcomePrefix = 'task/';

export function outcomeKey(taskId: string): string {
  return outcomePrefix + taskId;
}

const states: readonly unknown[] = ['completed', 'failed', 'cancelled', 'missed'];

/** Throws `bad-input` for an output that JSON cannot hold, `ResultTooLarge` for one that no record can. */
export function encodeOutcome(outcome: Outcome): Buffer {
  if (outcome.state !== 'completed') return Buffer.from(jsonOf(outcome, 'the end of a task'));
  const { attempts, endedMs, output } = outcome;
  const end = `{"state":"completed","attempts":${attempts},"endedMs":${endedMs}`;
  // Most tasks give nothing: this text is made three times faster than by `JSON.stringify`.
  if (output === undefined) return Buffer.from(`${end}}`, 'latin1');
  const value = Buffer.from(`${end},"output":${jsonOf(output, 'the result of a task')}}`);
  if (value.length > recordValueBytesMax) throw new ResultTooLarge(value.length, recordValueBytesMax);
  return value;
}

/** Throws `internal` for what no worker has written. */
export function decodeOutcome(value: Buffer): Outcome {
  const outcome = JSON.parse(value.toString('utf8')) as Outcome;
  if (states.includes(outcome.state)) return outcome;
  throw new SluiceError('internal', 'the record of a task is not one');
}
